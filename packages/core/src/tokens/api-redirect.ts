const mostHops = 20
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** Headers that belong to a body, or to the origin that the request was for (Fetch Standard §4.4). */
const ofBody = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']
const ofOrigin = ['authorization', 'proxy-authorization', 'cookie', 'host']

/** Where a redirect leads, and what is sent there. */
export interface Hop {
  readonly url: URL
  readonly init: RequestInit
}

/** The next request along a redirect, as `fetch` would make it; undefined when the answer is none. Throws a TypeError where `fetch` would fail. */
export function nextHop(response: Response, from: URL, init: RequestInit, hops: number): Hop | undefined {
  if (!redirects.has(response.status)) return undefined
  const location = response.headers.get('location')
  if (location === null) return undefined
  const url = URL.canParse(location, from) ? new URL(location, from) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw new TypeError('the API answered with a redirect that leads nowhere')
  if (hops >= mostHops) throw new TypeError(`the API answered with more than ${mostHops} redirects`)
  const { method = 'GET', body } = init
  const becomesGet =
    response.status === 303 ? method !== 'HEAD' : response.status < 303 && method.toUpperCase() === 'POST'
  if (!becomesGet && body instanceof ReadableStream)
    throw new TypeError('the API answered with a redirect, and the body of the request is gone')
  const headers = new Headers(init.headers)
  for (const name of [...(becomesGet ? ofBody : []), ...(url.origin === from.origin ? [] : ofOrigin)])
    headers.delete(name)
  const { body: _, ...rest } = init
  return { url, init: { ...(becomesGet ? { ...rest, method: 'GET' } : init), headers } }
}
