/**
 * The Basecamp preset of Grantkit: its endpoints and rules, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const docs = 'https://github.com/basecamp/bc3-api/blob/master/sections/authentication.md'
const api = 'https://github.com/basecamp/bc3-api/blob/master/README.md'

/**
 * Basecamp of 37signals. Its API wants a user agent with the name of your app and a way to reach you, such as `MyApp
 * (me@app.example)`. There are no scopes. `https://launchpad.37signals.com/authorization.json` lists the accounts of
 * the user. It does not verify email addresses: do not use it to log users in to your own app.
 *
 * Throws a `TypeError` for a user agent that is not printable ASCII.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { basecamp } from '@grantkit/providers/basecamp'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(basecamp('MyApp (me@app.example)'), client).grant(AuthorizationCode)
 * const { url } = await login.authorize()
 * url.origin + url.pathname // => 'https://launchpad.37signals.com/authorization/new'
 * ```
 */
export function basecamp(userAgent: string): ProviderDefinition<never, 'authorization_endpoint'> {
  if (!/^[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?$/.test(userAgent))
    throw new TypeError('a user agent has to be printable ASCII, such as "MyApp (me@app.example)"')
  return freeze({
    name: 'basecamp',
    metadata: {
      authorization_endpoint: 'https://launchpad.37signals.com/authorization/new',
      token_endpoint: 'https://launchpad.37signals.com/authorization/token',
      grant_types_supported: ['authorization_code', 'refresh_token'],
    },
    apiOrigins: ['https://3.basecampapi.com', 'https://launchpad.37signals.com'],
    clientAuthentication: { method: 'client_secret_post', source: docs },
    api: { headers: { 'user-agent': userAgent }, source: docs },
    sources: [{ url: docs, read: '2026-11-21' }],
    unverified: [{ fact: 'api.headers', settles: api }],
  })
}
