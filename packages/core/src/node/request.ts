import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'

/** A request, taken apart as undici takes it. */
export interface NodeRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | Readable | null
  readonly redirect: RequestRedirect
  readonly signal: AbortSignal | null
  /** What `fetch` was called with: kept, because the signal of a `Request` works only as long as that exists. */
  readonly input: string | URL | Request
}

/** Takes apart what `fetch` was called with. Rejects with a TypeError where `fetch` does. */
export async function readRequest(input: string | URL | Request, init: RequestInit): Promise<NodeRequest> {
  const { body = null } = init
  if (input instanceof Request || (body !== null && typeof body !== 'string')) return checked(await whole(input, init))
  return checked(plain(input, init, body))
}

/** The common case, a string sent to a URL: making a `Request` first would take a third longer. */
function plain(input: string | URL, init: RequestInit, body: string | null): NodeRequest {
  const { method = 'GET', redirect = 'follow', signal = null } = init
  if (body !== null && /^(?:GET|HEAD)$/i.test(method)) throw new TypeError('a GET or HEAD request cannot have a body')
  const headers = Object.fromEntries(new Headers(init.headers))
  if (body !== null) headers['content-type'] ??= 'text/plain;charset=UTF-8'
  return { url: new URL(input), method: method.toUpperCase(), headers, body, redirect, signal, input }
}

/** Everything else: the platform's own `Request` reads it. */
async function whole(input: string | URL | Request, init: RequestInit): Promise<NodeRequest> {
  const { body: given, signal = input instanceof Request ? input.signal : null } = init
  const request = new Request(input, { ...init, signal: null, ...(given && { duplex: 'half' }) })
  const body = isFinite(given) ? new Uint8Array(await request.arrayBuffer()) : streamOf(request.body)
  const { method, redirect } = request
  const headers = Object.fromEntries(request.headers)
  return { url: new URL(request.url), method: method.toUpperCase(), headers, body, redirect, signal, input }
}

/** A body of a known length goes out whole, since not every server accepts chunks. A `Request` does not tell the length of its own. */
function isFinite(body: BodyInit | null | undefined): boolean {
  if (typeof body === 'string' || ArrayBuffer.isView(body)) return true
  return [URLSearchParams, FormData, Blob, ArrayBuffer].some((type) => body instanceof type)
}

function streamOf(body: ReadableStream<Uint8Array> | null): Readable | null {
  if (!body) return null
  const stream = Readable.fromWeb(body as NodeReadableStream)
  return stream.on('error', () => undefined) // it may break before undici listens, which fails the request
}

function checked(request: NodeRequest): NodeRequest {
  const { protocol, username, password } = request.url
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new TypeError(`nodeFetch supports http and https, not ${protocol}`)
  if (username || password) throw new TypeError('a URL with credentials cannot be fetched')
  return request
}
