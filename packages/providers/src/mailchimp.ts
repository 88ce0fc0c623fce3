/**
 * The Mailchimp preset of Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const copies = 'https://github.com/api-evangelist/mailchimp'
const guide = 'https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/'

/**
 * Mailchimp. Tokens do not expire, and there are no scopes. The API's host has the data centre of the account,
 * `https://{dc}.api.mailchimp.com`: read it with the token at `https://login.mailchimp.com/oauth2/metadata`.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { mailchimp } from '@grantkit/providers/mailchimp'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(mailchimp, client).grant(AuthorizationCode)
 * const { url } = await login.authorize()
 * url.origin + url.pathname // => 'https://login.mailchimp.com/oauth2/authorize'
 * ```
 */
export const mailchimp: ProviderDefinition<never, 'authorization_endpoint'> = freeze({
  name: 'mailchimp',
  metadata: {
    authorization_endpoint: 'https://login.mailchimp.com/oauth2/authorize',
    token_endpoint: 'https://login.mailchimp.com/oauth2/token',
    grant_types_supported: ['authorization_code'],
  },
  apiOrigins: ['https://login.mailchimp.com', 'https://*.api.mailchimp.com'],
  clientAuthentication: { method: 'client_secret_post' },
  tokenResponse: { absent: { scope: [null], expires_in: [0] } },
  sources: [{ url: copies, read: '2026-11-21' }],
  unverified: [
    { fact: 'apiOrigins', settles: guide },

    { fact: 'metadata', settles: guide },
    { fact: 'clientAuthentication.method', settles: guide },
    { fact: 'tokenResponse.absent', settles: 'a login' },
  ],
})
