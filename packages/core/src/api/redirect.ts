import { GrantError } from '../errors/grant-error.ts'
import type { Origins } from './origins.ts'
import { canBeReadTwice } from './request.ts'

const mostHops = 20
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** Headers that belong to a body (Fetch Standard §4.4). */
const ofBody = ['content-encoding', 'content-language', 'content-location', 'content-type', 'content-length']
/** The headers that another origin may see: nothing that identifies the user. */
const forStrangers: ReadonlySet<string> = new Set(['accept', 'accept-language', 'range', 'user-agent'])

/** The target of a redirect and the request to it. */
export interface Hop {
  readonly url: URL
  readonly init: RequestInit
  /** Whether the way has left the origins of the token: from there on, nothing of ours is attached again. */
  readonly strange: boolean
  /** How many redirects led here. */
  readonly count: number
}

/** The next request along a redirect; undefined where the response is not one. Throws a TypeError where `fetch` would fail, and `redirect_refused` for any method but GET and HEAD that would leave the origins of the token. */
export function nextHop(response: Response, from: Hop, origins: Origins): Hop | undefined {
  const location = redirects.has(response.status) ? response.headers.get('location') : null
  if (location === null) return undefined
  const url = URL.canParse(location, from.url) ? new URL(location, from.url) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw new TypeError('the API responded with a redirect that leads nowhere')
  if (from.count >= mostHops) throw new TypeError(`the API responded with more than ${mostHops} redirects`)
  const count = from.count + 1
  const stays = url.origin === from.url.origin || origins.has(url.origin) // of a stranger's request nothing is left to strip
  if (stays) return { ...from, url, init: ownInit(response.status, from.init), count }
  return { url, init: strangersInit(from, url), strange: true, count }
}

/** What a browser may be given to follow a redirect that it does not show. It takes `Authorization` off before it leaves an origin, but nothing else (Fetch Standard §4.4). Throws a TypeError where more than a stranger may know would go along. */
export function unseenRedirect(init: RequestInit): RequestInit {
  const named = [...new Headers(init.headers).keys()]
  const secret = named.find((name) => name !== 'authorization' && !forStrangers.has(name))
  if (secret === undefined && isSafe(init) && init.credentials !== 'include') return { ...init, redirect: 'follow' }
  throw new TypeError(
    `the API redirects, and a browser does not show where: a ${methodOf(init)}${secret === undefined ? '' : ` with the header ${secret}`} is not followed`,
  )
}

/** Within its origins, a redirect is followed as `fetch` follows it. */
function ownInit(status: number, init: RequestInit): RequestInit {
  const { body, ...rest } = init
  const method = methodOf(init)
  const becomesGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST'
  if (!becomesGet && !canBeReadTwice(body))
    throw new TypeError('the API responded with a redirect, and the body of the request is gone')
  if (!becomesGet) return init
  const headers = new Headers(init.headers)
  for (const name of ofBody) headers.delete(name)
  return { ...rest, method: 'GET', headers }
}

/** Another origin gets no token, no credentials, no referrer, and no header that could be a secret. */
function strangersInit({ init, url: from }: Hop, to: URL): RequestInit {
  if (!isSafe(init))
    throw new GrantError(
      'redirect_refused',
      `${from.origin} redirects a ${methodOf(init)} to ${to.origin}: only GET and HEAD are followed to another origin`,
    )
  const { body: _, referrer: __, ...rest } = init
  const sent = [...new Headers(init.headers)].filter(([name]) => forStrangers.has(name))
  return { ...rest, headers: new Headers(sent), credentials: 'omit', referrerPolicy: 'no-referrer' }
}

function isSafe(init: RequestInit): boolean {
  return ['GET', 'HEAD'].includes(methodOf(init))
}

/** The method of a request, in upper case. */
export function methodOf({ method = 'GET' }: RequestInit): string {
  return method.toUpperCase()
}
