/**
 * The Vercel preset of Grantkit: its endpoints, scopes and rules, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Sign in with Vercel. */
export type VercelScope = 'openid' | 'email' | 'profile' | 'offline_access'

const discovery = 'https://vercel.com/.well-known/oauth-authorization-server'
const api = 'https://vercel.com/docs/sign-in-with-vercel/authorization-server-api'
const tokens = 'https://vercel.com/docs/sign-in-with-vercel/tokens'

/**
 * Sign in with Vercel. Request the scope `offline_access` to get a refresh token, which lasts thirty days; every
 * refresh replaces it.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { vercel } from '@grantkit/providers/vercel'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(vercel, client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['openid', 'offline_access'] })
 * url.origin + url.pathname // => 'https://vercel.com/oauth/authorize'
 * ```
 */
export const vercel: ProviderDefinition<
  VercelScope,
  'authorization_endpoint' | 'revocation_endpoint' | 'userinfo_endpoint'
> = freeze({
  name: 'vercel',
  metadata: {
    issuer: 'https://vercel.com',
    authorization_endpoint: 'https://vercel.com/oauth/authorize',
    token_endpoint: 'https://api.vercel.com/login/oauth/token',
    revocation_endpoint: 'https://api.vercel.com/login/oauth/token/revoke',
    userinfo_endpoint: 'https://api.vercel.com/login/oauth/userinfo',
    jwks_uri: 'https://vercel.com/.well-known/jwks',
    scopes_supported: ['openid', 'email', 'profile', 'offline_access'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.vercel.com'],
  refreshToken: { rotation: 'always', idleLifetime: 30 * 24 * 60 * 60, source: tokens },
  sources: [
    { url: discovery, read: '2026-11-21' },
    { url: api, read: '2025-12-18' },
    { url: tokens, read: '2025-11-26' },
  ],
})
