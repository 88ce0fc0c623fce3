/** A request, its headers, or anything that has headers, as the requests of Node frameworks do. */
export type RequestLike = Pick<Request, 'headers'> | Pick<Headers, 'get'> | NodeRequestLike

/** A request of Node, Express or Fastify: of its headers, the cookies are read. */
export interface NodeRequestLike {
  /** The headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** The cookies of a request by name, undecoded. Of a name that came more than once, nothing is known: neither of them counts. */
export function readCookies(from: RequestLike): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  const repeated = new Set<string>()
  for (const pair of cookieHeader(from).split(';')) {
    const end = pair.indexOf('=')
    const name = pair.slice(0, Math.max(end, 0)).trim()
    if (name === '') continue
    if (cookies.has(name)) repeated.add(name)
    cookies.set(name, pair.slice(end + 1).trim())
  }
  for (const name of repeated) cookies.delete(name)
  return cookies
}

function cookieHeader(from: RequestLike): string {
  const headers = 'headers' in from ? from.headers : from
  if ('get' in headers && typeof headers.get === 'function') return headers.get('cookie') ?? ''
  const { cookie = '' } = headers as NodeRequestLike['headers']
  return typeof cookie === 'string' ? cookie : cookie.join('; ')
}
