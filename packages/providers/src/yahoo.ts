/**
 * The Yahoo preset of Grantkit: its endpoints and scopes, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Yahoo that its discovery document lists. */
export type YahooScope = 'openid' | 'openid2' | 'profile' | 'email'

const discovery = 'https://api.login.yahoo.com/.well-known/openid-configuration'

/**
 * Yahoo, for the identity of a user (OpenID Connect).
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { yahoo } from '@grantkit/providers/yahoo'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(yahoo, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['openid', 'email'] })
 * url.origin + url.pathname // => 'https://api.login.yahoo.com/oauth2/request_auth'
 * ```
 */
export const yahoo: ProviderDefinition<
  YahooScope,
  'authorization_endpoint' | 'userinfo_endpoint' | 'introspection_endpoint'
> = freeze({
  name: 'yahoo',
  metadata: {
    issuer: 'https://api.login.yahoo.com',
    authorization_endpoint: 'https://api.login.yahoo.com/oauth2/request_auth',
    token_endpoint: 'https://api.login.yahoo.com/oauth2/get_token',
    introspection_endpoint: 'https://api.login.yahoo.com/oauth2/introspect',
    userinfo_endpoint: 'https://api.login.yahoo.com/openid/v1/userinfo',
    jwks_uri: 'https://api.login.yahoo.com/openid/v1/certs',
    scopes_supported: ['openid', 'openid2', 'profile', 'email'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    id_token_signing_alg_values_supported: ['ES256', 'RS256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  sources: [{ url: discovery, read: '2024-10-19' }],
})
