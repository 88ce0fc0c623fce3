import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { decoded } from './node-decode.ts'
import type { RawHeaders } from './node-headers.ts'
import type { Source } from './node-response.ts'

/** How an answer begins. */
export interface Head {
  readonly url: string
  readonly status: number
  readonly statusText: string
  readonly raw: RawHeaders
  /** Whether there can be no body (RFC 9110 §6.4.1). */
  readonly empty: boolean
}

const chunkSize = 64 * 1024
const text = new TextDecoder()

/**
 * A `Response` that costs what is used of it: status, headers, text and JSON come straight from the connection. Whoever
 * wants more, such as the stream or a clone, is served by a whole `Response`, made then.
 */
export class NodeResponse {
  readonly #source: Source
  readonly #head: Head
  readonly redirected = false
  readonly type = 'default'
  #headers: Headers | undefined
  #whole: Response | undefined
  #used = false

  constructor(source: Source, head: Head) {
    if (!(NodeResponse.prototype instanceof Response)) Object.setPrototypeOf(NodeResponse.prototype, Response.prototype) // not before one is needed: that loads the client
    this.#source = source
    this.#head = head
  }

  get url(): string {
    return this.#head.url
  }

  get status(): number {
    return this.#head.status
  }

  get statusText(): string {
    return this.#head.statusText
  }

  get ok(): boolean {
    return this.#head.status >= 200 && this.#head.status < 300
  }

  get headers(): Headers {
    return (this.#headers ??= new Headers([...this.#head.raw]))
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#head.empty ? null : this.#make().body
  }

  get bodyUsed(): boolean {
    return this.#whole ? this.#whole.bodyUsed : this.#used
  }

  async text(): Promise<string> {
    const encoded = this.#head.raw.get('content-encoding') !== null
    if (this.#whole || this.#head.empty || encoded) return this.#make().text()
    this.#use()
    return text.decode(await collect(this.#source))
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#make().arrayBuffer()
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.arrayBuffer())
  }

  async blob(): Promise<Blob> {
    return this.#make().blob()
  }

  async formData(): Promise<FormData> {
    return this.#make().formData()
  }

  clone(): Response {
    return this.#make().clone()
  }

  [Symbol.for('nodejs.util.inspect.custom')](_depth: number, options: object, inspect: typeof JSON.stringify): unknown {
    const { status, statusText, headers, url, ok, bodyUsed } = this
    return `Response ${inspect({ status, statusText, headers, url, ok, bodyUsed }, options as never)}`
  }

  #use(): void {
    if (this.#used) throw new TypeError('Body is unusable: Body has already been read')
    this.#used = true
  }

  #make(): Response {
    if (this.#whole) return this.#whole
    const { status, statusText, empty } = this.#head
    if (empty) this.#source.read({ chunk: () => true, end: () => undefined, error: () => undefined })
    else this.#use()
    const body = empty ? null : bodyOf(streamOf(this.#source), this.headers.get('content-encoding'))
    return (this.#whole = new Response(body, { status, statusText, headers: this.headers }))
  }
}

function collect(source: Source): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    source.read({
      chunk: (chunk) => chunks.push(chunk) > 0,
      end: () => resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)),
      error: reject,
    })
  })
}

function streamOf(source: Source): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        source.read({
          chunk(chunk) {
            controller.enqueue(new Uint8Array(chunk)) // the client uses its memory again
            return (controller.desiredSize ?? 0) > 0
          },
          end: () => controller.close(),
          error: (error) => controller.error(error),
        })
      },
      pull: () => source.goOn(),
      cancel: (reason) => source.cancel(reason),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: chunkSize }),
  )
}

function bodyOf(stream: ReadableStream<Uint8Array>, encoding: string | null): ReadableStream<Uint8Array> {
  return encoding === null ? stream : decoded(Readable.fromWeb(stream as NodeReadableStream), encoding)
}
