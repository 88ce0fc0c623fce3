import type { Token, Transaction } from '@grantkit/core'
import { randomId } from './random-id.ts'

/** A user who is logged in. */
export interface Login {
  readonly token: Token
  /** When the access token came, in milliseconds since the epoch. */
  readonly issuedAt: number
  /** How many times the token was refreshed. */
  readonly refreshes: number
}

const mostTransactions = 20

/** What the app remembers of one browser. */
export class Session {
  /** What the cookie holds. */
  readonly id: string = randomId()
  /** What every form of the session carries: another site cannot know it. */
  readonly formToken: string = randomId()
  /** Who is logged in, if somebody is. */
  login: Login | undefined
  /** The logins under way and those of late, by state: every tab may have one. */
  readonly #transactions: Map<string, Transaction>
  #refreshing: Promise<void> | undefined
  #notice: string | undefined

  /** A new session; or, with the logins that are under way in an older one, its successor. */
  constructor(before?: Session) {
    this.#transactions = new Map(before ? before.#transactions : [])
  }

  /** Keeps a login until its callback comes. The oldest goes when there are too many. */
  begin(transaction: Transaction): void {
    this.#transactions.set(transaction.state, transaction)
    for (const state of this.#transactions.keys()) {
      if (this.#transactions.size <= mostTransactions) return
      this.#transactions.delete(state)
    }
  }

  /**
   * The login that a callback belongs to. It stays here once it is completed, so that the library can tell a page that
   * was loaded again from one of a stranger.
   */
  transactionOf(state: string | undefined): Transaction | undefined {
    return this.#transactions.get(state ?? '')
  }

  /** Keeps something to tell the user on the next page. */
  tell(notice: string): void {
    this.#notice = notice
  }

  /** What there is to tell, once. */
  takeNotice(): string | undefined {
    const notice = this.#notice
    this.#notice = undefined
    return notice
  }

  /** Refreshes the login once, however many tabs ask at the same time: a refresh token may be good for one use only. */
  async refresh(work: (login: Login) => Promise<Login>): Promise<void> {
    this.#refreshing ??= this.#refresh(work).finally(() => (this.#refreshing = undefined))
    return this.#refreshing
  }

  async #refresh(work: (login: Login) => Promise<Login>): Promise<void> {
    if (this.login) this.login = await work(this.login)
  }
}
