/**
 * The Amazon Cognito preset of Grantkit: the endpoints of a user pool, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const docs = 'https://docs.aws.amazon.com/cognito/latest/developerguide'
const tokens = `${docs}/token-endpoint.html`
const refreshing = `${docs}/amazon-cognito-user-pools-using-the-refresh-token.html`
const endpoints = `${docs}/cognito-userpools-server-contract-reference.html`
const host = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}$/

/**
 * Amazon Cognito, for one user pool: its domain (`my-app.auth.eu-west-1.amazoncognito.com`, or one of your own), its
 * region and its ID. Whether a refresh replaces the refresh token is a setting of the app client.
 *
 * Throws a `TypeError` for anything else.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { cognito } from '@grantkit/providers/cognito'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(cognito('my-app.auth.eu-west-1.amazoncognito.com', 'eu-west-1', 'eu-west-1_Example1'), client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['openid', 'email'] })
 * url.host // => 'my-app.auth.eu-west-1.amazoncognito.com'
 * ```
 */
export function cognito(
  domain: string,
  region: string,
  pool: string,
): ProviderDefinition<string, 'authorization_endpoint' | 'userinfo_endpoint'> {
  if (!host.test(domain))
    throw new TypeError('a domain has to be a host, such as "my-app.auth.eu-west-1.amazoncognito.com"')
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/.test(region)) throw new TypeError('a region has to be written like "eu-west-1"')
  if (!/^[a-z\d-]+_[A-Za-z\d]{1,55}$/.test(pool) || !pool.startsWith(`${region}_`))
    throw new TypeError('a user pool ID has to begin with its region, such as "eu-west-1_Example1"')
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${pool}`
  return freeze({
    name: `cognito-${domain}`,
    metadata: {
      issuer,
      authorization_endpoint: `https://${domain}/oauth2/authorize`,
      token_endpoint: `https://${domain}/oauth2/token`,
      userinfo_endpoint: `https://${domain}/oauth2/userInfo`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      scopes_supported: ['openid', 'profile', 'email', 'phone'], // and those of the pool
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    },
    apiOrigins: [`https://${domain}`],
    refreshToken: { rotation: 'sometimes', source: refreshing },
    sources: [tokens, refreshing].map((url) => ({ url, read: '2026-11-21' })),
    unverified: [
      { fact: 'metadata.issuer', settles: 'the issuer in the discovery document of a pool' },
      { fact: 'metadata.authorization_endpoint', settles: endpoints },
      { fact: 'metadata.userinfo_endpoint', settles: endpoints },
      { fact: 'metadata.jwks_uri', settles: 'the discovery document of a pool' },
      { fact: 'metadata.scopes_supported', settles: endpoints },
    ],
  })
}
