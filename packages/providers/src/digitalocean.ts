/**
 * The DigitalOcean preset of Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const docs = 'https://docs.digitalocean.com/reference/api/oauth'

/**
 * DigitalOcean. A refresh goes to an endpoint of its own.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { digitalocean } from '@grantkit/providers/digitalocean'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(digitalocean, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['read'] })
 * url.origin + url.pathname // => 'https://cloud.digitalocean.com/v1/oauth/authorize'
 * ```
 */
export const digitalocean: ProviderDefinition<string, 'authorization_endpoint'> = freeze({
  name: 'digitalocean',
  metadata: {
    authorization_endpoint: 'https://cloud.digitalocean.com/v1/oauth/authorize',
    token_endpoint: 'https://cloud.digitalocean.com/v1/oauth/token',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.digitalocean.com'],
  clientAuthentication: { method: 'client_secret_post' },
  grants: { refresh_token: { endpoint: 'https://cloud.digitalocean.com/v1/oauth/refresh', source: docs } },
  sources: [{ url: docs, read: '2025-08-28' }],
  unverified: [
    { fact: 'apiOrigins', settles: 'the reference of the API at docs.digitalocean.com' },
    { fact: 'clientAuthentication.method', settles: 'the section of the page on /token' },
  ],
})
