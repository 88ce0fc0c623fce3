import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { decoded } from './decode.ts'

/** A response of undici. */
export type Received = Pick<Dispatcher.ResponseData, 'statusCode' | 'statusText' | 'headers' | 'body'>

/** Statuses of responses that have no body (Fetch Standard §2.2.3). */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

/** A `Response` that knows where it came from. */
class ReceivedResponse extends Response {
  readonly #url: string

  constructor(body: ReadableStream<Uint8Array> | null, init: ResponseInit, url: string) {
    super(body, init)
    this.#url = url
  }

  override get url(): string {
    return this.#url
  }

  override clone(): Response {
    const copy = super.clone()
    return new ReceivedResponse(copy.body, copy, this.#url)
  }
}

/** Makes a `Response` of what undici has received. Throws for one that cannot be, such as status 999. */
export function toResponse(
  { statusCode: status, statusText, headers: received, body }: Received,
  { url, method }: { readonly url: URL; readonly method: string },
  explain: (error: unknown) => unknown,
): Response {
  const headers = new Headers()
  for (const [name, values] of Object.entries(received))
    for (const value of [values ?? []].flat()) headers.append(name, value)
  const empty = method === 'HEAD' || bodiless.has(status)
  if (empty) body.destroy()
  const stream = empty ? null : streamOf(decoded(body, headers), explain)
  const reason = /[^\0-\u00FF]/.test(statusText) ? '' : statusText // a client may ignore it (RFC 9112 §4)
  return new ReceivedResponse(stream, { status, statusText: reason, headers }, url.href.replace(/#.*$/, ''))
}

/** Gives up a body, and its connection, once the stream that reads it is garbage. */
const abandoned = new FinalizationRegistry<Readable>((body) => void body.destroy())

function streamOf(body: Readable, explain: (error: unknown) => unknown): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>
  const stream = new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      const { done, value } = await chunks.next().catch((error: unknown) => Promise.reject(explain(error)))
      if (!done) return controller.enqueue(new Uint8Array(value)) // a copy: the stream takes its memory away
      controller.close()
      controller.byobRequest?.respond(0)
    },
    cancel: () => void body.destroy(),
  })
  abandoned.register(stream, body)
  return stream
}
