/**
 * The Pinterest preset of Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const openapi = 'https://github.com/pinterest/api-description'
const quickstart = 'https://github.com/pinterest/api-quickstart'

/**
 * Pinterest, with version 5 of its API.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { pinterest } from '@grantkit/providers/pinterest'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(pinterest, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['boards:read', 'pins:read'] })
 * url.searchParams.get('scope') // => 'boards:read,pins:read'
 * ```
 */
export const pinterest: ProviderDefinition<string, 'authorization_endpoint'> = freeze({
  name: 'pinterest',
  metadata: {
    authorization_endpoint: 'https://www.pinterest.com/oauth/',
    token_endpoint: 'https://api.pinterest.com/v5/oauth/token',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.pinterest.com'],
  clientAuthentication: { method: 'client_secret_basic', source: openapi },
  scopeSeparator: ',',
  sources: [
    { url: openapi, read: '2025-12-11' },
    { url: quickstart, read: '2024-11-01' }, // a copy of that month
  ],
})
