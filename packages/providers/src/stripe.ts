/**
 * The Stripe preset of Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const docs = 'https://docs.stripe.com/stripe-apps/api-authentication/oauth'

/**
 * Stripe, for Stripe Apps. The manifest of an app lists its permissions and redirect URIs, so there are no scopes.
 * Responses do not include a lifetime; the preset assumes an hour.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { stripe } from '@grantkit/providers/stripe'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(stripe, client).grant(AuthorizationCode)
 * const { url } = await login.authorize()
 * url.origin + url.pathname // => 'https://marketplace.stripe.com/oauth/v2/authorize'
 * ```
 */
export const stripe: ProviderDefinition<never, 'authorization_endpoint'> = freeze({
  name: 'stripe',
  metadata: {
    authorization_endpoint: 'https://marketplace.stripe.com/oauth/v2/authorize',
    token_endpoint: 'https://api.stripe.com/v1/oauth/token',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.stripe.com'],
  clientAuthentication: { method: 'client_secret_basic', basicUsername: 'client_secret' },
  pkce: 'refused',
  refreshToken: { rotation: 'always' },
  tokenResponse: { expiresIn: { default: 3600 } },
  sources: [{ url: docs, read: '2026-11-21' }],
  unverified: [
    { fact: 'apiOrigins', settles: 'the section of the page on making requests' },

    { fact: 'metadata', settles: 'the page, below the install link' },
    { fact: 'clientAuthentication', settles: 'the page, below the install link' },
    { fact: 'pkce', settles: 'a login with PKCE' },
    { fact: 'refreshToken.rotation', settles: 'the section of the page on refreshing' },
    { fact: 'tokenResponse.expiresIn', settles: 'a login' },
  ],
})
