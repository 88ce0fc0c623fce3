import { GrantError } from '../errors/grant-error.ts'
import type { Coordination, Good, Purpose } from './coordination.ts'
import type { FlightResult } from './key-state.ts'
import { type Entry, RecordKeeper } from './record-keeper.ts'
import { RefreshAttempt } from './refresh-attempt.ts'
import { refuseFailed, required } from './refresh-failure.ts'
import { refreshTokenOf, type TokenRecord } from './token-record.ts'

/**
 * Refreshes the token of one key, at most once however many processes need it. The one that refreshes holds the lease, has
 * noted that it is about to, and writes the result down before anyone gets it; a process that finds the note after its
 * deadline takes over with the same refresh token. Writing needs no lease: after the response, the new refresh token is the only
 * live one, and the version tells whether something newer is there.
 */
export class RefreshCoordinator {
  readonly #with: Coordination
  readonly #keeper: RecordKeeper
  readonly #attempt: RefreshAttempt
  /** One flight, one holder: the lease is not shared even within a process. */
  readonly #holder: string

  constructor(coordination: Coordination, holder: string = crypto.randomUUID()) {
    this.#with = coordination
    this.#keeper = new RecordKeeper(coordination)
    this.#holder = holder
    this.#attempt = new RefreshAttempt(coordination, this.#keeper, holder)
  }

  /** Waits until a good token is stored, and refreshes it if nobody else does. */
  async run(purpose: Purpose, good: Good): Promise<FlightResult> {
    const { timings } = this.#with
    let waited = 0
    for (let attempt = 0; ; attempt++) {
      const result = (await this.#found(good)) ?? (await this.#tryRefresh(purpose, good))
      if (result) return result
      if (waited > timings.lease + timings.request)
        throw new GrantError('timeout', 'another process has been refreshing this token for too long')
      waited += await this.#pause(attempt)
    }
  }

  /** Refreshes only if nobody else is about to; waits for nobody. */
  async tryOnce(purpose: Purpose, good: Good): Promise<void> {
    await ((await this.#found(good)) ?? this.#tryRefresh(purpose, good))
  }

  async #found(good: Good): Promise<FlightResult | undefined> {
    const entry = await this.#look(good)
    return 'token' in entry ? entry : undefined
  }

  /** A good token, or the entry that needs a refresh; throws what is known already. */
  async #look(good: Good): Promise<FlightResult | Entry> {
    const entry = await this.#keeper.load()
    const token = good(entry.record)
    if (token) return { token, final: false }
    await this.#refuse(entry.record)
    return entry
  }

  /** Throws what is known already: that only the user can help, or that it failed a moment ago. */
  async #refuse(record: TokenRecord | undefined): Promise<void> {
    const { store, askable } = this.#with
    const gone = 'the user has to log in again'
    if (!record && !askable) throw required('no token is stored under this key: the user has to log in')
    if (record?.state === 'dead') throw required(`the provider has ended this grant: ${gone}`, record)
    if (!askable && refreshTokenOf(record) === undefined)
      throw required(`the token has expired, and it came without a refresh token: ${gone}`, record)
    if (record?.failure) refuseFailed(record.failure, await store.now())
  }

  async #tryRefresh(purpose: Purpose, good: Good): Promise<FlightResult | undefined> {
    const { store, key, timings } = this.#with
    if (!(await store.acquire(key, this.#holder, timings.lease))) return undefined
    try {
      const entry = await this.#look(good) // again, under the lease: whoever had it before has refreshed
      return 'token' in entry ? entry : await this.#attempt.run(entry, purpose)
    } finally {
      await store.release(key, this.#holder).catch(() => undefined) // it expires by itself
    }
  }

  /** Waits until something was written, or a while that grows. Resolves to how long that was meant to be: a process that slept meanwhile has not waited. */
  async #pause(attempt: number): Promise<number> {
    const { store, key, clock, random } = this.#with
    const delay = Math.min(250, 20 * 1.5 ** attempt) * (0.5 + random())
    const awake = new AbortController()
    const stop = store.watch?.(key, () => awake.abort())
    await clock.sleep(delay, awake.signal).catch(() => undefined) // woken early
    stop?.()
    return delay
  }
}
