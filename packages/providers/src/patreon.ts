/**
 * The Patreon preset of Grantkit: its endpoints and rules, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const docs = 'https://github.com/Patreon/platform-documentation'

/**
 * Patreon, with version 2 of its API. A refresh token works once.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { patreon } from '@grantkit/providers/patreon'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(patreon, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['identity', 'campaigns'] })
 * url.origin + url.pathname // => 'https://www.patreon.com/oauth2/authorize'
 * ```
 */
export const patreon: ProviderDefinition<string, 'authorization_endpoint'> = freeze({
  name: 'patreon',
  metadata: {
    authorization_endpoint: 'https://www.patreon.com/oauth2/authorize',
    token_endpoint: 'https://www.patreon.com/api/oauth2/token',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://www.patreon.com'],
  clientAuthentication: { method: 'client_secret_post', source: docs },
  refreshToken: { rotation: 'always', source: docs },
  sources: [{ url: docs, read: '2024-12-05' }],
})
