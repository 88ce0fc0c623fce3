/**
 * The Zoho preset of Grantkit: the endpoints of a data centre and their deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** The end of the host of a data centre of Zoho. */
export type ZohoExtension = 'com' | 'eu' | 'in' | 'com.au' | 'com.cn' | 'jp' | 'sa' | 'ca'

const expiry = 'https://www.zoho.com/accounts/protocol/oauth/web-apps/access-token-expiry.html'
const refreshing = 'https://www.zoho.com/fsm/developer/help/api/refresh-token.html'
const multiDc = 'the page on data centres at zoho.com/accounts/protocol'
const extensions: readonly ZohoExtension[] = ['com', 'eu', 'in', 'com.au', 'com.cn', 'jp', 'sa', 'ca']

/**
 * Zoho, with the login page of one data centre: `com` by default, `eu`, `in`, `com.au`, `com.cn`, `jp`, `sa` or `ca`.
 * The callback tells at which one the user's account is, and the host of the API comes with the token, in
 * `token.extra.api_domain`. At most twenty refresh tokens of a user work at a time.
 *
 * Throws a `TypeError` for anything else.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { zoho } from '@grantkit/providers/zoho'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(zoho('eu'), client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['ZohoCRM.modules.ALL'] })
 * url.host // => 'accounts.zoho.eu'
 * ```
 */
export function zoho(extension: ZohoExtension = 'com'): ProviderDefinition<string, 'authorization_endpoint'> {
  if (!extensions.includes(extension)) throw new TypeError(`a data centre has to be one of ${extensions.join(', ')}`)
  return freeze({
    name: extension === 'com' ? 'zoho' : `zoho-${extension}`,
    metadata: {
      authorization_endpoint: `https://${hostOf(extension)}/oauth/v2/auth`,
      token_endpoint: `https://${hostOf(extension)}/oauth/v2/token`,
      grant_types_supported: ['authorization_code', 'refresh_token'],
    },
    clientAuthentication: { method: 'client_secret_post', source: expiry },
    refreshToken: { rotation: 'never', source: refreshing },
    parameters: { authorization: { access_type: 'offline', prompt: 'consent' } },
    scopeSeparator: ',',
    callback: { tokenHost: { parameter: 'accounts-server', hosts: extensions.map(hostOf) } },
    tokenResponse: { scopeSeparator: ',' },
    api: {
      token: { scheme: 'Zoho-oauthtoken' },
      origin: { member: 'api_domain', domains: extensions.map((end) => `zohoapis.${end}`) },
    },
    sources: [expiry, refreshing].map((url) => ({ url, read: '2026-11-21' })),
    unverified: [
      { fact: 'callback.tokenHost', settles: multiDc },
      { fact: 'tokenResponse.scopeSeparator', settles: 'a login with two scopes' },
      { fact: 'api.origin.domains', settles: 'the page on data centres of each API' },
    ],
  })
}

function hostOf(extension: ZohoExtension): string {
  return extension === 'ca' ? 'accounts.zohocloud.ca' : `accounts.zoho.${extension}`
}
