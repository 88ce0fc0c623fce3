/**
 * The Dropbox preset of Grantkit: its endpoints, scopes and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Dropbox: a resource and an action. */
export type DropboxScope =
  | 'openid'
  | 'email'
  | 'profile'
  | `${'account_info' | 'files.metadata' | 'files.content' | 'sharing' | 'file_requests' | 'contacts'}.${'read' | 'write'}`
  | `${'team_info' | 'team_data' | 'members' | 'groups' | 'sessions' | 'events'}.${string}`

const openid = 'https://www.dropbox.com/.well-known/openid-configuration'
const guide = 'https://developers.dropbox.com/oauth-guide'
const reference = 'https://www.dropbox.com/developers/documentation/http/documentation'
const reviewed = '2026-11-20'

/**
 * Dropbox. Access tokens last four hours, and the refresh token stays the same. An access token authorizes its own
 * revocation, which also revokes the refresh token.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { dropbox } from '@grantkit/providers/dropbox'
 *
 * const client = { clientId: 'my-client', redirectUri: 'https://app.example/callback' }
 * const { url } = await new Provider(dropbox, client).grant(Pkce).authorize({ scope: ['files.content.read'] })
 * url.searchParams.get('token_access_type') // => 'offline'
 * ```
 */
export const dropbox: ProviderDefinition<DropboxScope, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'dropbox',
  metadata: {
    issuer: 'https://www.dropbox.com',
    authorization_endpoint: 'https://www.dropbox.com/oauth2/authorize',
    token_endpoint: 'https://api.dropboxapi.com/oauth2/token',
    jwks_uri: 'https://www.dropbox.com/.well-known/jwks',
    scopes_supported: ['openid', 'profile', 'email'],
    code_challenge_methods_supported: ['S256', 'plain'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.dropboxapi.com', 'https://content.dropboxapi.com'],
  refreshToken: { rotation: 'never', source: guide },
  parameters: { authorization: { token_access_type: 'offline' } },
  revocation: {
    endpoint: 'https://api.dropboxapi.com/2/auth/token/revoke',
    authentication: 'bearer',
    tokens: 'access_token',
    source: reference,
  },
  sources: [...[guide, reference].map((url) => ({ url, read: reviewed })), { url: openid, read: '2026-11-21' }],
})
