/**
 * The Box preset of Grantkit: its endpoints and rules, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const openapi = 'https://github.com/box/box-openapi'
const guides = 'https://github.com/box/developer.box.com'

/**
 * Box. Every refresh replaces the refresh token, which expires after sixty days without one.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { box } from '@grantkit/providers/box'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(box, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['root_readonly'] })
 * url.host // => 'account.box.com'
 * ```
 */
export const box: ProviderDefinition<string, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'box',
  metadata: {
    authorization_endpoint: 'https://account.box.com/api/oauth2/authorize',
    token_endpoint: 'https://api.box.com/oauth2/token',
    revocation_endpoint: 'https://api.box.com/oauth2/revoke',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.box.com'],
  clientAuthentication: { method: 'client_secret_post', source: openapi },
  refreshToken: { rotation: 'always', idleLifetime: 60 * 24 * 60 * 60, source: guides },
  sources: [
    { url: openapi, read: '2026-06-29' },
    { url: guides, read: '2026-02-16' },
  ],
})
