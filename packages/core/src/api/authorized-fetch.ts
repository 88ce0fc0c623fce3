import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import type { SourceApi } from '../refresh/source-api.ts'
import type { TokenOptions, TokenSource } from '../refresh/token-source.ts'
import { Token } from '../token/token.ts'
import { type Clock, systemClock } from '../transport/clock.ts'
import { busyness } from './busyness.ts'
import { challengeError, withChallenge } from './challenge.ts'
import { explain } from './hint.ts'
import { ApiPresentation } from './presentation.ts'
import { checkHops, type Hop, nextHop } from './redirect.ts'
import { type ApiRequest, readRequest } from './request.ts'
import { type Decide, retryDecision, type RetryPolicy } from './retry.ts'

/** How a token is taken to an API. */
export interface AuthorizedFetchOptions {
  /** The origins that the token may be sent to, such as `https://api.spotify.com`; those of the provider's definition unless given. */
  readonly origins?: readonly string[] | undefined
  /** The `fetch` that carries the requests; that of the provider unless given, else the runtime's own. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Whether to wait for an API that is busy: not at all unless given, and 429 and 503 come back as they are. */
  readonly retry?: RetryPolicy | undefined
  /** The scopes that the calls need: a token that lacks one is not sent at all. */
  readonly scope?: readonly string[] | undefined
  /** The resource that the calls are for (RFC 8707): it has a token of its own, unless it is the one of the login. */
  readonly resource?: string | readonly string[] | undefined
  /** Seconds for which a token has to be valid when a call begins; one that is not is refreshed first. */
  readonly minValid?: number | undefined
}

const fields = {
  what: 'the options of authorizedFetch',
  fields: ['origins', 'fetch', 'retry', 'scope', 'resource', 'minValid'],
}

/**
 * A `fetch` that carries a fresh token, to the origins it belongs to and no other (RFC 6750 §2.1). Another origin rejects
 * with `origin_not_allowed` before anything is sent. After a 401 the token is refreshed once, by whoever asks first, and
 * the request is sent again, if its body can be read twice. A scope that is missing, or a login that is too weak, rejects
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

/** A response, and whether the token was sent to where it comes from. */
interface Answer {
  readonly response: Response
  readonly presented: boolean
}

class ApiCaller {
  readonly #source: TokenSource | Token
  readonly #options: AuthorizedFetchOptions
  readonly #api: SourceApi | undefined
  readonly #presentation: ApiPresentation
  readonly #send: typeof globalThis.fetch
  readonly #clock: Clock
  readonly #decide: Decide

  constructor(source: TokenSource | Token, options: AuthorizedFetchOptions) {
    refuseUnknownFields(options, fields)
    this.#source = source
    this.#options = options
    this.#api = isToken(source) ? undefined : source.api
    const { rules = {}, clientId = '', httpHosts = [], clock = systemClock, fetch } = this.#api ?? {}
    const declared = isToken(source) ? [] : (this.#api?.origins ?? source.origins ?? [])
    this.#presentation = new ApiPresentation({ listed: options.origins, declared, rules, clientId, httpHosts })
    this.#send = options.fetch ?? fetch ?? ((input, init) => globalThis.fetch(input, init))
    this.#clock = clock
    const busy = busyness(rules, () => clock.now())
    this.#decide = retryDecision(options.retry, busy)
  }

  async call(input: string | URL | Request, init: RequestInit | undefined): Promise<Response> {
    const request = await readRequest(input, init)
    const { signal } = request.init
    this.#presentation.checkBefore(request.url.origin)
    try {
      return await this.#attempts(request)
    } catch (error) {
      if (signal?.aborted) throw signal.reason // as fetch does
      throw error
    }
  }

  /** Sends the request until its response is kept: again after a 401 with a newer token, again after a pause. */
  async #attempts(request: ApiRequest): Promise<Response> {
    const { method = 'GET', signal } = request.init
    let token = await this.#token(signal)
    let recovered = false
    for (let attempt = 1; ;) {
      const { response, presented } = await this.#answer(request, token)
      if (response.ok || !presented) return response
      const error = challengeError(response, token)
      if (error) throw discard(response, error)
      const newer = response.status === 401 && !recovered ? await this.#recover(request, token, response) : undefined
      if (newer) {
        recovered = true
        token = newer
      } else {
        const pause = request.replayable ? this.#pause(response, attempt, method) : undefined
        if (pause === undefined) return this.#explained(response, token)
        await this.#clock.sleep(pause, signal ?? undefined)
        token = await this.#token(signal)
        attempt += 1
      }
      discard(response)
    }
  }

  /** Sends the request once, and follows redirects by itself, so that the token goes to its own origins only, in whatever header it travels. */
  async #answer({ url, init }: ApiRequest, token: Token): Promise<Answer> {
    const origins = this.#presentation.originsFor(token, url.origin)
    let hop: Hop = { url, init, strange: false }
    let response = await this.#hop(hop, token)
    if ((init.redirect ?? 'follow') !== 'follow') return { response, presented: isOwn(response, origins) }
    for (let hops = 0; ; hops++) {
      const next = this.#next(response, hop, origins)
      if (!next) return { response, presented: !hop.strange && isOwn(response, origins) }
      checkHops(hops)
      discard(response)
      hop = next
      response = await this.#hop(hop, token)
    }
  }

  #next(response: Response, hop: Hop, origins: ReadonlySet<string>): Hop | undefined {
    try {
      return nextHop(response, hop, origins)
    } catch (error) {
      throw discard(response, error)
    }
  }

  /** Sends a request once, with the token unless it has strayed. */
  #hop({ url, init, strange }: Hop, token: Token): Promise<Response> {
    const { redirect = 'follow', headers = {} } = init
    return this.#send(url.href, {
      ...init,
      redirect: redirect === 'follow' ? this.#presentation.redirect : redirect,
      headers: strange ? headers : this.#presentation.headers(init.headers, token),
    })
  }

  async #token(signal: AbortSignal | null | undefined): Promise<Token> {
    if (isToken(this.#source)) return this.#source
    const { scope, resource, minValid } = this.#options
    const options: TokenOptions = { scope, resource, minValid, signal: signal ?? undefined }
    return this.#source.token(options)
  }

  /** Says that a token was refused, and gets a newer one for a request that can be sent again. */
  async #recover({ replayable, init }: ApiRequest, token: Token, response: Response): Promise<Token | undefined> {
    if (isToken(this.#source)) return undefined
    await this.#source.invalidate(token)
    if (!replayable) {
      this.#api?.emit({ type: 'not_replayed' })
      return undefined
    }
    try {
      return await this.#token(init.signal)
    } catch (error) {
      throw discard(response, error instanceof GrantError ? withChallenge(error, response) : error)
    }
  }

  #pause(response: Response, attempt: number, method: string): number | undefined {
    try {
      return this.#decide(response, attempt, method.toUpperCase())
    } catch (error) {
      throw discard(response, error)
    }
  }

  /** A response that is kept, unless the provider's definition knows an error for it. */
  async #explained(response: Response, { accessToken }: Token): Promise<Response> {
    const hints = this.#api?.rules?.errors
    const error = hints && (await explain(response, { hints, clock: this.#clock, secrets: [accessToken] }))
    if (error) throw discard(response, error)
    return response
  }
}

/** Whether a response comes from where the token may go; where a browser has followed a redirect, its URL tells. */
function isOwn({ redirected, url }: Response, origins: ReadonlySet<string>): boolean {
  return !redirected || origins.has(new URL(url).origin)
}

function isToken(source: TokenSource | Token): source is Token {
  return source instanceof Token
}

/** Gives up a response that nobody will read, so that its connection can be used again. */
function discard<T>(response: Response, error?: T): T | undefined {
  void response.body?.cancel().catch(() => undefined) // nobody reads it
  return error
}
