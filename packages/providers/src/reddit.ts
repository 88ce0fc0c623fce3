/**
 * The Reddit preset of Grantkit: its endpoints, scopes and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Reddit. */
export type RedditScope =
  | 'account'
  | 'creddits'
  | 'edit'
  | 'flair'
  | 'history'
  | 'identity'
  | 'livemanage'
  | `mod${'config' | 'contributors' | 'flair' | 'log' | 'mail' | 'note' | 'others' | 'posts' | 'self' | 'traffic' | 'wiki'}`
  | 'mysubreddits'
  | 'privatemessages'
  | 'read'
  | 'report'
  | 'save'
  | 'structuredstyles'
  | 'submit'
  | 'subscribe'
  | 'vote'
  | 'wikiedit'
  | 'wikiread'

const oauth2 = 'https://github.com/reddit-archive/reddit/wiki/OAuth2'
const rules = 'https://github.com/reddit-archive/reddit/wiki/API'
const scopes = 'https://www.reddit.com/api/v1/scopes'
const reviewed = '2026-11-20'

/**
 * Reddit. It refuses clients that do not identify themselves, so the preset needs a user agent, such as
 * `'web:example-app:v1.2.3 (by /u/example)'`. Throws a `TypeError` for a string that cannot be a header.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { reddit } from '@grantkit/providers/reddit'
 *
 * const preset = reddit('web:example-app:v1.2.3 (by /u/example)')
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const { url } = await new Provider(preset, client).grant(AuthorizationCode).authorize({ scope: ['identity'] })
 * url.searchParams.get('duration') // => 'permanent'
 * ```
 */
export function reddit(
  userAgent: string,
): ProviderDefinition<RedditScope, 'authorization_endpoint' | 'revocation_endpoint'> {
  if (!/^[\u0021-\u007E][\u0020-\u007E]*$/.test(userAgent))
    throw new TypeError('a user agent has to be printable ASCII, such as "web:example-app:v1.2.3 (by /u/example)"')
  const headers = { 'user-agent': userAgent }
  return freeze({
    name: 'reddit',
    metadata: {
      authorization_endpoint: 'https://www.reddit.com/api/v1/authorize',
      token_endpoint: 'https://www.reddit.com/api/v1/access_token',
      revocation_endpoint: 'https://www.reddit.com/api/v1/revoke_token',
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    },
    apiOrigins: ['https://oauth.reddit.com'],
    // Reddit only accepts raw Basic credentials: an installed app also sends its ID, with an empty password.
    clientAuthentication: {
      method: 'client_secret_basic',
      basicEncoding: 'raw',
      withoutSecret: 'client_secret_basic',
      source: oauth2,
    },
    refreshToken: { rotation: 'never', source: oauth2 },
    parameters: { authorization: { duration: 'permanent' } },
    tokenRequest: { headers, source: rules },
    tokenResponse: { error: { status: 200 }, source: oauth2 },
    revocation: { headers, statuses: [204], source: oauth2 },
    api: { headers, rateLimit: { reset: 'x-ratelimit-reset', remaining: 'x-ratelimit-remaining' }, source: rules },
    sources: [oauth2, rules, scopes].map((url) => ({ url, read: reviewed })),
  })
}
