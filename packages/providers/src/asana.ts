/**
 * The Asana preset of Grantkit: its endpoints and rules, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const docs = 'https://developers.asana.com/docs/oauth'
const openapi = 'https://github.com/Asana/openapi'

/**
 * Asana.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { asana } from '@grantkit/providers/asana'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(asana, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['tasks:read'] })
 * url.origin + url.pathname // => 'https://app.asana.com/-/oauth_authorize'
 * ```
 */
export const asana: ProviderDefinition<string, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'asana',
  metadata: {
    authorization_endpoint: 'https://app.asana.com/-/oauth_authorize',
    token_endpoint: 'https://app.asana.com/-/oauth_token',
    revocation_endpoint: 'https://app.asana.com/-/oauth_revoke',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://app.asana.com'],
  clientAuthentication: { method: 'client_secret_post' },
  refreshToken: { rotation: 'never' },
  sources: [
    { url: docs, read: '2026-11-21' },
    { url: openapi, read: '2026-06-11' },
  ],
  unverified: [
    { fact: 'clientAuthentication.method', settles: 'the section of the page on the token exchange' },
    { fact: 'refreshToken.rotation', settles: 'a refresh' },
  ],
})
