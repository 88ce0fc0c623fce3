/**
 * The Battle.net preset of Grantkit: its endpoints, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const discovery = 'https://oauth.battle.net/.well-known/openid-configuration'
const docs = 'the page on OAuth at develop.battle.net'

/**
 * Battle.net of Blizzard, in every region but China.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { battlenet } from '@grantkit/providers/battlenet'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(battlenet, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['openid'] })
 * url.origin + url.pathname // => 'https://oauth.battle.net/authorize'
 * ```
 */
export const battlenet: ProviderDefinition<
  string,
  | 'authorization_endpoint'
  | 'revocation_endpoint'
  | 'userinfo_endpoint'
  | 'introspection_endpoint'
  | 'device_authorization_endpoint'
  | 'end_session_endpoint'
> = freeze({
  name: 'battlenet',
  metadata: {
    issuer: 'https://oauth.battle.net',
    authorization_endpoint: 'https://oauth.battle.net/authorize',
    token_endpoint: 'https://oauth.battle.net/token',
    revocation_endpoint: 'https://oauth.battle.net/revoke',
    introspection_endpoint: 'https://oauth.battle.net/v2/check_token',
    device_authorization_endpoint: 'https://oauth.battle.net/device/code',
    userinfo_endpoint: 'https://oauth.battle.net/userinfo',
    end_session_endpoint: 'https://oauth.battle.net/logout',
    jwks_uri: 'https://oauth.battle.net/jwks/certs',
    scopes_supported: ['openid'],
    id_token_signing_alg_values_supported: ['RS256'],
    grant_types_supported: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ],
  },
  apiOrigins: ['us', 'eu', 'kr', 'tw'].map((region) => `https://${region}.api.blizzard.com`),
  clientAuthentication: { method: 'client_secret_post' },
  sources: [{ url: discovery, read: '2024-10-20' }],
  unverified: [
    { fact: 'metadata.scopes_supported', settles: docs },
    { fact: 'apiOrigins', settles: docs },
    { fact: 'clientAuthentication.method', settles: docs },
  ],
})
