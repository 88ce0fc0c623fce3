/**
 * The Google preset of Grantkit: its endpoints, scopes and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Google: one of OpenID Connect, or that of an API, which is a URL. */
export type GoogleScope =
  | 'openid'
  | 'email'
  | 'profile'
  | `https://www.googleapis.com/auth/${string}`
  | 'https://mail.google.com/'

const discovery = 'https://accounts.google.com/.well-known/openid-configuration'
const docs = 'https://developers.google.com/identity/protocols/oauth2'
const webServer = `${docs}/web-server`
const apis = 'https://www.googleapis.com/discovery/v1/apis'
const reviewed = '2026-11-20'

/**
 * Google. It issues a refresh token only with a consent, so the preset asks for consent each time; use
 * `parameters: { prompt: 'select_account' }` to skip it. Most Google APIs have a separate origin. The preset lists those of
 * the profile, Drive and Calendar (`www.googleapis.com`), People, Gmail, Docs, Sheets, Slides and YouTube. Add others: `authorizedFetch(tokens, { origins: ['https://tasks.googleapis.com'] })`.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { google } from '@grantkit/providers/google'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const { url } = await new Provider(google, client).grant(Pkce).authorize({ scope: ['openid', 'email'] })
 * url.searchParams.get('access_type') // => 'offline'
 * ```
 */
export const google: ProviderDefinition<GoogleScope, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'google',
  metadata: {
    issuer: 'https://accounts.google.com',
    authorization_endpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
    token_endpoint: 'https://oauth2.googleapis.com/token',
    revocation_endpoint: 'https://oauth2.googleapis.com/revoke',
    jwks_uri: 'https://www.googleapis.com/oauth2/v3/certs',
    scopes_supported: ['openid', 'email', 'profile'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    code_challenge_methods_supported: ['plain', 'S256'],
    id_token_signing_alg_values_supported: ['RS256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: [
    'https://www.googleapis.com',
    'https://openidconnect.googleapis.com',
    'https://people.googleapis.com',
    'https://gmail.googleapis.com',
    'https://docs.googleapis.com',
    'https://sheets.googleapis.com',
    'https://slides.googleapis.com',
    'https://youtube.googleapis.com',
  ],
  clientAuthentication: { method: 'client_secret_post', source: webServer }, // Basic would have to be raw
  refreshToken: { rotation: 'never', source: webServer },
  parameters: { authorization: { access_type: 'offline', prompt: 'consent' } },
  revocation: { authentication: 'none', tokens: 'either', source: webServer },
  sources: [...[discovery, webServer].map((url) => ({ url, read: reviewed })), { url: apis, read: '2026-11-21' }],
})
