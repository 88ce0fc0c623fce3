/**
 * The Bitbucket preset of Grantkit: its endpoints and rules, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const cloud = 'https://developer.atlassian.com/cloud/bitbucket/oauth-2'
const consumers = 'https://confluence.atlassian.com/bitbucket/oauth-on-bitbucket-238027431.html'

/**
 * Bitbucket Cloud. The settings of an OAuth consumer define its scopes.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { bitbucket } from '@grantkit/providers/bitbucket'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(bitbucket, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['account'] })
 * url.origin + url.pathname // => 'https://bitbucket.org/site/oauth2/authorize'
 * ```
 */
export const bitbucket: ProviderDefinition<string, 'authorization_endpoint'> = freeze({
  name: 'bitbucket',
  metadata: {
    authorization_endpoint: 'https://bitbucket.org/site/oauth2/authorize',
    token_endpoint: 'https://bitbucket.org/site/oauth2/access_token',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.bitbucket.org'],
  clientAuthentication: { method: 'client_secret_basic', source: cloud },
  redirectUri: { paths: 'below', source: consumers },
  sources: [
    { url: cloud, read: '2026-01-12' },
    { url: consumers, read: '2026-11-21' },
  ],
  unverified: [{ fact: 'apiOrigins', settles: 'the page on the REST API at developer.atlassian.com' }],
})
