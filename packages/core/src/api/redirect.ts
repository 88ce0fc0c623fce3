import { GrantError } from '../errors/grant-error.ts'
import { canBeReadTwice } from './request.ts'

const mostHops = 20
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** Headers that belong to a body (Fetch Standard §4.4). */
const ofBody = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']
/** What a stranger may know of a request: nothing that says whose it is. */
const forStrangers = ['accept', 'accept-language', 'range', 'user-agent']

/** Where a redirect leads, and what is sent there. */
export interface Hop {
  readonly url: URL
  readonly init: RequestInit
  /** Whether the way has left the origins of the token; it never comes back to them. */
  readonly strange: boolean
}

/** The next request along a redirect; undefined where the response is not one. Throws a TypeError where `fetch` would fail, and `redirect_refused` for a body that would go to another origin. */
export function nextHop(response: Response, from: Hop, origins: ReadonlySet<string>): Hop | undefined {
  if (!redirects.has(response.status)) return undefined
  const location = response.headers.get('location')
  if (location === null) return undefined
  const url = URL.canParse(location, from.url) ? new URL(location, from.url) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw new TypeError('the API answered with a redirect that leads nowhere')
  const leaves = url.origin !== from.url.origin && !(origins.has(url.origin) && !from.strange)
  if (leaves) return { url, init: strangersInit(from.init, from.url, url), strange: true }
  return { url, init: ownInit(response.status, from.init), strange: from.strange }
}

/** Counts the hops of one request. Throws a TypeError where `fetch` would fail. */
export function checkHops(hops: number): void {
  if (hops >= mostHops) throw new TypeError(`the API answered with more than ${mostHops} redirects`)
}

/** Within its origins, a redirect is followed as `fetch` follows it. */
function ownInit(status: number, init: RequestInit): RequestInit {
  const { body, ...rest } = init
  const method = (init.method ?? 'GET').toUpperCase()
  const becomesGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST'
  if (!becomesGet && !canBeReadTwice(body))
    throw new TypeError('the API answered with a redirect, and the body of the request is gone')
  if (!becomesGet) return init
  const headers = new Headers(init.headers)
  for (const name of ofBody) headers.delete(name)
  return { ...rest, method: 'GET', headers }
}

/** Another origin gets no token, no credentials, and no header that could be one. */
function strangersInit(init: RequestInit, from: URL, to: URL): RequestInit {
  const { body: _, ...rest } = init
  const method = (init.method ?? 'GET').toUpperCase()
  if (method !== 'GET' && method !== 'HEAD')
    throw new GrantError(
      'redirect_refused',
      `${from.origin} redirects a ${method} to ${to.origin}: only GET and HEAD are followed to another origin`,
    )
  const sent = new Headers(init.headers)
  const kept = forStrangers.flatMap((name) => (sent.has(name) ? [[name, sent.get(name) ?? ''] as const] : []))
  return { ...rest, headers: new Headers(kept.map(([name, value]) => [name, value])), credentials: 'omit' }
}
