/**
 * The Mastodon preset of Grantkit: the endpoints and scopes of an instance, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Mastodon: a whole one, or a part of it such as `read:accounts`. */
export type MastodonScope =
  | 'profile'
  | 'push'
  | `${'read' | 'write'}${'' | `:${string}`}`
  | `admin:${'read' | 'write'}${'' | `:${string}`}`

const docs = 'https://github.com/mastodon/documentation/blob/main/content/en'
const methods = `${docs}/methods/oauth.md`
const scopes = `${docs}/api/oauth-scopes.md`
const host = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}$/

/**
 * Mastodon, for one instance, from version 4.3 on. A client registers itself there, with a POST to `/api/v1/apps`.
 *
 * Throws a `TypeError` for anything but a host.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { mastodon } from '@grantkit/providers/mastodon'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(mastodon('social.app.example'), client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['read:accounts', 'write:statuses'] })
 * url.host // => 'social.app.example'
 * ```
 */
export function mastodon(
  instance: string,
): ProviderDefinition<MastodonScope, 'authorization_endpoint' | 'revocation_endpoint'> {
  if (!host.test(instance)) throw new TypeError('an instance has to be a host, such as "mastodon.example"')
  return freeze({
    name: `mastodon-${instance}`,
    metadata: {
      issuer: `https://${instance}`,
      authorization_endpoint: `https://${instance}/oauth/authorize`,
      token_endpoint: `https://${instance}/oauth/token`,
      revocation_endpoint: `https://${instance}/oauth/revoke`,
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: ['authorization_code', 'client_credentials'],
    },
    apiOrigins: [`https://${instance}`],
    clientAuthentication: { method: 'client_secret_post', source: methods },
    sources: [methods, scopes].map((url) => ({ url, read: '2026-07-02' })),
  })
}
