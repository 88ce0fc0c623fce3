import { stringifySetCookie } from 'cookie'
import { GrantError } from '@grantkit/core'
import type { Site } from '../site.ts'
import { shortHash } from './base64url.ts'

/** A browser drops a cookie with more than 4,096 bytes of name and value without a word. */
const largest = 3900

/** The name of the session cookie. The prefix makes the browser refuse it from scripts, subdomains and plain http; cookies know no ports. */
export function sessionCookie({ secure, port }: Site): string {
  return secure ? '__Host-Http-grantkit' : `grantkit-${port}`
}

/** What the names of all login cookies begin with. */
export function loginPrefix(site: Site): string {
  return `${sessionCookie(site)}-login-`
}

/** The name of the cookie of one login: many can be pending, one in each tab. */
export async function loginCookie(site: Site, state: string): Promise<string> {
  return loginPrefix(site) + (await shortHash(state))
}

/** The `Set-Cookie` header of a cookie. Throws `config_invalid` for one that a browser would drop. */
export function setCookie({ secure }: Site, name: string, { value, maxAge }: CookieValue): string {
  const size = name.length + value.length
  if (size > largest)
    throw new GrantError(
      'config_invalid',
      `the cookie would have ${size} bytes, and ${largest} fit: return less from "user", such as an ID`,
    )
  return stringifySetCookie({ name, value, maxAge, path: '/', httpOnly: true, secure, sameSite: 'lax' })
}

/** The `Set-Cookie` header that deletes a cookie. */
export function deleteCookie(site: Site, name: string): string {
  return setCookie(site, name, { value: '', maxAge: 0 })
}

/** What a cookie holds, and for how many seconds. */
interface CookieValue {
  readonly value: string
  readonly maxAge: number
}
