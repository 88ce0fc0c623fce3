import type { Clock } from '../../transport/clock.ts'

const most = 10_000

/** The tokens that were used in this process and may be used once, by their IDs: until they expire, and the last 10,000 at most. */
export class UsedTokens {
  readonly #clock: Clock
  readonly #until = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Remembers an ID until a time, in milliseconds since the epoch; false where it is known already. */
  remember(id: string, until: number): boolean {
    const now = this.#clock.now()
    if ((this.#until.get(id) ?? Number.NEGATIVE_INFINITY) > now) return false
    for (const [known, end] of this.#until) if (end <= now || this.#until.size >= most) this.#until.delete(known)
    this.#until.set(id, until)
    return true
  }
}
