/**
 * The QuickBooks preset of Grantkit: its endpoints, scopes and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of QuickBooks. */
export type QuickBooksScope =
  | `com.intuit.quickbooks.${'accounting' | 'payment'}`
  | 'openid'
  | 'profile'
  | 'email'
  | 'phone'
  | 'address'

const sdk = 'https://github.com/intuit/oauth-jsclient'
const apis = {
  production: { name: 'quickbooks', origin: 'https://quickbooks.api.intuit.com' },
  sandbox: { name: 'quickbooks-sandbox', origin: 'https://sandbox-quickbooks.api.intuit.com' },
} as const

/**
 * QuickBooks Online of Intuit, `production` by default, or its `sandbox` companies: only the API's host differs. The
 * company is in `token.extra.realmId`. Every refresh replaces the refresh token; the one before lasts another day.
 *
 * Throws a `TypeError` for anything else.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { quickbooks } from '@grantkit/providers/quickbooks'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(quickbooks(), client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['com.intuit.quickbooks.accounting'] })
 * url.origin + url.pathname // => 'https://appcenter.intuit.com/connect/oauth2'
 * ```
 */
export function quickbooks(
  environment: 'production' | 'sandbox' = 'production',
): ProviderDefinition<QuickBooksScope, 'authorization_endpoint' | 'revocation_endpoint'> {
  if (!Object.hasOwn(apis, environment)) throw new TypeError('an environment has to be "production" or "sandbox"')
  const { name, origin } = apis[environment]
  return freeze({
    name,
    metadata: {
      issuer: 'https://oauth.platform.intuit.com/op/v1',
      authorization_endpoint: 'https://appcenter.intuit.com/connect/oauth2',
      token_endpoint: 'https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer',
      revocation_endpoint: 'https://developer.api.intuit.com/v2/oauth2/tokens/revoke',
      jwks_uri: 'https://oauth.platform.intuit.com/op/v1/jwks',
      scopes_supported: ['openid', 'profile', 'email', 'phone', 'address'], // and those of `QuickBooksScope`
      grant_types_supported: ['authorization_code', 'refresh_token'],
    },
    apiOrigins: [origin],
    clientAuthentication: { method: 'client_secret_basic', source: sdk },
    refreshToken: { rotation: 'always', source: sdk },
    callback: { kept: ['realmId'], source: sdk },
    tokenResponse: { members: { refresh_token_expires_in: 'x_refresh_token_expires_in' }, source: sdk },
    sources: [{ url: sdk, read: '2026-07-15' }],
  })
}
