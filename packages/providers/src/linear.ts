/**
 * The Linear preset of Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const docs = 'https://linear.app/developers/oauth-2-0-authentication'

/**
 * Linear. Pass `actor: 'app'` as a parameter of `authorize` for what an app does in its own name.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { linear } from '@grantkit/providers/linear'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(linear, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['read', 'issues:create'] })
 * url.searchParams.get('scope') // => 'read,issues:create'
 * ```
 */
export const linear: ProviderDefinition<string, 'authorization_endpoint'> = freeze({
  name: 'linear',
  metadata: {
    authorization_endpoint: 'https://linear.app/oauth/authorize',
    token_endpoint: 'https://api.linear.app/oauth/token',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.linear.app'],
  clientAuthentication: { method: 'client_secret_post' },
  scopeSeparator: ',',
  tokenResponse: { scopeSeparator: ',' },
  sources: [{ url: docs, read: '2026-11-21' }],
  unverified: [
    { fact: 'apiOrigins', settles: 'the page on the GraphQL API' },

    { fact: 'metadata.token_endpoint', settles: 'the section of the page on exchanging the code' },
    { fact: 'clientAuthentication.method', settles: 'the section of the page on exchanging the code' },
    { fact: 'tokenResponse.scopeSeparator', settles: 'a login with two scopes' },
  ],
})
