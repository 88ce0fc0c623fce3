import { checkOrigin } from '../definition/check-definition.ts'
import { GrantError } from '../errors/grant-error.ts'
import type { Token } from '../token/token.ts'

/** How a token is taken to an API. */
export interface AuthorizedFetchOptions {
  /** The origins that the token may be sent to, such as `https://api.spotify.com`. */
  readonly origins: readonly string[]
  /** The `fetch` that carries the requests; the runtime's own unless given. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * A `fetch` that adds a token, for the origins it belongs to and no other (RFC 6750 §2.1). Another origin rejects with
 * `origin_not_allowed` before anything is sent; network failures and aborts reject as `fetch` does.
 *
 * @example
 * ```ts
 * import { authorizedFetch, Token } from '@grantkit/core'
 *
 * const token = Token.from({ accessToken: 'mF_9.B5f-4.1JqM' })
 * const api = authorizedFetch(token, { origins: ['https://api.acme.example'] })
 *
 * await api('https://evil.example/?u=https://api.acme.example').catch((error) => error.code) // => 'origin_not_allowed'
 * ```
 */
export function authorizedFetch(token: Token, options: AuthorizedFetchOptions): typeof globalThis.fetch {
  const origins = new Set([options?.origins ?? []].flat().map(checkOrigin))
  if (origins.size === 0)
    throw new GrantError(
      'config_invalid',
      `a token alone does not tell where it may go: write { origins: ['https://api.example'] }`,
    )
  const send = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  return async (input, init) => {
    const { origin } = urlOf(input)
    if (!origins.has(origin))
      throw new GrantError(
        'origin_not_allowed',
        `the token does not go to ${origin}: it is for ${[...origins].join(', ')}`,
      )
    return send(input, { ...init, headers: withAuthorization(headersOf(input, init), token) })
  }
}

function urlOf(input: string | URL | Request): URL {
  const url = typeof input === 'object' && 'url' in input ? input.url : String(input)
  const base = (globalThis as { location?: { href?: string } }).location?.href
  if (!URL.canParse(url, base)) throw new TypeError('authorizedFetch takes an absolute URL, as fetch does')
  return new URL(url, base)
}

function headersOf(input: string | URL | Request, init?: RequestInit): Headers {
  const own = typeof input === 'object' && 'headers' in input ? input.headers : undefined
  return new Headers(init?.headers ?? own)
}

/** One way to present the token per request (RFC 6750 §2). */
function withAuthorization(headers: Headers, { tokenType, accessToken }: Token): Headers {
  if (tokenType !== 'Bearer')
    throw new GrantError('token_type_unsupported', `a token of type ${tokenType} cannot be presented in a header alone`)
  if (headers.has('authorization'))
    throw new GrantError(
      'config_invalid',
      'the request has an Authorization header of its own: leave it out, or use plain fetch',
    )
  headers.set('authorization', `Bearer ${accessToken}`)
  return headers
}
