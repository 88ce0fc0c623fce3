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
 * Spotify as data. Each of its `sources` says on which day the fact was last reviewed; a dated document, such as a blog
 * post or the OpenAPI document, stands with its own date, because a later one would be another document.
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
  // The documented endpoints. Spotify also serves an OpenID Connect document, which its documentation does not mention
  // and which names another authorization endpoint; so there is no issuer here and nothing to discover.
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
    loopback: 'allowed', // http://127.0.0.1 and http://[::1]; registered without a port, any port will do
    customScheme: 'discouraged',
    hint: 'where the redirect URI differs by one character from what the dashboard has, Spotify shows "INVALID_CLIENT" and sends nobody back',
    source: redirectUriPage,
  },
  api: {
    errors: [
      {
        status: 403, // with a text that has changed every other year; ordinary errors of the Web API are JSON
        body: 'text',
        action: 'fix_configuration',
        message:
          'spotify refuses the app: in development mode its owner needs Premium, and each user has to be added to it in the dashboard, under User Management; a change may take hours',
        source: quotaModesPage,
      },
      {
        status: 429,
        reason: 'QUOTA_EXCEEDED',
        code: 'rate_limited',
        message:
          "the quota is used up that all of the developer's apps in development mode share: ask for less, or for extended quota mode in the dashboard",
        source: quotaPage,
      },
    ],
  },
  refreshToken: {
    rotation: 'sometimes', // until July 2026 PKCE rotated every time, and since then hardly ever
    // "6 months" from the user's authorization are 181 to 184 days; 180 days never promise a day that Spotify refuses.
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
