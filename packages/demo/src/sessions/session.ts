import type { Token, Transaction } from '@grantkit/core'
import { randomId } from './random-id.ts'

/** A user who is logged in. */
export interface Login {
  readonly token: Token
  /** When the access token was issued, in milliseconds since the epoch. */
  readonly issuedAt: number
  /** How many times the token was refreshed. */
  readonly refreshes: number
}

const mostTransactions = 20

/** The session of one browser. */
export class Session {
  /** The value of the cookie. */
  readonly id: string = randomId()
  /** The token in every form of the session, which other sites cannot know. */
  readonly formToken: string = randomId()
  /** The user who is logged in, if any. */
  login: Login | undefined
  /** Pending and recent logins by state; every tab may have one. */
  readonly #transactions: Map<string, Transaction>
  #refreshing: Promise<void> | undefined
  #notice: string | undefined

  /** A new session, or the successor of a session with its pending logins. */
  constructor(before?: Session) {
    this.#transactions = new Map(before ? before.#transactions : [])
  }

  /** Stores a login until its callback. Drops the oldest when there are too many. */
  begin(transaction: Transaction): void {
    this.#transactions.set(transaction.state, transaction)
    for (const state of this.#transactions.keys()) {
      if (this.#transactions.size <= mostTransactions) return
      this.#transactions.delete(state)
    }
  }

  /**
   * The login of a callback. It is kept after completion, so that the library can distinguish a reloaded callback from a
   * foreign one.
   */
  transactionOf(state: string | undefined): Transaction | undefined {
    return this.#transactions.get(state ?? '')
  }

  /** Stores a message for the next page. */
  tell(notice: string): void {
    this.#notice = notice
  }

  /** Returns the message once. */
  takeNotice(): string | undefined {
    const notice = this.#notice
    this.#notice = undefined
    return notice
  }

  /** Refreshes the login once for concurrent requests, because a refresh token may work only once. */
  async refresh(work: (login: Login) => Promise<Login>): Promise<void> {
    this.#refreshing ??= this.#refresh(work).finally(() => (this.#refreshing = undefined))
    return this.#refreshing
  }

  async #refresh(work: (login: Login) => Promise<Login>): Promise<void> {
    if (this.login) this.login = await work(this.login)
  }
}
