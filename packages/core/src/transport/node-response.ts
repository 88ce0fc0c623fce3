import { NodeResponse } from './node-body.ts'
import { Receiver } from './node-dispatch.ts'
import type { RawHeaders } from './node-headers.ts'
import { networkError, type NodeRequest } from './node-request.ts'

/** Makes a request on the client behind Node's `fetch`, and resolves as soon as the headers of its answer are there. */
export function streamedResponse({ url, method, headers, body, signal }: NodeRequest): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = { 'accept-encoding': 'gzip, br, deflate', 'user-agent': 'grantkit', ...headers }
    const options = { origin: url.origin, path: url.pathname + url.search, method, headers: sent, body }
    new StreamedAnswer(url.href, method, signal, resolve, reject).dispatch(options)
  })
}

/** Bytes that are kept for a reader who is late, before the sender has to wait. */
const longestQueue = 64 * 1024

/** Who reads an answer: chunk by chunk, until the end or an error. */
export interface Reader {
  /** Returns false when it has enough for now. */
  chunk(chunk: Uint8Array): boolean
  end(): void
  error(error: unknown): void
}

/** Where the body of an answer comes from. */
export interface Source {
  read(reader: Reader): void
  /** Lets the sender go on. */
  goOn(): void
  /** Gives up what is still to come. */
  cancel(reason: unknown): void
}

/** Receives an answer, and keeps what has come until somebody reads it. */
class StreamedAnswer extends Receiver implements Source {
  readonly #url: string
  readonly #method: string
  readonly #resolve: (response: Response) => void
  readonly #reject: (error: unknown) => void
  #queue: Uint8Array[] = []
  #queued = 0
  #paused = false
  #begun = false
  #end: { readonly error?: unknown } | undefined
  #reader: Reader | undefined

  constructor(
    url: string,
    method: string,
    signal: AbortSignal | null | undefined,
    resolve: (response: Response) => void,
    reject: (error: unknown) => void,
  ) {
    super(signal)
    this.#url = url
    this.#method = method
    this.#resolve = resolve
    this.#reject = reject
  }

  protected started(status: number, headers: RawHeaders, statusText: string): void {
    this.#begun = true
    const empty = this.#method === 'HEAD' || status === 204 || status === 205 || status === 304
    const response = new NodeResponse(this, { url: this.#url, status, statusText, raw: headers, empty })
    this.#resolve(response as unknown as Response)
  }

  protected received(chunk: Uint8Array): boolean {
    this.#paused = !(this.#reader ? this.#reader.chunk(chunk) : this.#keep(chunk))
    return !this.#paused
  }

  #keep(chunk: Uint8Array): boolean {
    this.#queue.push(chunk)
    this.#queued += chunk.byteLength
    return this.#queued <= longestQueue
  }

  protected ended(): void {
    this.#end = {}
    this.#reader?.end()
  }

  protected failed(error: unknown): void {
    const shown = networkError(error, this.signal)
    if (!this.#begun) return this.#reject(shown)
    this.#end = { error: shown }
    this.#reader?.error(shown)
  }

  read(reader: Reader): void {
    this.#reader = reader
    const enough = this.#queue.map((chunk) => reader.chunk(chunk)).includes(false)
    this.#queue = []
    this.#queued = 0
    if (this.#end && 'error' in this.#end) reader.error(this.#end.error)
    else if (this.#end) reader.end()
    else if (!enough) this.goOn()
  }

  goOn(): void {
    if (!this.#paused) return
    this.#paused = false
    this.resume()
  }

  cancel(reason: unknown): void {
    this.abort(reason ?? new DOMException('The body was cancelled.', 'AbortError'))
  }
}
