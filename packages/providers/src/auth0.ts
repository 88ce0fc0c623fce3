/**
 * The Auth0 preset of Grantkit: the endpoints of a tenant, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const docs = 'https://github.com/auth0/docs-v2/tree/main/main/docs'
const refreshing = `${docs}/secure/tokens/refresh-tokens`
const authentication = `${docs}/api/authentication`
const host = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}$/

/**
 * Auth0, for the domain of one tenant: `acme.eu.auth0.com`, or one of your own. For a token of your API, pass its
 * `audience` to `authorize` as a parameter, and put the API's origin into `apiOrigins`. Request the scope
 * `offline_access` to get a refresh token.
 *
 * Throws a `TypeError` for anything but a host.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { auth0 } from '@grantkit/providers/auth0'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(auth0('acme.eu.auth0.com'), client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['openid', 'offline_access'] })
 * url.host // => 'acme.eu.auth0.com'
 * ```
 */
export function auth0(
  domain: string,
): ProviderDefinition<string, 'authorization_endpoint' | 'revocation_endpoint' | 'userinfo_endpoint'> {
  if (!host.test(domain)) throw new TypeError('a domain of Auth0 has to be a host, such as "acme.eu.auth0.com"')
  return freeze({
    name: `auth0-${domain}`,
    metadata: {
      issuer: `https://${domain}/`, // with the slash
      authorization_endpoint: `https://${domain}/authorize`,
      token_endpoint: `https://${domain}/oauth/token`,
      revocation_endpoint: `https://${domain}/oauth/revoke`,
      userinfo_endpoint: `https://${domain}/userinfo`,
      jwks_uri: `https://${domain}/.well-known/jwks.json`,
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'], // and those of your APIs
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      code_challenge_methods_supported: ['S256'],
    },
    apiOrigins: [`https://${domain}`],
    refreshToken: { rotation: 'sometimes', source: refreshing },
    sources: [refreshing, authentication].map((url) => ({ url, read: '2026-08-20' })),
  })
}
