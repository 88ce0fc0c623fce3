/**
 * The PayPal preset of Grantkit: its endpoints and scopes, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of PayPal: those of OpenID Connect, or the URL of a service. */
export type PayPalScope =
  | 'openid'
  | 'profile'
  | 'email'
  | 'address'
  | 'phone'
  | `https://uri.paypal.com/services/${string}`

const discovery = 'https://www.paypal.com/.well-known/openid-configuration'
const rest = 'the page on API requests at developer.paypal.com'
const sandbox = 'the discovery document of the sandbox'
const hosts = {
  live: {
    name: 'paypal',
    web: 'https://www.paypal.com',
    server: 'https://api.paypal.com',
    api: 'https://api-m.paypal.com',
  },
  sandbox: {
    name: 'paypal-sandbox',
    web: 'https://www.sandbox.paypal.com',
    server: 'https://api-m.sandbox.paypal.com',
    api: 'https://api-m.sandbox.paypal.com',
  },
} as const

/**
 * Log in with PayPal, `live` by default, or its `sandbox`. Throws a `TypeError` for anything else.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { paypal } from '@grantkit/providers/paypal'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(paypal(), client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['openid', 'email'] })
 * url.origin + url.pathname // => 'https://www.paypal.com/signin/authorize'
 * ```
 */
export function paypal(
  environment: 'live' | 'sandbox' = 'live',
): ProviderDefinition<PayPalScope, 'authorization_endpoint' | 'revocation_endpoint' | 'userinfo_endpoint'> {
  if (!Object.hasOwn(hosts, environment)) throw new TypeError('an environment has to be "live" or "sandbox"')
  const { name, web, server, api } = hosts[environment]
  return freeze({
    name,
    metadata: {
      issuer: web,
      authorization_endpoint: `${web}/signin/authorize`,
      token_endpoint: `${server}/v1/oauth2/token`,
      revocation_endpoint: `${server}/v1/oauth2/revoke`,
      userinfo_endpoint: `${server}/v1/oauth2/token/userinfo`,
      jwks_uri: `${server}/v1/oauth2/certs`,
      scopes_supported: ['openid', 'profile', 'email', 'address', 'phone'],
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: ['RS256'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
    },
    apiOrigins: [api],
    sources: [{ url: discovery, read: '2024-08-16' }],
    unverified: [
      { fact: 'apiOrigins', settles: rest },
      ...(environment === 'sandbox' ? [{ fact: 'metadata', settles: sandbox }] : []),
    ],
  })
}
