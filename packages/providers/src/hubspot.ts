/**
 * The HubSpot preset of Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const specification = 'https://github.com/HubSpot/HubSpot-public-api-spec-collection'
const docs = 'the page on OAuth at developers.hubspot.com'

/**
 * HubSpot, with version 3 of its token endpoints. The `hub_id` and the scopes of the token are in `token.extra`.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { hubspot } from '@grantkit/providers/hubspot'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(hubspot, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['oauth', 'crm.objects.contacts.read'] })
 * url.origin + url.pathname // => 'https://app.hubspot.com/oauth/authorize'
 * ```
 */
export const hubspot: ProviderDefinition<
  string,
  'authorization_endpoint' | 'revocation_endpoint' | 'introspection_endpoint'
> = freeze({
  name: 'hubspot',
  metadata: {
    authorization_endpoint: 'https://app.hubspot.com/oauth/authorize',
    token_endpoint: 'https://api.hubapi.com/oauth/v3/token',
    revocation_endpoint: 'https://api.hubapi.com/oauth/v3/token/revoke',
    introspection_endpoint: 'https://api.hubapi.com/oauth/v3/token/introspect',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.hubapi.com'],
  clientAuthentication: { method: 'client_secret_post', source: specification },
  refreshToken: { rotation: 'never' },
  sources: [{ url: specification, read: '2026-08-21' }],
  unverified: [
    { fact: 'metadata.authorization_endpoint', settles: docs },
    { fact: 'refreshToken.rotation', settles: docs },
  ],
})
