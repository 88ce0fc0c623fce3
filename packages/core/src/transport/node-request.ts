import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { GrantError } from '../errors/grant-error.ts'

/** How {@link nodeFetch} connects. */
export interface NodeFetchOptions {
  /** Whether it may connect to addresses of this machine or its network: `allowed` unless given. */
  readonly privateAddresses?: 'allowed' | 'refused' | undefined
  /** Certificates, for mutual TLS (RFC 8705 §2) or a private authority. */
  readonly tls?: NodeTlsOptions | undefined
}

/** Certificates and keys in PEM. */
export interface NodeTlsOptions {
  /** The authorities to trust; those of Node unless given. */
  readonly ca?: string | undefined
  /** The certificate that the client shows. */
  readonly cert?: string | undefined
  /** The key of that certificate. */
  readonly key?: string | undefined
}

/** What `fetch` was called with. */
export interface NodeRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | Readable | null
  readonly signal: AbortSignal | null | undefined
}

/** Reads what `fetch` was called with; the common case, a text that goes to a URL, needs no `Request`. */
export async function nodeRequest(input: string | URL | Request, init: RequestInit): Promise<NodeRequest> {
  const { body = null, method = 'GET', signal } = init
  if (!(input instanceof Request) && (body === null || typeof body === 'string'))
    return {
      url: speakable(new URL(input)),
      method: method.toUpperCase(),
      headers: plainHeaders(init.headers, body),
      body,
      signal,
    }
  const request = new Request(input, { ...init, ...(body !== null && { duplex: 'half' }) })
  const streamed = init.body instanceof ReadableStream || (input instanceof Request && init.body === undefined)
  const whole = streamed ? stream(request.body) : request.body && new Uint8Array(await request.arrayBuffer())
  return {
    url: speakable(new URL(request.url)),
    method: request.method,
    headers: Object.fromEntries(request.headers),
    body: whole,
    signal: signal ?? request.signal,
  }
}

function speakable(url: URL): URL {
  if (url.protocol === 'http:' || url.protocol === 'https:') return url
  throw new TypeError(`nodeFetch speaks http and https, not ${url.protocol}`)
}

/** A plain object is checked by whoever writes it to the wire; all else is what `Headers` makes of it. */
function plainHeaders(given: HeadersInit | undefined, body: string | null): Readonly<Record<string, string>> {
  if (body === null && given === undefined) return {}
  const headers = given instanceof Headers ? given : new Headers(given)
  const plain = Object.fromEntries(headers)
  if (body !== null) plain['content-type'] ??= 'text/plain;charset=UTF-8'
  return plain
}

function stream(body: ReadableStream<Uint8Array> | null): Readable | null {
  return body && Readable.fromWeb(body as NodeReadableStream)
}

/** Like `fetch`: the reason of the abort, or a TypeError whose cause says what happened. */
export function networkError(error: unknown, signal: AbortSignal | null | undefined): unknown {
  if (signal?.aborted) return signal.reason
  return error instanceof GrantError ? error : new TypeError('fetch failed', { cause: error })
}
