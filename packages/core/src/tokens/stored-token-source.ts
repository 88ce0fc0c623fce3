import { Token } from '../token/token.ts'
import { detachable, refuseAborted } from '../transport/deadline.ts'
import type { Coordination, Good, Purpose } from './coordination.ts'
import { type Freshness, freshnessOf, type FreshnessRules, isUsable } from './freshness.ts'
import { type FlightResult, type KeyState, keyState } from './key-state.ts'
import { checkScopes, purposeOf } from './purpose.ts'
import { RecordKeeper } from './record-keeper.ts'
import { RefreshCoordinator } from './refresh-coordinator.ts'
import { firstRecord, nameOfToken, newRecord, type StoredToken, tokenFrom, tokenOf, withToken } from './token-record.ts'
import type { ClearOptions, OpenTokenSource, TokenOptions } from './token-source.ts'

/** What a source is made of. */
export interface SourceSetup extends Omit<Coordination, 'state'> {
  readonly rules: FreshnessRules
  /** Whether tokens are refreshed early, while they are still served. */
  readonly background: boolean
  /** Takes a refresh that outlives its caller, on runtimes that stop with the answer. */
  readonly waitUntil: ((work: Promise<unknown>) => void) | undefined
  /** Whether a token may be obtained without the store while that is away: there is no refresh token to lose. */
  readonly storeless: boolean
  /** Milliseconds from the user's authorization to the end of the grant. */
  readonly absoluteLifetime: number | undefined
  readonly revoke: (token: Token, signal: AbortSignal | undefined) => Promise<void>
}

/** Milliseconds between two attempts to refresh early. */
const pauseInBackground = 1000
/** Milliseconds before the end of a grant at which it is announced. */
const announcement = 14 * 24 * 3_600_000

/** The token source over a store: what this process knows is served from memory, and the coordinator does the rest. */
export class StoredTokenSource implements OpenTokenSource {
  readonly #setup: SourceSetup
  readonly #state: KeyState
  readonly #keeper: RecordKeeper

  constructor(setup: SourceSetup) {
    this.#setup = setup
    this.#state = keyState(setup.store, setup.key, setup.owner)
    this.#keeper = new RecordKeeper({ ...setup, state: this.#state })
  }

  async token(options: TokenOptions = {}): Promise<Token> {
    const { minValid = 0, signal } = options
    refuseAborted(signal)
    const purpose = purposeOf(options, this.#setup.askable)
    const known = this.#freshness(purpose, minValid) === 'expired' ? undefined : this.#stored(purpose)
    const token = known ? tokenFrom(known) : await detachable(this.#obtain(purpose, minValid), signal)
    if (this.#freshness(purpose, minValid) === 'stale') this.#refreshInBackground(purpose)
    this.#announceEnd()
    return checkScopes(token, options)
  }

  async save(token: Token): Promise<void> {
    const record = firstRecord(this.#setup.owner, Token.from(token), this.#setup.clock.now())
    for (;;) {
      const { version } = await this.#keeper.load()
      if (await this.#keeper.write(version, record)) return
    }
  }

  async peek(): Promise<Token | undefined> {
    return tokenOf((await this.#keeper.load()).record, '')
  }

  async invalidate(token: Token): Promise<void> {
    if (this.#state.record && nameOfToken(this.#state.record, token) === undefined) return
    for (;;) {
      const { version, record } = await this.#keeper.load()
      const name = record && nameOfToken(record, token)
      if (!record || name === undefined) return
      const refused = { ...(record.tokens[name] as StoredToken), refused: true } as const
      if (await this.#keeper.write(version, { ...record, tokens: { ...record.tokens, [name]: refused } })) return
    }
  }

  async clear({ revoke = false, signal }: ClearOptions = {}): Promise<void> {
    const token = await this.#keeper.forget()
    if (revoke && token) await this.#setup.revoke(token, signal)
  }

  #stored({ name }: Purpose): StoredToken | undefined {
    return this.#state.record?.tokens[name]
  }

  #freshness(purpose: Purpose, minValid: number): Freshness {
    const stored = this.#state.record?.state === 'live' ? this.#stored(purpose) : undefined
    return stored ? freshnessOf(stored, this.#setup.clock.now(), this.#setup.rules, minValid * 1000) : 'expired'
  }

  /** Joins the refresh that is under way, or begins one; what it ends with may still be too old for this caller. */
  async #obtain(purpose: Purpose, minValid: number): Promise<Token> {
    await this.#state.background.get(purpose.name)
    const joined = this.#state.flights.get(purpose.name)
    const { token, final } = await (joined ?? this.#fly(purpose, minValid))
    if (!joined || final || this.#freshness(purpose, minValid) !== 'expired') return token
    return this.#obtain(purpose, minValid)
  }

  #fly(purpose: Purpose, minValid: number): Promise<FlightResult> {
    const { flights } = this.#state
    const good = this.#good(purpose, minValid, 'stale')
    const flight = this.#coordinator()
      .run(purpose, good)
      .catch((error: unknown) => this.#fallBack(error, purpose))
      .finally(() => flights.delete(purpose.name))
    flights.set(purpose.name, flight)
    this.#setup.waitUntil?.(flight.catch(() => undefined)) // its callers learn of the failure
    return flight
  }

  /** What can still be done when there is no fresh token: the one that has not ended yet, or one without the store. */
  async #fallBack(error: unknown, purpose: Purpose): Promise<FlightResult> {
    const { clock, storeless, obtain, owner } = this.#setup
    const stored = this.#stored(purpose)
    if (stored && isUsable(stored, clock.now())) return { token: tokenFrom(stored), final: true }
    if (!storeless || !(error instanceof Error && 'code' in error && error.code === 'store_failed')) throw error
    const record = this.#state.record ?? newRecord(owner)
    const token = await obtain(tokenOf(record, ''), purpose)
    this.#state.record = withToken(record, purpose.name, token, clock.now())
    return { token, final: true }
  }

  #refreshInBackground(purpose: Purpose): void {
    const { background, clock, waitUntil } = this.#setup
    const { background: running, flights, tried } = this.#state
    const now = clock.now()
    const paused = Math.max((tried.get(purpose.name) ?? 0) + pauseInBackground, this.#state.record?.failure?.until ?? 0)
    if (!background || running.has(purpose.name) || flights.has(purpose.name) || now < paused) return
    tried.set(purpose.name, now)
    const good = this.#good(purpose, 0, 'fresh')
    const work = this.#coordinator()
      .tryOnce(purpose, good)
      .catch(() => undefined) // the token is still good; who needs a new one will learn why there is none
      .finally(() => running.delete(purpose.name))
    running.set(purpose.name, work)
    waitUntil?.(work)
  }

  #coordinator(): RefreshCoordinator {
    return new RefreshCoordinator({ ...this.#setup, state: this.#state })
  }

  /** Whether a record has a token that is at least so fresh; one that another process has refreshed is an event. */
  #good(purpose: Purpose, minValid: number, least: 'fresh' | 'stale'): Good {
    const { clock, rules, emit } = this.#setup
    const before = this.#stored(purpose)?.token.accessToken
    return (record) => {
      const stored = record?.state === 'live' ? record.tokens[purpose.name] : undefined
      const freshness = stored ? freshnessOf(stored, clock.now(), rules, minValid * 1000) : 'expired'
      if (!stored || freshness === 'expired' || (least === 'fresh' && freshness !== 'fresh')) return undefined
      if (before !== undefined && before !== stored.token.accessToken) emit({ type: 'reused' })
      return tokenFrom(stored)
    }
  }

  /** Says once that the user will have to log in again soon, where the provider ends every grant after a while. */
  #announceEnd(): void {
    const { absoluteLifetime, clock, emit } = this.#setup
    const { record } = this.#state
    const { authorizedAt } = record?.tokens['']?.token ?? {}
    if (absoluteLifetime === undefined || authorizedAt === undefined || this.#state.announced === record?.grant) return
    const endsAt = authorizedAt + absoluteLifetime
    if (clock.now() < endsAt - announcement) return
    this.#state.announced = record?.grant
    emit({ type: 'reauthorization_soon', endsAt })
  }
}
