/**
 * The Facebook preset of Grantkit: the endpoints of a version and their deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const flow = 'https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow'
const exchange = `${flow}, the section on exchanging the code`
const longLived = 'the page on long-lived tokens'

/**
 * Facebook, with a version of its API such as `v22.0`. There are no refresh tokens: a refresh trades the access token
 * for one that lasts sixty days.
 *
 * Throws a `TypeError` for anything but a version.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { facebook } from '@grantkit/providers/facebook'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(facebook(), client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['email'] })
 * url.pathname // => '/v22.0/dialog/oauth'
 * ```
 */
export function facebook(version: string = 'v22.0'): ProviderDefinition<string, 'authorization_endpoint'> {
  if (!/^v\d{1,3}\.\d{1,2}$/.test(version)) throw new TypeError('a version of the API has to be written like "v22.0"')
  return freeze({
    name: 'facebook',
    metadata: {
      authorization_endpoint: `https://www.facebook.com/${version}/dialog/oauth`,
      token_endpoint: `https://graph.facebook.com/${version}/oauth/access_token`,
    },
    apiOrigins: ['https://graph.facebook.com'],
    clientAuthentication: { method: 'client_secret_post' },
    scopeSeparator: ',',
    grants: {
      refresh_token: {
        grantType: 'fb_exchange_token',
        renamed: { refresh_token: 'fb_exchange_token' },
        encoding: 'query',
      },
    },
    tokenResponse: { members: { refresh_token: 'access_token' }, error: { code: 'error.code' } },
    sources: [{ url: flow, read: '2026-11-21' }],
    unverified: [
      { fact: 'apiOrigins', settles: flow },

      { fact: 'metadata.token_endpoint', settles: exchange },
      { fact: 'clientAuthentication.method', settles: exchange },
      { fact: 'scopeSeparator', settles: 'the page on permissions' },
      { fact: 'grants.refresh_token', settles: longLived },
      { fact: 'tokenResponse', settles: 'a login and an expired code' },
    ],
  })
}
