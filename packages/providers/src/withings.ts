/**
 * The Withings preset of Grantkit: its endpoints, scopes and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Withings; `user.info` needs a contract. */
export type WithingsScope = `user.${'info' | 'metrics' | 'activity' | 'sleepevents'}`

const guide = 'https://developer.withings.com/developer-guide/v3'
const tokens = `${guide}/integration-guide/dropship-cellular/get-access/access-and-refresh-tokens/`
const scopes = `${guide}/integration-guide/advanced-research-api/get-access/oauth-web-flow/`
const endpoint = 'https://support.withings.com/hc/en-us/articles/360016745358'
const reference = 'https://developer.withings.com/api-reference/'

/**
 * Withings. Every refresh replaces the refresh token, which lasts a year; the one before works for eight more hours, or
 * until the new access token is used.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { withings } from '@grantkit/providers/withings'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(withings, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['user.metrics', 'user.activity'] })
 * url.searchParams.get('scope') // => 'user.metrics,user.activity'
 * ```
 */
export const withings: ProviderDefinition<WithingsScope, 'authorization_endpoint'> = freeze({
  name: 'withings',
  metadata: {
    authorization_endpoint: 'https://account.withings.com/oauth2_user/authorize2',
    token_endpoint: 'https://wbsapi.withings.net/v2/oauth2',
    scopes_supported: ['user.info', 'user.metrics', 'user.activity', 'user.sleepevents'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://wbsapi.withings.net'],
  clientAuthentication: { method: 'client_secret_post' },
  refreshToken: { rotation: 'always', idleLifetime: 365 * 24 * 60 * 60, source: tokens },
  parameters: { token: { action: 'requesttoken' } },
  scopeSeparator: ',',
  tokenResponse: {
    envelope: 'body',
    scopeSeparator: ',',
    error: { status: 200, code: 'status', success: [0] },
    source: endpoint,
  },
  sources: [tokens, scopes, endpoint].map((url) => ({ url, read: '2026-11-21' })),
  unverified: [
    { fact: 'metadata.authorization_endpoint', settles: reference },
    { fact: 'clientAuthentication.method', settles: reference },
    { fact: 'scopeSeparator', settles: reference },
    { fact: 'tokenResponse.scopeSeparator', settles: 'a login with two scopes' },
    { fact: 'tokenResponse.error.success', settles: reference },
  ],
})
