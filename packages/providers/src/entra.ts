/**
 * The Microsoft Entra preset of Grantkit: the endpoints of a tenant and their deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const docs = 'https://learn.microsoft.com/en-us/entra/identity-platform'
const codeFlow = `${docs}/v2-oauth2-auth-code-flow`
const refreshTokens = `${docs}/refresh-tokens`
const claims = `${docs}/id-token-claims-reference`
const reviewed = '2024-04-08' // the date on the page itself
const guid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const domain = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}$/i

/**
 * Microsoft Entra ID, once Azure AD, for one tenant: its GUID, one of its domains, or `common`, `organizations` or
 * `consumers`. Request the scope `offline_access` to get a refresh token. With anything but a GUID, users of any tenant can
 * log in: check `token.claims.tid`. A scope can be any string, because each API of a tenant defines its own.
 *
 * Throws a `TypeError` for anything else.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { entra } from '@grantkit/providers/entra'
 *
 * const client = { clientId: 'my-client', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(entra('contoso.onmicrosoft.com'), client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['openid', 'offline_access', 'User.Read'] })
 * url.pathname // => '/contoso.onmicrosoft.com/oauth2/v2.0/authorize'
 * ```
 */
export function entra(tenant: string): ProviderDefinition<string, 'authorization_endpoint'> {
  if (!/^(?:common|organizations|consumers)$/.test(tenant) && !guid.test(tenant) && !domain.test(tenant))
    throw new TypeError('a tenant has to be a GUID, a domain, "common", "organizations" or "consumers"')
  const id = tenant.toLowerCase() // as in ID tokens
  const origin = 'https://login.microsoftonline.com'
  const isOne = guid.test(tenant)
  return freeze({
    name: `entra-${id}`,
    metadata: {
      issuer: `${origin}/${isOne ? id : '{tenantid}'}/v2.0`,
      authorization_endpoint: `${origin}/${id}/oauth2/v2.0/authorize`,
      token_endpoint: `${origin}/${id}/oauth2/v2.0/token`,
      jwks_uri: `${origin}/${id}/discovery/v2.0/keys`,
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    },
    apiOrigins: ['https://graph.microsoft.com'],
    clientAuthentication: { method: 'client_secret_post', source: codeFlow },
    refreshToken: { rotation: 'always', source: refreshTokens },
    ...(!isOne && { idToken: { issuer: `${origin}/{tid}/v2.0`, source: claims } }),
    sources: [codeFlow, refreshTokens, claims].map((url) => ({ url, read: reviewed })),
  })
}
