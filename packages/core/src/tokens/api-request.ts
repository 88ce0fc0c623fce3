/** A request to an API, taken apart once so that it can be sent again: after a refresh, after a pause, along a redirect. */
export interface ApiRequest {
  readonly url: URL
  readonly init: RequestInit
  /** Whether it can be sent again: its body, if any, is still there then. */
  readonly replayable: boolean
}

/** Bodies of these types are small texts, which may be read from a `Request` to be sent twice. */
const textual = /^(?:application\/(?:[\w.-]+\+)?json|application\/x-www-form-urlencoded|text\/)/

/** Takes apart what `fetch` is called with. A body that is a stream is passed on as it is, and cannot be sent again. */
export function readRequest(
  input: string | URL | Request,
  init: RequestInit | undefined,
): ApiRequest | Promise<ApiRequest> {
  if (typeof input !== 'string' && 'url' in input) return readWhole(input, init)
  return { url: toUrl(String(input)), init: init ?? {}, replayable: !(init?.body instanceof ReadableStream) }
}

async function readWhole(input: Request, init: RequestInit | undefined): Promise<ApiRequest> {
  if (input.body === null && (init?.body === undefined || init.body === null))
    return {
      url: toUrl(input.url),
      init: { ...memberOf(input), ...init, headers: init?.headers ?? input.headers },
      replayable: true,
    }
  const headers = new Headers(init?.headers ?? input.headers)
  const body = init?.body ?? (textual.test(headers.get('content-type') ?? '') ? await input.arrayBuffer() : input.body)
  const stream = body instanceof ReadableStream
  return {
    url: toUrl(input.url),
    init: { ...memberOf(input), ...init, headers, body, ...(stream && { duplex: 'half' }) },
    replayable: !stream,
  }
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
