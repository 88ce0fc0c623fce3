/**
 * The Xero preset of Grantkit: its endpoints and rules, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const openapi = 'https://github.com/XeroAPI/Xero-OpenAPI'
const sdk = 'https://github.com/XeroAPI/xero-node'
const discovery = 'https://identity.xero.com/.well-known/openid-configuration'

/**
 * Xero. The default scope is `offline_access`, for a refresh token, which lasts sixty days; every refresh replaces it.
 * Write `scope: { add: […] }` for the scopes of your app, and send the header `xero-tenant-id` with each call of the
 * API.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { xero } from '@grantkit/providers/xero'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(xero, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: { add: ['accounting.transactions'] } })
 * url.searchParams.get('scope') // => 'offline_access accounting.transactions'
 * ```
 */
export const xero: ProviderDefinition<string, 'authorization_endpoint'> = freeze({
  name: 'xero',
  metadata: {
    issuer: 'https://identity.xero.com',
    authorization_endpoint: 'https://login.xero.com/identity/connect/authorize',
    token_endpoint: 'https://identity.xero.com/connect/token',
    jwks_uri: 'https://identity.xero.com/.well-known/openid-configuration/jwks',
    scopes_supported: ['openid', 'offline_access'], // and those of the API
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  defaultScope: ['offline_access'],
  apiOrigins: ['https://api.xero.com'],
  clientAuthentication: { method: 'client_secret_basic', source: sdk },
  refreshToken: { rotation: 'always', idleLifetime: 60 * 24 * 60 * 60, source: sdk },
  sources: [
    { url: openapi, read: '2026-07-13' },
    { url: sdk, read: '2026-07-14' },
  ],
  unverified: [{ fact: 'metadata.jwks_uri', settles: discovery }],
})
