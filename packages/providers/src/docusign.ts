/**
 * The Docusign preset of Grantkit: its endpoints and scopes, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Docusign. */
export type DocusignScope = 'signature' | 'extended' | 'impersonation'

const sdk = 'https://github.com/docusign/docusign-esign-node-client'
const hosts = {
  production: { name: 'docusign', host: 'account.docusign.com' },
  demo: { name: 'docusign-demo', host: 'account-d.docusign.com' },
} as const

/**
 * Docusign, `production` by default, or its `demo`. The host of an account's API, below `docusign.net`, is in the user
 * information, as `base_uri`: read it with `provider.userinfo(token)`.
 *
 * Throws a `TypeError` for anything else.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { docusign } from '@grantkit/providers/docusign'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(docusign(), client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['signature'] })
 * url.origin + url.pathname // => 'https://account.docusign.com/oauth/auth'
 * ```
 */
export function docusign(
  environment: 'production' | 'demo' = 'production',
): ProviderDefinition<DocusignScope, 'authorization_endpoint' | 'userinfo_endpoint'> {
  if (!Object.hasOwn(hosts, environment)) throw new TypeError('an environment has to be "production" or "demo"')
  const { name, host } = hosts[environment]
  return freeze({
    name,
    metadata: {
      authorization_endpoint: `https://${host}/oauth/auth`,
      token_endpoint: `https://${host}/oauth/token`,
      userinfo_endpoint: `https://${host}/oauth/userinfo`,
    },
    apiOrigins: ['https://*.docusign.net'],
    clientAuthentication: { method: 'client_secret_basic', source: sdk },
    sources: [{ url: sdk, read: '2025-06-09' }],
    unverified: [{ fact: 'apiOrigins', settles: 'the base_uri of an account in the user information' }],
  })
}
