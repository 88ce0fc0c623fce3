import { Token } from '../token/token.ts'
import { GrantError } from '../errors/grant-error.ts'
import type { RevocableGrant } from '../protocol/revocation.ts'
import { joined, refuseAborted } from '../transport/deadline.ts'
import type { Coordination, Good, Purpose } from './coordination.ts'
import { type Freshness, freshnessOf, type FreshnessRules, isUsable } from './freshness.ts'
import { isOn } from './honest-times.ts'
import type { FlightResult } from './key-state.ts'
import { checkScopes, purposeOf } from './purpose.ts'
import { RecordKeeper } from './record-keeper.ts'
import { RefreshCoordinator } from './refresh-coordinator.ts'
import { byOwnClock, type StoredToken, tokenFrom } from './stored-token.ts'
import {
  firstRecord,
  nameOfToken,
  newRecord,
  refreshTokenOf,
  type TokenRecord,
  tokenOf,
  withToken,
} from './token-record.ts'
import type { ClearOptions, OpenTokenSource, TokenOptions } from './token-source.ts'

/** What a source is made of. */
export interface SourceSetup extends Coordination {
  readonly rules: FreshnessRules
  /** What the source begins with, and whether it goes before what is stored. */
  readonly first: { readonly record: TokenRecord; readonly replace: boolean } | undefined
  /** Whether tokens are refreshed early, while they are still served. */
  readonly background: boolean
  /** Takes a refresh that outlives its caller, on runtimes that stop with the response. */
  readonly waitUntil: ((work: Promise<unknown>) => void) | undefined
  /** Whether a token may be obtained without the store while that is away: there is no refresh token to lose. */
  readonly storeless: boolean
  /** Milliseconds from the user's authorization to the end of the grant. */
  readonly absoluteLifetime: number | undefined
  readonly revoke: (grant: RevocableGrant, signal: AbortSignal | undefined) => Promise<void>
}

/** Milliseconds between two attempts to refresh early. */
const pauseInBackground = 1000
/** Milliseconds before the end of a grant at which it is announced. */
const announcement = 14 * 24 * 3_600_000

/** The token source over a store: what this process knows is served from memory, and the coordinator does the rest. */
export class StoredTokenSource implements OpenTokenSource {
  readonly #setup: SourceSetup
  readonly #keeper: RecordKeeper
  /** The beginning of the source, until it is stored. */
  #first: Promise<void> | undefined

  constructor(setup: SourceSetup) {
    this.#setup = setup
    this.#keeper = new RecordKeeper(setup)
  }

  async token(options: TokenOptions = {}): Promise<Token> {
    const { minValid = 0, signal } = options
    refuseAborted(signal)
    await this.#begin()
    const purpose = await this.#purposeOf(options)
    const known = this.#freshness(purpose, minValid) === 'expired' ? undefined : this.#stored(purpose)
    const token = known ? tokenFrom(known) : await joined(this.#obtain(purpose, minValid), signal)
    if (this.#freshness(purpose, minValid) === 'stale') this.#refreshInBackground(purpose)
    this.#announceEnd()
    return checkScopes(token, options)
  }

  async save(token: Token): Promise<void> {
    const { store, clock } = this.#setup
    this.#first = Promise.resolve()
    const obtained = { token: Token.from(token), obtainedAt: clock.now(), storedAt: await store.now() }
    const record = firstRecord(this.#setup, obtained)
    for (;;) {
      const { version } = await this.#keeper.loadAny()
      if (await this.#keeper.write(version, record)) return
    }
  }

  async peek(): Promise<Token | undefined> {
    await this.#begin()
    const stored = (await this.#keeper.load()).record?.tokens['']
    return stored && tokenFrom(byOwnClock(stored, this.#setup.state.ahead))
  }

  async invalidate(token: Token): Promise<void> {
    const { state } = this.#setup
    if (state.record && nameOfToken(state.record, token) === undefined) return
    for (;;) {
      const { version, record } = await this.#keeper.load()
      const name = record && nameOfToken(record, token)
      if (!record || name === undefined) return
      const refused = { ...(record.tokens[name] as StoredToken), refused: true } as const
      if (await this.#keeper.write(version, { ...record, tokens: { ...record.tokens, [name]: refused } })) return
    }
  }

  async clear({ revoke = false, signal }: ClearOptions = {}): Promise<void> {
    this.#first = Promise.resolve()
    const record = await this.#keeper.forget()
    const { accessToken, extra } = tokenOf(record, '') ?? {}
    const refreshToken = refreshTokenOf(record)
    const grant = { accessToken, refreshToken, extra }
    if (revoke && (accessToken ?? refreshToken) !== undefined) await this.#setup.revoke(grant, signal)
  }

  /** Stores what the source begins with, once: unless something is stored already that goes before it. */
  #begin(): Promise<void> {
    if (!this.#setup.first) return Promise.resolve()
    this.#first ??= this.#storeFirst(this.#setup.first).catch((error: unknown) => {
      this.#first = undefined
      throw error
    })
    return joined(this.#first)
  }

  async #storeFirst({ record, replace }: NonNullable<SourceSetup['first']>): Promise<void> {
    for (;;) {
      const { version, stored } = await this.#keeper.loadAny()
      if (stored && !replace) return
      if (await this.#keeper.write(version, record)) return
    }
  }

  /** What a token is for; the resource of the login is that of its own token. */
  async #purposeOf(options: TokenOptions): Promise<Purpose> {
    const { askable, state } = this.#setup
    if (options.resource !== undefined && !state.record) await this.#keeper.load().catch(() => undefined) // who needs it will learn why
    return purposeOf(options, { askable, login: tokenOf(state.record, '')?.resource })
  }

  #stored({ name }: Purpose): StoredToken | undefined {
    const { record, ahead } = this.#setup.state
    const stored = record?.tokens[name]
    return stored && byOwnClock(stored, ahead)
  }

  #freshness(purpose: Purpose, minValid: number): Freshness {
    const stored = this.#setup.state.record?.state === 'live' ? this.#stored(purpose) : undefined
    return stored ? freshnessOf(stored, this.#setup.clock.now(), this.#setup.rules, minValid * 1000) : 'expired'
  }

  /** Joins the refresh that is under way, or begins one; what it ends with may still be too old for this caller. */
  async #obtain(purpose: Purpose, minValid: number): Promise<Token> {
    await this.#setup.state.background.get(purpose.name)
    const joined = this.#setup.state.flights.get(purpose.name)
    const { token, final } = await (joined ?? this.#fly(purpose, minValid))
    if (!joined || final || this.#freshness(purpose, minValid) !== 'expired') return token
    return this.#obtain(purpose, minValid)
  }

  #fly(purpose: Purpose, minValid: number): Promise<FlightResult> {
    const { flights } = this.#setup.state
    const good = this.#good(purpose, minValid, 'stale')
    const flight = this.#coordinator()
      .run(purpose, good)
      .catch((error: unknown) => this.#fallBack(error, purpose))
      .finally(() => flights.delete(purpose.name))
    flights.set(purpose.name, flight)
    this.#setup.waitUntil?.(flight.catch(() => undefined)) // its callers learn of the failure
    return flight
  }

  /** What can still be done when there is no fresh token: the one that has not expired yet, or one without the store. */
  async #fallBack(error: unknown, purpose: Purpose): Promise<FlightResult> {
    const { clock, storeless, obtain, state } = this.#setup
    const stored = this.#stored(purpose)
    if (stored && isUsable(stored, clock.now())) return { token: tokenFrom(stored), final: true }
    if (!storeless || !(error instanceof GrantError) || error.code !== 'store_failed') throw error
    const record = state.record ?? newRecord(this.#setup)
    const exchange = await obtain(tokenOf(record, '') ?? record.seed, purpose)
    if ('error' in exchange) throw exchange.error
    const token = await exchange.verified()
    state.record = withToken(record, { purpose: purpose.name, token, obtainedAt: clock.now() })
    return { token, final: true }
  }

  #refreshInBackground(purpose: Purpose): void {
    const { background, clock, waitUntil } = this.#setup
    const { background: running, flights, tried } = this.#setup.state
    const now = clock.now()
    if (!background || running.has(purpose.name) || flights.has(purpose.name) || this.#isPaused(purpose, now)) return
    tried.set(purpose.name, now)
    const good = this.#good(purpose, 0, 'fresh')
    const work = this.#coordinator()
      .tryOnce(purpose, good)
      .catch(() => undefined) // the token is still good; whoever needs a new one will learn why there is none
      .finally(() => running.delete(purpose.name))
    running.set(purpose.name, work)
    waitUntil?.(work)
  }

  #isPaused({ name }: Purpose, now: number): boolean {
    const { tried, record, ahead = 0 } = this.#setup.state
    const last = tried.get(name) ?? Number.NEGATIVE_INFINITY
    const { at = 0, until = 0 } = record?.failure ?? {}
    return isOn(last, last + pauseInBackground, now) || isOn(at, until, now - ahead)
  }

  #coordinator(): RefreshCoordinator {
    return new RefreshCoordinator(this.#setup)
  }

  /** Whether a record has a token that is at least so fresh; one that another process has refreshed is an event. */
  #good(purpose: Purpose, minValid: number, least: 'fresh' | 'stale'): Good {
    const { clock, rules, emit } = this.#setup
    const before = this.#stored(purpose)?.token.accessToken
    return (record) => {
      const found = record?.state === 'live' ? record.tokens[purpose.name] : undefined
      const stored = found && byOwnClock(found, this.#setup.state.ahead)
      const freshness = stored ? freshnessOf(stored, clock.now(), rules, minValid * 1000) : 'expired'
      if (!stored || freshness === 'expired' || (least === 'fresh' && freshness !== 'fresh')) return undefined
      if (before !== undefined && before !== stored.token.accessToken) emit({ type: 'reused' })
      return tokenFrom(stored)
    }
  }

  /** Says once that the user will have to log in again soon, where the provider ends every grant after a while. */
  #announceEnd(): void {
    const { absoluteLifetime, clock, emit } = this.#setup
    const { record } = this.#setup.state
    const { authorizedAt } = record?.tokens['']?.token ?? {}
    if (absoluteLifetime === undefined || authorizedAt === undefined || this.#setup.state.announced === record?.grant)
      return
    const endsAt = authorizedAt + absoluteLifetime
    if (clock.now() < endsAt - announcement) return
    this.#setup.state.announced = record?.grant
    emit({ type: 'reauthorization_soon', endsAt })
  }
}
