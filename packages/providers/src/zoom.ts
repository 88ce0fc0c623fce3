/**
 * The Zoom preset of Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const support = 'https://devsupport.zoom.us/hc/en-us/articles/360060332931'
const oauth = 'Zoom’s page on OAuth, at developers.zoom.us'

/**
 * Zoom. Every refresh replaces the refresh token. The settings of an app define its scopes.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { zoom } from '@grantkit/providers/zoom'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(zoom, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['meeting:delete:meeting'] })
 * url.origin + url.pathname // => 'https://zoom.us/oauth/authorize'
 * ```
 */
export const zoom: ProviderDefinition<string, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'zoom',
  metadata: {
    authorization_endpoint: 'https://zoom.us/oauth/authorize',
    token_endpoint: 'https://zoom.us/oauth/token',
    revocation_endpoint: 'https://zoom.us/oauth/revoke',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.zoom.us'],
  clientAuthentication: { method: 'client_secret_basic', source: support },
  refreshToken: { rotation: 'always', source: support },
  revocation: { tokens: 'access_token' },
  sources: [{ url: support, read: '2026-11-21' }],
  unverified: [
    { fact: 'apiOrigins', settles: 'the page on calling the API, at developers.zoom.us' },

    { fact: 'metadata.authorization_endpoint', settles: oauth },
    { fact: 'metadata.revocation_endpoint', settles: oauth },
    { fact: 'revocation.tokens', settles: oauth },
  ],
})
