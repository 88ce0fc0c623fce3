/**
 * The WordPress.com preset of Grantkit: its endpoints, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const docs = 'https://developer.wordpress.com/docs/oauth2/'

/**
 * WordPress.com, and sites with Jetpack. A token is for one site, which the user chooses, or for all of them with the
 * scope `global`.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { wordpress } from '@grantkit/providers/wordpress'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(wordpress, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['global'] })
 * url.origin + url.pathname // => 'https://public-api.wordpress.com/oauth2/authorize'
 * ```
 */
export const wordpress: ProviderDefinition<string, 'authorization_endpoint'> = freeze({
  name: 'wordpress',
  metadata: {
    authorization_endpoint: 'https://public-api.wordpress.com/oauth2/authorize',
    token_endpoint: 'https://public-api.wordpress.com/oauth2/token',
    grant_types_supported: ['authorization_code'],
  },
  apiOrigins: ['https://public-api.wordpress.com'],
  clientAuthentication: { method: 'client_secret_post' },
  sources: [{ url: docs, read: '2026-11-21' }],
  unverified: [
    { fact: 'metadata.grant_types_supported', settles: 'a login: whether there is a refresh token' },
    { fact: 'clientAuthentication.method', settles: 'the section of the page on the token request' },
  ],
})
