/**
 * The Zendesk preset of Grantkit: the endpoints of an account, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const copies = 'https://github.com/api-evangelist/zendesk'

/**
 * Zendesk, for one account: the first part of its `zendesk.com` host. The preset requests access tokens that last half
 * an hour.
 *
 * Throws a `TypeError` for anything else.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { zendesk } from '@grantkit/providers/zendesk'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(zendesk('acme'), client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['tickets:read'] })
 * url.host // => 'acme.zendesk.com'
 * ```
 */
export function zendesk(subdomain: string): ProviderDefinition<string, 'authorization_endpoint'> {
  if (!/^[a-z\d][a-z\d-]{0,62}$/.test(subdomain))
    throw new TypeError('a subdomain has to be the first part of its host, such as "acme" of acme.zendesk.com')
  const origin = `https://${subdomain}.zendesk.com`
  return freeze({
    name: `zendesk-${subdomain}`,
    metadata: {
      authorization_endpoint: `${origin}/oauth/authorizations/new`,
      token_endpoint: `${origin}/oauth/tokens`,
      grant_types_supported: ['authorization_code', 'refresh_token'],
    },
    apiOrigins: [origin],
    clientAuthentication: { method: 'client_secret_post', source: copies },
    parameters: { token: { expires_in: '1800' } },
    sources: [{ url: copies, read: '2026-08-22' }],
    unverified: [{ fact: 'parameters.token.expires_in', settles: 'the page on OAuth tokens at developer.zendesk.com' }],
  })
}
