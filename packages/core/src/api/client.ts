import ky, { type KyInstance, type Options } from 'ky'
import { GrantError } from '../errors/grant-error.ts'
import { similar } from '../errors/unknown-fields.ts'
import type { TokenSource } from '../refresh/token-source.ts'
import { Token } from '../token/token.ts'
import { authorizedFetch, type AuthorizedFetchOptions } from './authorized-fetch.ts'
import { refuseLongWait } from './retry.ts'

/** What an API client is made with: every option of ky, and where its token may go. */
export interface ApiClientOptions
  extends Options, Pick<AuthorizedFetchOptions, 'origins' | 'scope' | 'resource' | 'minValid' | 'dpop'> {
  /** Seconds that the client waits for a busy API at most: 60 by default. A server that asks for more makes the call reject with `rate_limited`. */
  readonly longestWait?: number | undefined
}

/** The options that are not ky's. */
const own = ['origins', 'scope', 'resource', 'minValid', 'dpop', 'longestWait']
const defaultLongestWait = 60

/**
 * A ky instance whose requests carry a fresh token: JSON, base URL, timeouts, retries and hooks are ky's; the token, its
 * origins and its recovery are those of {@link authorizedFetch}. The token is added below ky, so no hook ever sees it.
 *
 * @example
 * ```ts with provider, token
 * import { apiClient } from '@grantkit/core/ky'
 *
 * const tokens = provider.tokenSource({ token })
 * const client = apiClient(tokens, { baseUrl: 'https://api.acme.example/v1/', origins: ['https://api.acme.example'] })
 * typeof client.get // => 'function'
 * ```
 */
export function apiClient(source: TokenSource | Token, options: ApiClientOptions = {}): KyInstance {
  const { origins, scope, resource, minValid, dpop, longestWait = defaultLongestWait, fetch, retry, ...rest } = options
  refuseNearMisses(rest)
  if (!(longestWait >= 0))
    throw new GrantError('config_invalid', 'longestWait has to be a number of seconds, such as 60')
  const authorized = authorizedFetch(source, {
    origins: origins ?? (source instanceof Token ? originsOf(rest) : undefined),
    scope,
    resource,
    minValid,
    dpop,
    fetch,
    retry: refuseLongWait(longestWait),
  })
  const asked = typeof retry === 'number' ? { limit: retry } : retry
  return ky.create({ ...rest, fetch: authorized, retry: { jitter: true, maxRetryAfter: longestWait * 1000, ...asked } })
}

/** ky passes unknown options to `fetch`, which ignores them: a misspelt option of ours would be lost silently. */
function refuseNearMisses(options: object): void {
  for (const name of Object.keys(options)) {
    const meant = similar(name, own)
    if (meant !== undefined)
      throw new GrantError('config_invalid', `the options of apiClient have no field "${name}": write "${meant}"`)
  }
}

/** A token alone may go to the origin of the client's base URL. */
function originsOf({ baseUrl, prefix }: Pick<Options, 'baseUrl' | 'prefix'>): readonly string[] {
  const url = [prefix, baseUrl].find((candidate) => candidate !== undefined && URL.canParse(candidate))
  return url === undefined ? [] : [new URL(url).origin]
}
