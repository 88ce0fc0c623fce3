/**
 * The X preset of Grantkit: its endpoints, scopes and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of X; `offline.access` is for a refresh token. */
export type XScope =
  | 'offline.access'
  | 'tweet.read'
  | 'tweet.write'
  | 'tweet.moderate.write'
  | 'users.email'
  | 'users.read'
  | 'space.read'
  | 'media.write'
  | `${'follows' | 'mute' | 'like' | 'list' | 'block' | 'bookmark' | 'dm'}.${'read' | 'write'}`

const docs = 'https://docs.x.com'
const codeFlow = `${docs}/fundamentals/authentication/oauth-2-0/authorization-code`
const userToken = `${docs}/fundamentals/authentication/oauth-2-0/user-access-token`
const limits = `${docs}/fundamentals/rate-limits`
const reviewed = '2026-11-20'

/**
 * X, once Twitter. A client with a secret authenticates with Basic in every request, a refresh included.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { x } from '@grantkit/providers/x'
 *
 * const client = { clientId: 'my-client', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(x, client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['tweet.read', 'users.read', 'offline.access'] })
 * url.origin + url.pathname // => 'https://x.com/i/oauth2/authorize'
 * ```
 */
export const x: ProviderDefinition<XScope, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'x',
  metadata: {
    authorization_endpoint: 'https://x.com/i/oauth2/authorize',
    token_endpoint: 'https://api.x.com/2/oauth2/token',
    revocation_endpoint: 'https://api.x.com/2/oauth2/revoke',
    code_challenge_methods_supported: ['S256', 'plain'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.x.com'],
  clientAuthentication: { method: 'client_secret_basic', source: codeFlow },
  pkce: 'required',
  refreshToken: { rotation: 'always', source: userToken },
  api: { rateLimit: { reset: 'x-rate-limit-reset', format: 'epoch_seconds' }, source: limits },
  sources: [codeFlow, userToken, limits].map((url) => ({ url, read: reviewed })),
})
