import { GrantError } from '@grantkit/core'

/** Where the app is, as the redirect URI says: nothing is read from a request. */
export interface Site {
  readonly origin: string
  /** Whether the app is served over https. */
  readonly secure: boolean
  readonly port: string
  readonly paths: Readonly<Record<RouteName, string>>
}

/** The routes of a login. */
export type RouteName = 'login' | 'callback' | 'logout' | 'session' | 'backchannel'

/** The site of a redirect URI: the other routes are beside the callback. Throws `config_invalid`. */
export function siteOf(redirectUri: string | undefined): Site {
  if (redirectUri === undefined)
    throw invalid(`the provider has no redirect URI: give it one, such as 'https://app.example/auth/callback'`)
  const { protocol, origin, port, pathname, search } = new URL(redirectUri)
  const secure = protocol === 'https:'
  if (!secure && protocol !== 'http:') throw invalid('a web app needs a redirect URI with https')
  if (search !== '') throw invalid('the redirect URI of a web app has no query: leave it out')
  const folder = pathname.slice(0, pathname.lastIndexOf('/') + 1)
  const paths = {
    login: `${folder}login`,
    callback: pathname,
    logout: `${folder}logout`,
    session: `${folder}session`,
    backchannel: `${folder}backchannel-logout`,
  }
  if (new Set(Object.values(paths)).size < 5 || pathname === folder)
    throw invalid(`the redirect URI has to end with a name of its own, such as '${origin}${folder}callback'`)
  return { origin, secure, port: port || (secure ? '443' : '80'), paths }
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
