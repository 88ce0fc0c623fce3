/** A request to an API, taken apart once so that it can be sent again: after a refresh, after a pause, along a redirect. */
export interface ApiRequest {
  readonly url: URL
  readonly init: RequestInit & { readonly headers: Headers }
  /** Whether it can be sent again: its body, if any, is still there then. */
  readonly replayable: boolean
}

/** Bodies of these types are short strings, which may be read from a `Request` to be sent twice. */
const textual = /^(?:application\/(?:[\w.-]+\+)?json|application\/x-www-form-urlencoded|text\/)/

/** Copies the arguments of a `fetch` call. A body that can be read only once is passed on and cannot be repeated. */
export async function readRequest(input: string | URL | Request, init: RequestInit = {}): Promise<ApiRequest> {
  const request = isRequest(input) ? input : undefined
  const url = toUrl(isRequest(input) ? input.url : String(input))
  const headers = new Headers(init.headers ?? request?.headers)
  const own = copyOf(init.body)
  const body = own ?? (request && (await bodyOf(request, headers)))
  const duplex = request && body instanceof ReadableStream && { duplex: 'half' as const }
  return {
    url,
    init: { ...(request && fieldsOf(request)), ...init, headers, ...(body && { body }), ...duplex },
    replayable: canBeReadTwice(body),
  }
}

function isRequest(input: string | URL | Request): input is Request {
  return typeof input !== 'string' && 'url' in input
}

/** Whether a body can be sent again: not a stream, a generator, or anything else that is consumed by reading. */
export function canBeReadTwice(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === 'string') return true
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return true
  return body instanceof URLSearchParams || body instanceof Blob || body instanceof FormData
}

/** A copy of a body that its owner could change while a token is refreshed: `fetch` copies it when it is called. */
function copyOf(body: BodyInit | null | undefined): BodyInit | null | undefined {
  if (body instanceof ArrayBuffer) return body.slice(0)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice()
  if (body instanceof URLSearchParams) return new URLSearchParams(body)
  if (!(body instanceof FormData)) return body
  const copy = new FormData()
  for (const [name, value] of body) copy.append(name, value as string) // or a File, whose name it keeps
  return copy
}

async function bodyOf(request: Request, headers: Headers): Promise<BodyInit | null> {
  if (request.body === null) return null
  return textual.test(headers.get('content-type') ?? '') ? request.arrayBuffer() : request.body
}

const fields = [
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

/** The fields of a `Request` that define how it is sent; a runtime may not support all of them. */
function fieldsOf(request: Request): RequestInit {
  const init: Record<string, unknown> = {}
  for (const name of fields) if (request[name] !== undefined) init[name] = request[name]
  return init
}

function toUrl(text: string): URL {
  try {
    return new URL(text, (globalThis as { location?: { href?: string } }).location?.href)
  } catch {
    throw new TypeError('authorizedFetch takes an absolute URL, as fetch does')
  }
}
