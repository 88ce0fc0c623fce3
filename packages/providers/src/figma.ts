/**
 * The Figma preset of Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const openapi = 'https://github.com/figma/rest-api-spec'
const discovery = 'https://www.figma.com/.well-known/openid-configuration'
const docs = 'the page on OAuth at developers.figma.com'

/**
 * Figma. A refresh goes to an endpoint of its own, and the refresh token stays the same.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { figma } from '@grantkit/providers/figma'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(figma, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['current_user:read'] })
 * url.origin + url.pathname // => 'https://www.figma.com/oauth'
 * ```
 */
export const figma: ProviderDefinition<string, 'authorization_endpoint' | 'userinfo_endpoint'> = freeze({
  name: 'figma',
  metadata: {
    issuer: 'https://www.figma.com',
    authorization_endpoint: 'https://www.figma.com/oauth',
    token_endpoint: 'https://api.figma.com/v1/oauth/token',
    userinfo_endpoint: 'https://api.figma.com/v1/oauth/userinfo',
    jwks_uri: 'https://www.figma.com/.well-known/jwks.json',
    scopes_supported: ['openid', 'profile', 'email'], // and those of the API
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    id_token_signing_alg_values_supported: ['ES256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.figma.com'],
  refreshToken: { rotation: 'never', source: openapi },
  grants: {
    refresh_token: {
      endpoint: 'https://api.figma.com/v1/oauth/refresh',
      omitted: ['grant_type'],
      source: openapi,
    },
  },
  sources: [
    { url: openapi, read: '2026-03-30' },
    { url: discovery, read: '2026-08-22' },
  ],
  unverified: [{ fact: 'grants.refresh_token.omitted', settles: docs }],
})
