import ky, { type KyInstance, type Options } from 'ky'
import { Token } from '../token/token.ts'
import { refuseLongWait } from './retry.ts'
import { authorizedFetch, type AuthorizedFetchOptions } from './authorized-fetch.ts'
import type { TokenSource } from '../refresh/token-source.ts'

/** What an API client is made with: every option of ky, and where its token may go. */
export interface ApiClientOptions
  extends Options, Pick<AuthorizedFetchOptions, 'origins' | 'scope' | 'resource' | 'minValid'> {
  /** Seconds that the client waits for a busy API at most: 60 unless given. A server that asks for more makes the call reject with `rate_limited`. */
  readonly longestWait?: number | undefined
}

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
  const { origins, scope, resource, minValid, longestWait = defaultLongestWait, fetch, retry, ...rest } = options
  const authorized = authorizedFetch(source, {
    origins: origins ?? (source instanceof Token ? originsOf(rest.baseUrl) : undefined),
    scope,
    resource,
    minValid,
    fetch,
    retry: refuseLongWait(longestWait),
  })
  const asked = typeof retry === 'number' ? { limit: retry } : retry
  return ky.create({ ...rest, fetch: authorized, retry: { jitter: true, maxRetryAfter: longestWait * 1000, ...asked } })
}

/** A token alone goes where the client's base URL points. */
function originsOf(baseUrl: string | URL | undefined): readonly string[] {
  return baseUrl !== undefined && URL.canParse(baseUrl) ? [new URL(baseUrl).origin] : []
}
