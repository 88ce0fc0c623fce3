import { GrantError } from '../errors/grant-error.ts'
import { checkScopes } from '../refresh/purpose.ts'
import type { TokenOptions, TokenSource } from '../refresh/token-source.ts'
import { Token } from '../token/token.ts'
import type { Clock } from '../transport/clock.ts'
import { load } from '../transport/load.ts'
import { challengeError, withChallenge } from './challenge.ts'
import { discard, orDiscard } from './discard.ts'
import { explain } from './hint.ts'
import { type ApiRequest, readRequest } from './request.ts'
import type { ApiPresentation } from './presentation.ts'
import type { Decide } from './retry.ts'
import type { ApiSender } from './sender.ts'

/** What calls to an API are made with. */
export interface ApiCallerSetup {
  readonly source: TokenSource | Token
  /** The token options of the calls. */
  readonly wanted: Pick<TokenOptions, 'scope' | 'resource' | 'minValid'>
  readonly presentation: ApiPresentation
  readonly sender: ApiSender
  readonly clock: Clock
  readonly decide: Decide
}

/** A request about to be sent. */
interface Attempt {
  readonly token: Token
  /** How often the request was sent for an API that was busy: 1 the first time. */
  readonly count: number
  /** Whether the token was replaced after a 401 already. */
  readonly recovered: boolean
}

/** Calls an API: each call has its own token, its own attempts and its own errors. */
export class ApiCaller {
  readonly #with: ApiCallerSetup

  constructor(setup: ApiCallerSetup) {
    this.#with = setup
  }

  async call(input: string | URL | Request, init: RequestInit | undefined): Promise<Response> {
    const request = await readRequest(input, init)
    const { signal, headers } = request.init
    try {
      this.#with.presentation.check(request.url, headers)
      return await this.#attempts(request)
    } catch (error) {
      throw signal?.aborted ? signal.reason : this.#named(error) // the reason, as fetch does
    }
  }

  /** Sends the request until a response is final: repeats it after a 401 with a newer token, or after a pause. */
  async #attempts(request: ApiRequest): Promise<Response> {
    let attempt: Attempt = { token: await this.#token(request), count: 1, recovered: false }
    for (;;) {
      const current = attempt
      const { response, presented } = await this.#with.sender.send(request, current.token)
      if (response.ok || !presented) return response
      const next = await orDiscard(response, () => this.#next(request, response, current))
      if (!next) return response
      attempt = next
    }
  }

  /** The next step after a response that is not a success: undefined if it is final. Rejects with its error. */
  async #next(request: ApiRequest, response: Response, current: Attempt): Promise<Attempt | undefined> {
    const { token, count, recovered } = current
    const error = challengeError(response, token)
    if (error) throw error
    const refused = response.status === 401 && !recovered && !(await this.#blamesProof(request, response, token))
    const newer = refused ? await this.#recover(request, response, token) : undefined
    if (newer) return { token: newer, count, recovered: true }
    const { decide, clock } = this.#with
    const { method = 'GET', signal } = request.init
    const pause = request.replayable ? decide(response, count, method.toUpperCase()) : undefined
    if (pause === undefined) return this.#explain(response, token)
    discard(response)
    await clock.sleep(pause, signal ?? undefined)
    return { token: await this.#token(request), count: count + 1, recovered }
  }

  /** Whether the proof was refused, and not the token: no other token would help. */
  async #blamesProof({ replayable }: ApiRequest, response: Response, { tokenType }: Token): Promise<boolean> {
    if (tokenType !== 'DPoP') return false
    const { proofError } = await load(() => import('./proven-call.ts'))
    const error = proofError(response)
    const { source } = this.#with
    if (error === 'use_dpop_nonce' && !replayable && !(source instanceof Token))
      source.api?.emit({ type: 'not_replayed' }) // the nonce is kept: the next call has it
    return error !== undefined
  }

  /** Says that a token was refused, and gets a newer one for a request that can be sent again. */
  async #recover(request: ApiRequest, response: Response, token: Token): Promise<Token | undefined> {
    const { source } = this.#with
    if (source instanceof Token) return undefined
    await source.invalidate(token)
    if (!request.replayable) {
      source.api?.emit({ type: 'not_replayed' })
      return undefined
    }
    discard(response)
    try {
      return await this.#token(request)
    } catch (error) {
      throw error instanceof GrantError ? withChallenge(error, response) : error
    }
  }

  /** A token for a call. Rejects with `scope_insufficient` if it is known to lack a scope. */
  async #token({ init }: ApiRequest): Promise<Token> {
    const { source, wanted } = this.#with
    const token = source instanceof Token ? source : await source.token({ ...wanted, signal: init.signal ?? undefined })
    return checkScopes(token, wanted)
  }

  /** Rejects if the provider's definition declares an error for a response. */
  async #explain(response: Response, { accessToken }: Token): Promise<undefined> {
    const { source, clock } = this.#with
    const hints = source instanceof Token ? undefined : source.api?.rules?.errors
    const error = hints && (await explain(response, { hints, clock, secrets: [accessToken] }))
    if (error) throw error
  }

  /** An error with the name of the provider, where that is known and the error does not have it yet. */
  #named(error: unknown): unknown {
    const { source } = this.#with
    const provider = source instanceof Token ? undefined : source.api?.provider
    if (!(error instanceof GrantError) || provider === undefined || error.provider !== undefined) return error
    return new GrantError(error.code, error.message, { ...error, cause: error.cause, provider })
  }
}
