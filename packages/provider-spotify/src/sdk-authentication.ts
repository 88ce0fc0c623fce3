import type { Token, TokenSource } from '@grantkit/core'
import type { AccessToken, IAuthStrategy, SdkConfiguration } from '@spotify/web-api-ts-sdk'

/** Options of {@link sdkAuthentication}. */
export interface SdkAuthenticationOptions {
  /**
   * An `authorizedFetch` of the same source, to use instead of the SDK's own `fetch`: it waits when Spotify is busy, and
   * reports errors as `GrantError`.
   */
  readonly api?: typeof globalThis.fetch | undefined
}

/**
 * Lets Spotify's own SDK use the tokens of a source. The token is always fresh, concurrent calls share one refresh, and
 * reading the token never deletes it. A call that gets a 401 is repeated once with a newer token.
 *
 * `sdk.logOut()` deletes the token like `source.clear()`. The SDK does not wait for it, so if that fails, the next call
 * rejects with the error. The SDK never gets the refresh token. Its own hooks see the access token, as with every strategy.
 *
 * @example
 * ```ts with spotifyTokens
 * import { sdkAuthentication } from '@grantkit/provider-spotify/sdk'
 * import { SpotifyApi } from '@spotify/web-api-ts-sdk'
 *
 * const sdk = new SpotifyApi(sdkAuthentication(spotifyTokens))
 * const track = await sdk.tracks.get('7EjyzZcbLxW7PaaLua9Ksb')
 * track.type // => 'track'
 * ```
 */
export function sdkAuthentication(source: TokenSource, options: SdkAuthenticationOptions = {}): IAuthStrategy {
  return new SourceAuthentication(source, options)
}

type Fetch = typeof globalThis.fetch

/** How many issued tokens it recognises, for pending calls. */
const mostGiven = 4

class SourceAuthentication implements IAuthStrategy {
  readonly #source: TokenSource
  readonly #api: Fetch | undefined
  /** By the header that the SDK sends. */
  readonly #given = new Map<string, Token>()
  readonly #configured = new WeakSet<SdkConfiguration>()
  #removal: Promise<void> = Promise.resolve()

  constructor(source: TokenSource, { api }: SdkAuthenticationOptions) {
    this.#source = source
    this.#api = api
  }

  /** The SDK passes its configuration before the first call, and when it switches to this strategy. */
  setConfiguration(configuration: SdkConfiguration): void {
    if (this.#configured.has(configuration)) return
    this.#configured.add(configuration)
    const { fetch } = configuration
    configuration.fetch = (input: RequestInfo | URL, init?: RequestInit) => this.#call(fetch, input, init)
  }

  async getOrCreateAccessToken(): Promise<AccessToken> {
    await this.#removed()
    const token = await this.#source.token()
    this.#remember(token)
    return toSdk(token)
  }

  async getAccessToken(): Promise<AccessToken | null> {
    await this.#removed()
    const token = await this.#source.peek()
    return token ? toSdk(token) : null
  }

  removeAccessToken(): void {
    this.#removal = this.#source.clear()
    this.#removal.catch(() => undefined) // the next call rejects with the error
  }

  /** Waits until a pending removal is complete. If it failed, one call rejects with the error. */
  async #removed(): Promise<void> {
    const removal = this.#removal
    try {
      await removal
    } finally {
      if (this.#removal === removal) this.#removal = Promise.resolve()
    }
  }

  /** Sends a call of the SDK. A call with a token of another strategy, before or after a switch, is passed on unchanged. */
  async #call(fetch: Fetch, input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    const token = this.#given.get(headers.get('authorization') ?? '')
    if (!token) return fetch(input, init)
    headers.delete('authorization')
    if (this.#api) return this.#api(input, { ...init, headers })
    const response = await fetch(input, init)
    return response.status === 401
      ? this.#again(response, token, (fresh) => fetch(input, withToken(init, fresh)))
      : response
  }

  /** Reports a refused token, and repeats the call if there is another one; the SDK's bodies are strings. */
  async #again(refused: Response, token: Token, call: (fresh: Token) => Promise<Response>): Promise<Response> {
    await this.#source.invalidate(token)
    const fresh = await this.#source.token()
    if (fresh.accessToken === token.accessToken) return refused
    void refused.body?.cancel().catch(() => undefined) // not read
    return call(fresh)
  }

  #remember(token: Token): void {
    this.#given.set(headerOf(token), token)
    const [oldest] = this.#given.keys()
    if (this.#given.size > mostGiven && oldest !== undefined) this.#given.delete(oldest)
  }
}

function headerOf({ accessToken }: Token): string {
  return `Bearer ${accessToken}`
}

function withToken(init: RequestInit, token: Token): RequestInit {
  const headers = new Headers(init.headers)
  headers.set('authorization', headerOf(token))
  return { ...init, headers }
}

/** A token in the SDK's format; without a known expiry, it never expires there. */
function toSdk({ accessToken, tokenType, expiresAt = Infinity }: Token): AccessToken {
  const expires_in = Math.max(0, Math.floor((expiresAt - Date.now()) / 1000))
  return { access_token: accessToken, token_type: tokenType, expires_in, expires: expiresAt, refresh_token: '' }
}
