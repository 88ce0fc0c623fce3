/**
 * The Okta preset of Grantkit: the endpoints of an org, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const refreshing = 'https://github.com/okta/okta-developer-docs'
const reference = 'the reference of OpenID Connect at developer.okta.com'
const host = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}$/

/**
 * Okta, for the domain of one org (`acme.okta.com`, or one of your own), and for one of its custom authorization
 * servers, such as `default`. Request the scope `offline_access` to get a refresh token.
 *
 * Throws a `TypeError` for anything else.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { okta } from '@grantkit/providers/okta'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(okta('acme.okta.com', 'default'), client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['openid', 'offline_access'] })
 * url.pathname // => '/oauth2/default/v1/authorize'
 * ```
 */
export function okta(
  domain: string,
  server?: string,
): ProviderDefinition<string, 'authorization_endpoint' | 'revocation_endpoint'> {
  if (!host.test(domain)) throw new TypeError('a domain of Okta has to be a host, such as "acme.okta.com"')
  if (server !== undefined && !/^[A-Za-z\d]{1,40}$/.test(server))
    throw new TypeError('an authorization server of Okta has to be its ID, such as "default"')
  const issuer = server === undefined ? `https://${domain}` : `https://${domain}/oauth2/${server}`
  const base = server === undefined ? `${issuer}/oauth2` : issuer
  return freeze({
    name: `okta-${issuer.slice(8)}`,
    metadata: {
      issuer,
      authorization_endpoint: `${base}/v1/authorize`,
      token_endpoint: `${base}/v1/token`,
      revocation_endpoint: `${base}/v1/revoke`,
      jwks_uri: `${base}/v1/keys`,
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'], // and those of the org
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      code_challenge_methods_supported: ['S256'],
    },
    apiOrigins: [`https://${domain}`],
    refreshToken: { rotation: 'sometimes', source: refreshing },
    sources: [{ url: refreshing, read: '2026-08-21' }],
    unverified: [
      { fact: 'metadata.issuer', settles: reference },
      { fact: 'metadata.authorization_endpoint', settles: reference },
      { fact: 'metadata.revocation_endpoint', settles: reference },
      { fact: 'metadata.jwks_uri', settles: reference },
      { fact: 'metadata.scopes_supported', settles: reference },
    ],
  })
}
