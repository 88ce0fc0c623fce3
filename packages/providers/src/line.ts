/**
 * The LINE preset of Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const reference = 'https://developers.line.biz/en/reference/line-login/'
const managing = 'https://developers.line.biz/ja/docs/line-login/managing-access-tokens/'
const guide = 'the page on integrating LINE Login'

/**
 * LINE Login, for the profile of a user. It also has OpenID Connect, with ID tokens that the channel secret signs
 * (HS256), which this preset leaves out.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { line } from '@grantkit/providers/line'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(line, client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['profile'] })
 * url.origin + url.pathname // => 'https://access.line.me/oauth2/v2.1/authorize'
 * ```
 */
export const line: ProviderDefinition<'profile', 'authorization_endpoint'> = freeze({
  name: 'line',
  metadata: {
    authorization_endpoint: 'https://access.line.me/oauth2/v2.1/authorize',
    token_endpoint: 'https://api.line.me/oauth2/v2.1/token',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.line.me'],
  clientAuthentication: { method: 'client_secret_post' },
  sources: [reference, managing].map((url) => ({ url, read: '2026-11-21' })),
  unverified: [
    { fact: 'metadata.authorization_endpoint', settles: guide },
    { fact: 'clientAuthentication.method', settles: reference },
  ],
})
