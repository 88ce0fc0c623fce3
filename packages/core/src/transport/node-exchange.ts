import type { Duplex } from 'node:stream'
import { decoderOf } from './node-decode.ts'
import { Receiver } from './node-dispatch.ts'
import { RawHeaders } from './node-headers.ts'
import { networkError } from './node-request.ts'
import { tooLarge } from './read-body.ts'
import type { OAuthResponse, OAuthRequest } from './transport.ts'

/** Makes a whole exchange on the client behind Node's `fetch`: no Request, no Response and no stream is built for it. */
export function exchangeOver(request: OAuthRequest, signal: AbortSignal): Promise<OAuthResponse> {
  return new Promise((resolve, reject) => {
    const { url, method, headers, body = null, maxBytes } = request
    const { origin, path } = targetOf(url)
    const sent = { 'accept-encoding': 'identity', 'user-agent': 'grantkit', ...headers }
    new WholeAnswer(resolve, reject, maxBytes, signal).dispatch({ origin, path, method, headers: sent, body })
  })
}

interface Target {
  readonly url: string
  readonly origin: string
  readonly path: string
}

let last: Target | undefined

/** Most requests of a process go where the last one went. */
function targetOf(url: string): Target {
  if (last?.url === url) return last
  const { origin, pathname, search } = new URL(url)
  return (last = { url, origin, path: pathname + search })
}

type Resolve = (answer: OAuthResponse) => void
type Reject = (error: unknown) => void

/** Collects an answer up to the most bytes that it may have, counted after decompression as they come. */
class WholeAnswer extends Receiver {
  readonly #resolve: Resolve
  readonly #reject: Reject
  readonly #maxBytes: number
  readonly #chunks: Uint8Array[] = []
  #bytes = 0
  #status = 0
  #headers: RawHeaders = none
  #decoder: Duplex | undefined

  constructor(resolve: Resolve, reject: Reject, maxBytes: number, signal: AbortSignal) {
    super(signal)
    this.#resolve = resolve
    this.#reject = reject
    this.#maxBytes = maxBytes
  }

  protected started(status: number, headers: RawHeaders): void {
    this.#status = status
    this.#headers = headers
    this.#decoder = decoderOf(headers.get('content-encoding')) // a server may compress although nobody asked it to
    this.#decoder
      ?.on('data', (chunk: Uint8Array) => this.#keep(chunk))
      .once('end', () => this.#finish())
      .on('error', (error) => this.#giveUp(error))
  }

  protected received(chunk: Uint8Array): boolean {
    if (!this.#decoder) return this.#keep(chunk)
    if (this.#decoder.write(chunk)) return true
    this.#decoder.once('drain', () => this.resume())
    return false
  }

  #keep(chunk: Uint8Array): boolean {
    this.#bytes += chunk.byteLength
    if (this.#bytes > this.#maxBytes) this.#giveUp(tooLarge(this.#maxBytes))
    else this.#chunks.push(chunk)
    return true
  }

  /** Ends the connection and, if that is done with, what is still being decompressed. */
  #giveUp(error: Error): void {
    this.abort(error)
    this.failed(error)
  }

  protected ended(): void {
    if (this.#decoder) this.#decoder.end()
    else this.#finish()
  }

  #finish(): void {
    const chunks = this.#chunks
    const body = decoder.decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))
    this.#resolve({ status: this.#status, headers: this.#headers, body })
  }

  protected failed(error: unknown): void {
    this.#decoder?.destroy()
    this.#reject(networkError(error, this.signal))
  }
}

const decoder = new TextDecoder()
const none = new RawHeaders({})
