/**
 * The Amazon preset of Grantkit: its endpoints and scopes, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Login with Amazon. */
export type AmazonScope = 'profile' | 'profile:user_id' | 'postal_code'

const docs = 'https://developer.amazon.com/docs/login-with-amazon'
const codeGrant = `${docs}/authorization-code-grant.html`

/**
 * Login with Amazon, for the profile of a customer, at the hosts of North America.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { amazon } from '@grantkit/providers/amazon'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(amazon, client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['profile'] })
 * url.origin + url.pathname // => 'https://www.amazon.com/ap/oa'
 * ```
 */
export const amazon: ProviderDefinition<AmazonScope, 'authorization_endpoint'> = freeze({
  name: 'amazon',
  metadata: {
    authorization_endpoint: 'https://www.amazon.com/ap/oa',
    token_endpoint: 'https://api.amazon.com/auth/o2/token',
    scopes_supported: ['profile', 'profile:user_id', 'postal_code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.amazon.com'],
  clientAuthentication: { method: 'client_secret_post' },
  sources: [{ url: codeGrant, read: '2026-11-21' }],
  unverified: [
    { fact: 'metadata.token_endpoint', settles: 'the section of the page on requesting an access token' },
    { fact: 'apiOrigins', settles: 'the page on customer profiles' },
    { fact: 'clientAuthentication.method', settles: 'the section of the page on requesting an access token' },
  ],
})
