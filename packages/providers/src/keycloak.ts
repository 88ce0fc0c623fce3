/**
 * The Keycloak preset of Grantkit: the endpoints of a realm, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const endpoints =
  'https://github.com/keycloak/keycloak/blob/main/docs/guides/securing-apps/partials/oidc/available-endpoints.adoc'

/**
 * Keycloak, for a realm of your server. If it runs without TLS on your machine, use `Provider.discover` instead.
 *
 * Throws a `TypeError` for anything but an https URL and the name of a realm.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { keycloak } from '@grantkit/providers/keycloak'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(keycloak('https://id.app.example', 'staff'), client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['openid'] })
 * url.pathname // => '/realms/staff/protocol/openid-connect/auth'
 * ```
 */
export function keycloak(
  url: string,
  realm: string,
): ProviderDefinition<
  string,
  | 'authorization_endpoint'
  | 'revocation_endpoint'
  | 'userinfo_endpoint'
  | 'introspection_endpoint'
  | 'device_authorization_endpoint'
> {
  const server = URL.canParse(url) ? new URL(url) : undefined
  if (server?.protocol !== 'https:' || server.username + server.password + server.search + server.hash !== '')
    throw new TypeError('a Keycloak server has to be an https URL, such as "https://keycloak.example"')
  if (!/^[\w-][\w.-]{0,254}$/.test(realm)) throw new TypeError('a realm has to be a name, such as "staff"')
  const issuer = `${server.origin}${server.pathname.replace(/\/$/, '')}/realms/${realm}`
  const protocol = `${issuer}/protocol/openid-connect`
  return freeze({
    name: `keycloak-${issuer.slice(8)}`,
    metadata: {
      issuer,
      authorization_endpoint: `${protocol}/auth`,
      token_endpoint: `${protocol}/token`,
      revocation_endpoint: `${protocol}/revoke`,
      introspection_endpoint: `${protocol}/token/introspect`,
      device_authorization_endpoint: `${protocol}/auth/device`,
      userinfo_endpoint: `${protocol}/userinfo`,
      jwks_uri: `${protocol}/certs`,
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'], // and those of the realm
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      code_challenge_methods_supported: ['S256'],
    },
    apiOrigins: [server.origin],
    refreshToken: { rotation: 'sometimes' },
    sources: [{ url: endpoints, read: '2026-11-21' }],
    unverified: [
      { fact: 'metadata.token_endpoint_auth_methods_supported', settles: 'the discovery document of a realm' },
      { fact: 'metadata.code_challenge_methods_supported', settles: 'the discovery document of a realm' },

      { fact: 'metadata.scopes_supported', settles: 'the discovery document of a realm' },
      { fact: 'refreshToken.rotation', settles: 'the page on sessions and tokens: it depends on the realm' },
    ],
  })
}
