/**
 * The Strava preset of Grantkit: its endpoints, scopes and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Strava. */
export type StravaScope =
  | 'read'
  | 'read_all'
  | `profile:${'read_all' | 'write'}`
  | `activity:${'read' | 'read_all' | 'write'}`

const docs = 'https://developers.strava.com/docs/authentication/'

/**
 * Strava. The scopes that the user granted are in `token.extra.scope`, as a string, because only the callback has them.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { strava } from '@grantkit/providers/strava'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(strava, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['read', 'activity:read'] })
 * url.searchParams.get('scope') // => 'read,activity:read'
 * ```
 */
export const strava: ProviderDefinition<StravaScope, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'strava',
  metadata: {
    authorization_endpoint: 'https://www.strava.com/oauth/authorize',
    token_endpoint: 'https://www.strava.com/oauth/token',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://www.strava.com'],
  clientAuthentication: { method: 'client_secret_post', source: docs },
  refreshToken: { rotation: 'sometimes', source: docs },
  scopeSeparator: ',',
  callback: { kept: ['scope'], source: docs },
  tokenResponse: {
    scopeSeparator: ',',
    error: {
      code: 'errors.0.resource',
      description: 'message',
      codes: { RefreshToken: 'invalid_grant', AuthorizationCode: 'invalid_grant', Application: 'invalid_client' },
    },
    source: docs,
  },
  revocation: {
    endpoint: 'https://www.strava.com/oauth/deauthorize',
    authentication: 'bearer',
    tokens: 'access_token',
  },
  sources: [{ url: docs, read: '2026-11-21' }],
  unverified: [
    { fact: 'metadata.token_endpoint', settles: 'the page: /oauth/token or /api/v3/oauth/token' },
    { fact: 'revocation', settles: 'the page: older editions have /oauth/deauthorize' },
    { fact: 'tokenResponse.scopeSeparator', settles: 'a login with two scopes' },
  ],
})
