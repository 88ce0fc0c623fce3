/**
 * The Roblox preset of Grantkit: its endpoints and rules, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const docs = 'https://github.com/Roblox/creator-docs/blob/main/content/en-us/cloud/auth'
const reference = `${docs}/oauth2-reference.md`
const registration = `${docs}/oauth2-registration.md`

/**
 * Roblox. A refresh token works once, within ninety days. Revoking it ends the whole session.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { roblox } from '@grantkit/providers/roblox'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(roblox, client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['openid', 'profile'] })
 * url.origin + url.pathname // => 'https://apis.roblox.com/oauth/v1/authorize'
 * ```
 */
export const roblox: ProviderDefinition<
  string,
  'authorization_endpoint' | 'revocation_endpoint' | 'userinfo_endpoint' | 'introspection_endpoint'
> = freeze({
  name: 'roblox',
  metadata: {
    issuer: 'https://apis.roblox.com/oauth/', // with the slash
    authorization_endpoint: 'https://apis.roblox.com/oauth/v1/authorize',
    token_endpoint: 'https://apis.roblox.com/oauth/v1/token',
    revocation_endpoint: 'https://apis.roblox.com/oauth/v1/token/revoke',
    introspection_endpoint: 'https://apis.roblox.com/oauth/v1/token/introspect',
    userinfo_endpoint: 'https://apis.roblox.com/oauth/v1/userinfo',
    jwks_uri: 'https://apis.roblox.com/oauth/v1/certs',
    scopes_supported: ['openid', 'profile'], // and those of the API
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    id_token_signing_alg_values_supported: ['ES256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://apis.roblox.com'],
  refreshToken: { rotation: 'always', idleLifetime: 90 * 24 * 60 * 60, source: reference },
  sources: [reference, registration].map((url) => ({ url, read: '2026-08-22' })),
})
