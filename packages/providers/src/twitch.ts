/**
 * The Twitch preset of Grantkit: its endpoints, scopes and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Twitch: a resource and an action. */
export type TwitchScope =
  | 'openid'
  | `${'analytics' | 'bits' | 'channel' | 'chat' | 'clips' | 'editor' | 'moderation' | 'moderator' | 'user' | 'whispers'}:${string}`

const docs = 'https://dev.twitch.tv/docs'
const tokens = `${docs}/authentication/getting-tokens-oauth/`
const openid = `${docs}/authentication/getting-tokens-oidc/`
const refreshing = `${docs}/authentication/refresh-tokens/`
const revoking = `${docs}/authentication/revoke-tokens/`
const api = `${docs}/api/guide/`
const reviewed = '2026-11-20'

/**
 * Twitch. Its API needs the client identifier with every token, and responses have the scope as an array.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { twitch } from '@grantkit/providers/twitch'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const { url } = await new Provider(twitch, client).grant(AuthorizationCode).authorize({ scope: ['chat:read'] })
 * url.origin + url.pathname // => 'https://id.twitch.tv/oauth2/authorize'
 * ```
 */
export const twitch: ProviderDefinition<TwitchScope, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'twitch',
  metadata: {
    issuer: 'https://id.twitch.tv/oauth2',
    authorization_endpoint: 'https://id.twitch.tv/oauth2/authorize',
    token_endpoint: 'https://id.twitch.tv/oauth2/token',
    revocation_endpoint: 'https://id.twitch.tv/oauth2/revoke',
    jwks_uri: 'https://id.twitch.tv/oauth2/keys',
    scopes_supported: ['openid'], // and all those of `TwitchScope`
    id_token_signing_alg_values_supported: ['RS256'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
  },
  apiOrigins: ['https://api.twitch.tv'],
  clientAuthentication: { method: 'client_secret_post', source: tokens },
  tokenResponse: {
    scopeArray: true,
    // Its statuses and "Bad Request" are ambiguous; only the documented message identifies an invalid refresh token.
    error: { code: 'message', description: 'message', codes: { 'Invalid refresh token': 'invalid_grant' } },
    source: refreshing,
  },
  revocation: { authentication: 'none', omitted: ['token_type_hint'], tokens: 'access_token', source: revoking },
  api: {
    headers: { 'client-id': '{client_id}' },
    rateLimit: { reset: 'ratelimit-reset', format: 'epoch_seconds' },
    source: api,
  },
  sources: [
    ...[tokens, refreshing, revoking, api].map((url) => ({ url, read: reviewed })),
    { url: openid, read: '2026-11-21' },
  ],
})
