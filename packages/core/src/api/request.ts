/** A request to an API, taken apart once so that it can be sent again: after a refresh, after a pause, along a redirect. */
export interface ApiRequest {
  readonly url: URL
  readonly init: RequestInit
  /** Whether it can be sent again: its body, if any, is still there then. */
  readonly replayable: boolean
}

/** Bodies of these types are small texts, which may be read from a `Request` to be sent twice. */
const textual = /^(?:application\/(?:[\w.-]+\+)?json|application\/x-www-form-urlencoded|text\/)/

/** Takes apart what `fetch` is called with. A body that cannot be read twice is passed on as it is, and cannot be sent again. */
export async function readRequest(input: string | URL | Request, init: RequestInit = {}): Promise<ApiRequest> {
  if (typeof input === 'string' || !('url' in input))
    return { url: toUrl(String(input)), init, replayable: canBeReadTwice(init.body) }
  const headers = new Headers(init.headers ?? input.headers)
  const body = init.body ?? (await bodyOf(input, headers))
  const stream = body instanceof ReadableStream
  return {
    url: toUrl(input.url),
    init: { ...memberOf(input), ...init, headers, ...(body !== null && { body }), ...(stream && { duplex: 'half' }) },
    replayable: canBeReadTwice(body),
  }
}

/** Whether a body is still there once it was sent: not a stream, a generator, or anything else that is read as it goes. */
export function canBeReadTwice(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === 'string') return true
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return true
  return body instanceof URLSearchParams || body instanceof Blob || body instanceof FormData
}

async function bodyOf(request: Request, headers: Headers): Promise<BodyInit | null> {
  if (request.body === null) return null
  return textual.test(headers.get('content-type') ?? '') ? request.arrayBuffer() : request.body
}

const members = [
  'method',
  'signal',
  'redirect',
  'cache',
  'credentials',
  'integrity',
  'keepalive',
  'mode',
  'referrerPolicy',
] as const

/** The members of a Request that say how it is sent; a runtime may not know all of them. */
function memberOf(request: Request): RequestInit {
  const init: Record<string, unknown> = {}
  for (const name of members) if (request[name] !== undefined) init[name] = request[name]
  return init
}

function toUrl(text: string): URL {
  try {
    return new URL(text, (globalThis as { location?: { href?: string } }).location?.href)
  } catch {
    throw new TypeError('authorizedFetch takes an absolute URL, as fetch does')
  }
}
