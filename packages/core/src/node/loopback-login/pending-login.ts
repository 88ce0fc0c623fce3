import { GrantError, type GrantErrorCode } from '../../errors/grant-error.ts'
import type { TokenSource } from '../../refresh/token-source.ts'
import type { Token } from '../../token/token.ts'

/** The outcome of a login. */
export type LoginOutcome =
  | {
      /** The token of the user. */
      readonly token: Token
    }
  | {
      /** Why there is no token. */
      readonly error: GrantError
    }

/** What became of a callback: it decided the login, belongs to another one, or came after the decision. */
export type Verdict = LoginOutcome | 'stranger' | 'late'

/** The codes of a callback that does not belong to the login, and has changed nothing. */
const strange: ReadonlySet<GrantErrorCode> = new Set(['state_mismatch', 'callback_invalid'])

const storing = ['store_failed', 'the token could not be stored'] as const
const redeeming = ['token_error', 'the login failed'] as const

/**
 * A login that waits for its callback. Callbacks take turns: the first that belongs to the login decides it, and
 * giving up takes its turn, too, so that a code that is being redeemed is not lost.
 */
export class PendingLogin {
  /** Never rejects. */
  readonly outcome: Promise<LoginOutcome>
  readonly #complete: (callback: string) => Promise<Token>
  readonly #source: Pick<TokenSource, 'save'> | undefined
  #decide!: (outcome: LoginOutcome) => void
  #decided: { readonly outcome: LoginOutcome; readonly callback?: string } | undefined
  #turn: Promise<unknown> = Promise.resolve()

  constructor(complete: (callback: string) => Promise<Token>, source: Pick<TokenSource, 'save'> | undefined) {
    this.#complete = complete
    this.#source = source
    this.outcome = new Promise((resolve) => {
      this.#decide = resolve
    })
  }

  /** Tries a callback, once those before it are through. */
  offer(callback: string): Promise<Verdict> {
    const before = this.#turn
    const verdict = (async () => {
      await before
      return this.#take(callback)
    })()
    this.#turn = verdict
    return verdict
  }

  /** Ends the login with an error, unless a callback before has decided it. */
  giveUp(error: GrantError): void {
    this.#turn = this.#turn.then(() => this.#decided ?? this.#end({ error }))
  }

  async #take(callback: string): Promise<Verdict> {
    if (this.#decided) return this.#decided.callback === callback ? this.#decided.outcome : 'late' // a page that is loaded twice
    const outcome = await this.#attempt(callback)
    return 'error' in outcome && strange.has(outcome.error.code) ? 'stranger' : this.#end(outcome, callback)
  }

  async #attempt(callback: string): Promise<LoginOutcome> {
    let token: Token | undefined
    try {
      token = await this.#complete(callback)
      await this.#source?.save(token)
      return { token }
    } catch (thrown) {
      if (thrown instanceof GrantError) return { error: thrown }
      const [code, message] = token ? storing : redeeming // a custom source or a custom grant may throw anything
      return { error: new GrantError(code, message, { cause: thrown }) }
    }
  }

  #end(outcome: LoginOutcome, callback?: string): LoginOutcome {
    this.#decided = { outcome, ...(callback !== undefined && { callback }) }
    this.#decide(outcome)
    return outcome
  }
}
