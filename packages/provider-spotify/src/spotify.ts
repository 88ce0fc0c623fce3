import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'
import { scopePage, scopes, type SpotifyScope } from './scopes.ts'

const site = 'https://developer.spotify.com'
const accounts = 'https://accounts.spotify.com'
const redirectUriPage = `${site}/documentation/web-api/concepts/redirect_uri`
const refreshTokenPost = `${site}/blog/2026-06-18-refresh-token-expiration`
const quotaModesPage = `${site}/documentation/web-api/concepts/quota-modes`
const quotaPage = `${site}/documentation/web-api/references/changes/july-2026`

/** The last day on which these facts were reviewed as a whole. */
const reviewed = '2026-11-20'

/**
 * Spotify as data. Each of its `sources` has the date of its last review; a dated document, such as a blog post or the
 * OpenAPI document, has its own date.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { spotify } from '@grantkit/provider-spotify'
 *
 * const provider = new Provider(spotify, { clientId: 'my-client', redirectUri: 'http://127.0.0.1:8888/callback' })
 * const { url } = await provider.grant(Pkce).authorize({ scope: ['user-read-private'] })
 * url.origin + url.pathname // => 'https://accounts.spotify.com/authorize'
 * url.searchParams.get('scope') // => 'user-read-private'
 * ```
 */
export const spotify: ProviderDefinition<SpotifyScope, 'authorization_endpoint'> = freeze({
  name: 'spotify',
  // The documented endpoints. Spotify also serves an undocumented OpenID Connect document with another authorization
  // endpoint, so the preset has no issuer and no discovery.
  metadata: {
    authorization_endpoint: `${accounts}/authorize`,
    token_endpoint: `${accounts}/api/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
  },
  scopes,
  apiOrigins: ['https://api.spotify.com'],
  redirectUri: {
    localhost: 'refused', // for new apps since 2025-04-09, for all since 2025-11-27
    loopback: 'allowed', // http://127.0.0.1 and http://[::1]; any port matches if registered without one
    customScheme: 'discouraged',
    hint: 'if the redirect URI differs from the dashboard by a single character, Spotify shows "INVALID_CLIENT" and does not redirect',
    source: redirectUriPage,
  },
  api: {
    errors: [
      {
        status: 403, // as plain text, which changes every other year; ordinary errors of the Web API are JSON
        body: 'text',
        action: 'fix_configuration',
        message:
          'spotify refuses the app: in development mode its owner needs Premium, and each user has to be added in the dashboard under User Management; changes may take hours',
        source: quotaModesPage,
      },
      {
        status: 429,
        reason: 'QUOTA_EXCEEDED',
        code: 'rate_limited',
        message:
          "the quota that all of the developer's apps in development mode share is used up: send fewer requests, or request extended quota mode in the dashboard",
        source: quotaPage,
      },
    ],
  },
  refreshToken: {
    rotation: 'sometimes', // PKCE rotated every time until July 2026, and hardly ever since then
    // "6 months" from the user's authorization are 181 to 184 days, so 180 days never promise too much.
    absoluteLifetime: 180 * 24 * 60 * 60,
    source: refreshTokenPost,
  },
  sources: [
    { url: `${site}/_data/documentation/web-api/reference/open-api-schema.yml`, read: '2026-05-30' },
    { url: `${site}/documentation/web-api/tutorials/code-flow`, read: reviewed },
    { url: `${site}/documentation/web-api/tutorials/code-pkce-flow`, read: reviewed },
    { url: `${site}/documentation/web-api/tutorials/client-credentials-flow`, read: reviewed },
    { url: `${site}/documentation/web-api/tutorials/refreshing-tokens`, read: reviewed },
    { url: scopePage, read: reviewed },
    { url: redirectUriPage, read: reviewed },
    {
      url: `${site}/blog/2025-02-12-increasing-the-security-requirements-for-integrating-with-spotify`,
      read: '2025-02-12',
    },
    { url: `${site}/blog/2025-10-14-reminder-oauth-migration-27-nov-2025`, read: '2025-10-14' },
    { url: refreshTokenPost, read: '2026-06-18' },
    { url: quotaModesPage, read: reviewed },
    { url: quotaPage, read: reviewed },
    { url: `${site}/documentation/web-api/tutorials/february-2026-migration-guide`, read: reviewed },
  ],
})
