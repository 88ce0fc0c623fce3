import { Token } from '../token/token.ts'
import { systemClock } from '../transport/clock.ts'
import { challengeError } from './api-challenge.ts'
import { explain } from './api-hint.ts'
import { ApiPresentation } from './api-presentation.ts'
import { nextHop } from './api-redirect.ts'
import { type ApiRequest, readRequest } from './api-request.ts'
import { busyness, type Decide, retryDecision, type RetryPolicy } from './api-retry.ts'
import { bindingOf, type SourceBinding } from './source-binding.ts'
import type { TokenOptions, TokenSource } from './token-source.ts'

/** How a token is taken to an API. */
export interface AuthorizedFetchOptions {
  /** The origins that the token may be sent to, such as `https://api.spotify.com`; those of the provider's definition unless given. */
  readonly origins?: readonly string[] | undefined
  /** The `fetch` that carries the requests; the runtime's own unless given. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Whether to wait for an API that is busy: not at all unless given, and 429 and 503 come back as they are. */
  readonly retry?: RetryPolicy | undefined
  /** The scopes that the calls need: a token that lacks one is not sent at all. */
  readonly scope?: readonly string[] | undefined
  /** The resource that the calls are for (RFC 8707): it has a token of its own. */
  readonly resource?: string | readonly string[] | undefined
}

/**
 * A `fetch` that carries a fresh token, to the origins it belongs to and no other (RFC 6750 §2.1). Another origin rejects
 * with `origin_not_allowed` before anything is sent. After a 401 the token is refreshed once, by whoever asks first, and
 * the request is sent again, if its body is still there. A scope that is missing, or a login that is too weak, rejects
 * with what to pass to `authorize`. Network failures and aborts reject as `fetch` does; bodies are streamed as they come.
 *
 * @example
 * ```ts
 * import { authorizedFetch, Token } from '@grantkit/core'
 *
 * const token = Token.from({ accessToken: 'mF_9.B5f-4.1JqM' })
 * const api = authorizedFetch(token, { origins: ['https://api.acme.example'] })
 *
 * await api('https://evil.example/?u=https://api.acme.example') // throws origin_not_allowed
 * ```
 */
export function authorizedFetch(
  source: TokenSource | Token,
  options: AuthorizedFetchOptions = {},
): typeof globalThis.fetch {
  const caller = new ApiCaller(source, options)
  return (input, init) => caller.call(input, init)
}

class ApiCaller {
  readonly #source: TokenSource | Token
  readonly #options: AuthorizedFetchOptions
  readonly #binding: SourceBinding | undefined
  readonly #presentation: ApiPresentation
  readonly #send: typeof globalThis.fetch
  readonly #decide: Decide

  constructor(source: TokenSource | Token, options: AuthorizedFetchOptions) {
    this.#source = source
    this.#options = options
    this.#binding = isToken(source) ? undefined : bindingOf(source)
    const { definition = {}, clientId = '' } = this.#binding ?? {}
    const own = isToken(source) ? [] : source.origins
    this.#presentation = new ApiPresentation(definition, clientId, options.origins, own)
    this.#send = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
    this.#decide = retryDecision(
      options.retry,
      busyness(definition, () => this.#clock.now()),
    )
  }

  get #clock(): SourceBinding['clock'] {
    return this.#binding?.clock ?? systemClock
  }

  async call(input: string | URL | Request, init: RequestInit | undefined): Promise<Response> {
    const read = readRequest(input, init)
    const request = 'url' in read ? read : await read
    const { signal } = request.init
    this.#presentation.checkBefore(request.url.origin)
    try {
      return await this.#attempts(request)
    } catch (error) {
      if (signal?.aborted) throw signal.reason // as fetch does
      throw error
    }
  }

  /** Sends the request until its answer is kept: again after a 401 with a newer token, again after a pause. */
  async #attempts(request: ApiRequest): Promise<Response> {
    const { method = 'GET', signal } = request.init
    let recovered = false
    for (let attempt = 1; ; attempt++) {
      const token = isToken(this.#source) ? this.#source : await this.#source.token(this.#asked(signal))
      const origins = this.#presentation.originsFor(token, request.url.origin)
      const first = await this.#hop(request, token, true)
      const { response, presented } = follows(first, request)
        ? await this.#follow(first, request, token, origins)
        : { response: first, presented: isOwn(first, origins) }
      if (response.ok || !presented) return response
      const error = challengeError(response, token)
      if (error) throw discard(response, error)
      if (response.status === 401 && !recovered && (await this.#recover(request, token))) {
        recovered = true
        attempt -= 1
      } else {
        const pause = request.replayable ? this.#pause(response, attempt, method) : undefined
        if (pause === undefined) return this.#explained(response, token)
        await this.#clock.sleep(pause, signal ?? undefined)
      }
      discard(response)
    }
  }

  #pause(response: Response, attempt: number, method: string): number | undefined {
    try {
      return this.#decide(response, attempt, method.toUpperCase())
    } catch (error) {
      throw discard(response, error)
    }
  }

  /** An answer that is kept, unless the provider's definition knows an error for it. */
  async #explained(response: Response, { accessToken }: Token): Promise<Response> {
    const hints = this.#binding?.definition.api?.errors
    const error = hints && (await explain(response, { hints, clock: this.#clock, secrets: [accessToken] }))
    if (error) throw discard(response, error)
    return response
  }

  #asked(signal: AbortSignal | null | undefined): TokenOptions {
    const { scope, resource } = this.#options
    return { scope, resource, signal: signal ?? undefined }
  }

  /** Says that a token was refused, and whether it is worth another attempt: with a newer token, for a request that can be sent again. */
  async #recover({ replayable }: ApiRequest, token: Token): Promise<boolean> {
    if (isToken(this.#source)) return false
    await this.#source.invalidate(token)
    if (!replayable) this.#binding?.emit({ type: 'not_replayed' })
    return replayable
  }

  /** Sends a request once, with the token where it is presented. */
  #hop({ url, init }: Pick<ApiRequest, 'url' | 'init'>, token: Token, presented: boolean): Promise<Response> {
    const { redirect = 'follow', headers = {} } = init
    return this.#send(url.href, {
      ...init,
      redirect: redirect === 'follow' ? this.#presentation.redirect : redirect,
      headers: presented ? this.#presentation.headers(init.headers, token) : headers,
    })
  }

  /** Follows redirects by itself, so that the token goes to its own origins only, in whatever header it travels. */
  async #follow(
    first: Response,
    request: ApiRequest,
    token: Token,
    origins: ReadonlySet<string>,
  ): Promise<{ readonly response: Response; readonly presented: boolean }> {
    let { url, init } = request
    let response = first
    for (let hops = 0; ; hops++) {
      const next = nextHop(response, url, init, hops)
      if (!next) return { response, presented: origins.has(url.origin) }
      discard(response)
      ;({ url, init } = next)
      response = await this.#hop(next, token, origins.has(url.origin))
    }
  }
}

/** Whether an answer is a redirect that the caller wants to be followed. */
function follows({ status }: Response, { init }: ApiRequest): boolean {
  return status >= 300 && status < 400 && (init.redirect ?? 'follow') === 'follow'
}

/** Whether an answer comes from where the token may go; where a browser has followed a redirect, its URL tells. */
function isOwn({ redirected, url }: Response, origins: ReadonlySet<string>): boolean {
  return !redirected || origins.has(new URL(url).origin)
}

function isToken(source: TokenSource | Token): source is Token {
  return source instanceof Token
}

/** Gives up an answer that nobody will read, so that its connection can be used again. */
function discard<T>(response: Response, error?: T): T | undefined {
  void response.body?.cancel().catch(() => undefined) // nobody reads it
  return error
}
