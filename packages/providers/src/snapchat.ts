/**
 * The Snapchat preset of Grantkit: the endpoints and scopes of its Marketing API, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const docs = 'https://developers.snap.com/api/marketing-api/Ads-API/authentication'

/**
 * Snapchat, for its Marketing API, with the scope `snapchat-marketing-api`.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { snapchatAds } from '@grantkit/providers/snapchat'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(snapchatAds, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['snapchat-marketing-api'] })
 * url.origin + url.pathname // => 'https://accounts.snapchat.com/login/oauth2/authorize'
 * ```
 */
export const snapchatAds: ProviderDefinition<string, 'authorization_endpoint'> = freeze({
  name: 'snapchat-ads',
  metadata: {
    authorization_endpoint: 'https://accounts.snapchat.com/login/oauth2/authorize',
    token_endpoint: 'https://accounts.snapchat.com/login/oauth2/access_token',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://adsapi.snapchat.com'],
  clientAuthentication: { method: 'client_secret_post' },
  pkce: 'refused',
  sources: [{ url: docs, read: '2026-11-21' }],
  unverified: [
    { fact: 'metadata.token_endpoint', settles: 'the page, below the authorization request' },
    { fact: 'apiOrigins', settles: 'the page on requests of the Marketing API' },
    { fact: 'clientAuthentication.method', settles: 'the page, below the authorization request' },
    { fact: 'pkce', settles: 'a login with PKCE' },
  ],
})
