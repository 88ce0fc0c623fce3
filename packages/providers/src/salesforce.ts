/**
 * The Salesforce preset of Grantkit: the endpoints of a login host and their deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const help = 'https://help.salesforce.com/s/articleView?type=5&id='
const webServer = `${help}xcloud.remoteaccess_oauth_web_server_flow.htm`
const revoking = `${help}xcloud.remoteaccess_revoke_token.htm`
const sessions = `${help}xcloud.admin_sessions.htm`
const discovery = `${help}xcloud.remoteaccess_using_openid_discovery_endpoint.htm`
const hosts = `${help}xcloud.remoteaccess_oauth_endpoints.htm`
const reviewed = '2026-11-20'

/**
 * Salesforce, at the login host of the users: `login.salesforce.com` by default, `test.salesforce.com` for sandboxes,
 * a My Domain such as `acme.my.salesforce.com`, or an Experience Cloud site without a path, `acme.my.site.com`.
 * The host of the API is in `token.extra.instance_url`. Responses do not include a lifetime; the preset assumes two hours,
 * the default of an org. A scope can be any string, because an org may define its own.
 *
 * Throws a `TypeError` for a host that is not Salesforce's.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { salesforce } from '@grantkit/providers/salesforce'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(salesforce('acme.my.salesforce.com'), client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['api', 'refresh_token'] })
 * url.host // => 'acme.my.salesforce.com'
 * ```
 */
export function salesforce(
  host: string = 'login.salesforce.com',
): ProviderDefinition<string, 'authorization_endpoint' | 'revocation_endpoint'> {
  if (!/^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?:salesforce\.com|my\.site\.com)$/.test(host))
    throw new TypeError(
      'a login host of Salesforce has to end with ".salesforce.com" or ".my.site.com", such as "acme.my.salesforce.com"',
    )
  const services = `https://${host}/services/oauth2`
  return freeze({
    name: `salesforce-${host}`,
    metadata: {
      issuer: `https://${host}`,
      authorization_endpoint: `${services}/authorize`,
      token_endpoint: `${services}/token`,
      revocation_endpoint: `${services}/revoke`,
      jwks_uri: `https://${host}/id/keys`,
      scopes_supported: ['openid', 'profile', 'email'], // and those of the org
    },
    clientAuthentication: { method: 'client_secret_post', source: webServer },
    tokenResponse: { expiresIn: { default: 7200 }, source: sessions },
    revocation: { authentication: 'none', omitted: ['token_type_hint'], tokens: 'either', source: revoking },
    api: { origin: { member: 'instance_url', domains: ['salesforce.com'] }, source: webServer },
    sources: [
      ...[webServer, revoking, sessions].map((url) => ({ url, read: reviewed })),
      ...[discovery, hosts].map((url) => ({ url, read: '2026-11-21' })),
    ],
  })
}
