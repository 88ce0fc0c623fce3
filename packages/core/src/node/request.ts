import { Readable } from 'node:stream'

/** A request, taken apart as undici wants it. */
export interface NodeRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | Readable | null
  readonly redirect: RequestRedirect
  readonly signal: AbortSignal | null
}

/** Takes apart what `fetch` was called with. Rejects with a TypeError where `fetch` does. */
export async function readRequest(input: string | URL | Request, init: RequestInit): Promise<NodeRequest> {
  const { body = null, signal = input instanceof Request ? input.signal : null } = init
  const request = new Request(input, { ...init, signal: null, ...(body !== null && { duplex: 'half' }) })
  const url = new URL(request.url)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TypeError(`nodeFetch supports http: and https:, not ${url.protocol}`)
  if (request.integrity) throw new TypeError('nodeFetch does not check integrity')
  const { method, redirect } = request
  const headers = Object.fromEntries(request.headers)
  return { url, method, headers, redirect, signal, body: await readBody(request, body) }
}

/** A body of a known length goes out whole, since not every server takes chunks; any other is a stream. */
async function readBody(request: Request, given: BodyInit | null): Promise<NodeRequest['body']> {
  if (!request.body) return null
  if (typeof given === 'string') return given
  const whole = [URLSearchParams, FormData, Blob, ArrayBuffer].some((type) => given instanceof type)
  if (whole || ArrayBuffer.isView(given)) return new Uint8Array(await request.arrayBuffer())
  const stream = Readable.from(chunksOf(request.body), { objectMode: false })
  return stream.on('error', () => undefined) // undici ends the request with it; a late one concerns nobody
}

async function* chunksOf(body: ReadableStream<unknown>): AsyncIterable<Uint8Array> {
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError('a chunk of a request body is not a Uint8Array')
    yield chunk
  }
}
