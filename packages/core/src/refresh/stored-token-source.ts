import { GrantError } from '../errors/grant-error.ts'
import type { RevocableGrant } from '../protocol/revocation.ts'
import { Token } from '../token/token.ts'
import { joined, refuseAborted } from '../transport/deadline.ts'
import type { Coordination, Good, Purpose } from './coordination.ts'
import { announceEnd, type Early, refreshEarly } from './early-refresh.ts'
import { type Freshness, isUsable } from './freshness.ts'
import { byStoreClock, momentOf } from './honest-times.ts'
import type { FlightResult } from './key-state.ts'
import { checkScopes, purposeOf } from './purpose.ts'
import { RecordKeeper } from './record-keeper.ts'
import { RefreshCoordinator } from './refresh-coordinator.ts'
import { ServedTokens, type Serving } from './served-tokens.ts'
import type { StoredToken } from './stored-token.ts'
import {
  firstRecord,
  nameOfToken,
  newRecord,
  refreshTokenOf,
  type TokenRecord,
  tokenOf,
  withToken,
} from './token-record.ts'
import { checkBinding } from './source-options.ts'
import type { ClearOptions, OpenTokenSource, TokenOptions } from './token-source.ts'

/** What a source is made of. */
export interface SourceSetup extends Coordination, Serving, Early {
  /** What the source begins with, and whether it goes before what is stored. */
  readonly first: { readonly record: TokenRecord; readonly replace: boolean } | undefined
  /** Whether a token may be obtained without the store while that is away: there is no refresh token to lose. */
  readonly storeless: boolean
  readonly revoke: (grant: RevocableGrant, signal: AbortSignal | undefined) => Promise<void>
}

/** The token source over a store: what this process knows is served from memory, and the coordinator does the rest. */
export class StoredTokenSource implements OpenTokenSource {
  readonly #setup: SourceSetup
  readonly #keeper: RecordKeeper
  readonly #served: ServedTokens
  /** The beginning of the source, until it is stored. */
  #first: Promise<void> | undefined

  constructor(setup: SourceSetup) {
    this.#setup = setup
    this.#keeper = new RecordKeeper(setup)
    this.#served = new ServedTokens(setup)
  }

  async token(options: TokenOptions = {}): Promise<Token> {
    const { minValid = 0, signal } = options
    refuseAborted(signal)
    await this.#begin()
    const purpose = await this.#purposeOf(options)
    const known = this.#freshness(purpose, minValid) === 'expired' ? undefined : this.#served.of(purpose.name)
    const token = known ? known.token : await joined(this.#obtain(purpose, minValid), signal)
    if (this.#freshness(purpose, minValid) === 'stale') this.#refreshEarly(purpose)
    announceEnd(this.#setup)
    return checkScopes(token, options)
  }

  async save(token: Token): Promise<void> {
    const { store, clock, boundTo } = this.#setup
    const saved = checkBinding(Token.from(token), boundTo !== undefined)
    this.#first = Promise.resolve()
    const obtainedAt = clock.now()
    const storedAt = byStoreClock(obtainedAt, await momentOf(store, clock))
    const record = firstRecord(this.#setup, { token: saved, obtainedAt, storedAt })
    for (;;) {
      const { version } = await this.#keeper.loadAny()
      if (await this.#keeper.write(version, record)) return
    }
  }

  async peek(): Promise<Token | undefined> {
    await this.#begin()
    const { record } = await this.#keeper.load()
    return this.#served.in(record, '')?.token
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
    return purposeOf(options, { askable, login: state.record?.tokens['']?.token.resource })
  }

  #freshness({ name }: Purpose, minValid: number): Freshness {
    return this.#served.freshness(this.#setup.state.record, name, minValid)
  }

  /** Joins the refresh that is under way, or begins one; what it ends with may still be too old for this caller. */
  async #obtain(purpose: Purpose, minValid: number): Promise<Token> {
    await this.#setup.state.background.get(purpose.name)
    const underWay = this.#setup.state.flights.get(purpose.name)
    const { token, final } = await (underWay ?? this.#fly(purpose, minValid))
    if (!underWay || final || this.#freshness(purpose, minValid) !== 'expired') return token
    return this.#obtain(purpose, minValid)
  }

  #fly(purpose: Purpose, minValid: number): Promise<FlightResult> {
    const { flights } = this.#setup.state
    const good = this.#good(purpose, minValid, 'stale')
    const flight = this.#coordinator()
      .run(purpose, good)
      .then((result) => this.#asServed(result, purpose))
      .catch((error: unknown) => this.#fallBack(error, purpose))
      .finally(() => flights.delete(purpose.name))
    flights.set(purpose.name, flight)
    this.#setup.waitUntil?.(flight.catch(() => undefined)) // its callers learn of the failure
    return flight
  }

  /** What later calls are given is the same object. */
  #asServed({ token, final }: FlightResult, { name }: Purpose): FlightResult {
    const served = this.#served.of(name)?.token
    return { token: served?.accessToken === token.accessToken ? served : token, final }
  }

  /** What can still be done when there is no fresh token: the one that has not expired yet, or one without the store. */
  async #fallBack(error: unknown, purpose: Purpose): Promise<FlightResult> {
    const { clock, storeless, obtain, state, boundTo } = this.#setup
    const served = this.#served.of(purpose.name)
    if (served && isUsable(served.stored, clock.now())) return { token: served.token, final: true }
    if (!storeless || !(error instanceof GrantError) || error.code !== 'store_failed') throw error
    const record = state.record ?? newRecord(this.#setup)
    const exchange = await obtain(tokenOf(record, '') ?? record.seed, purpose)
    if ('error' in exchange) throw exchange.error
    const token = await exchange.verified()
    state.record = withToken(record, { purpose: purpose.name, token, obtainedAt: clock.now(), boundTo })
    return { token, final: true }
  }

  #refreshEarly(purpose: Purpose): void {
    const good = this.#good(purpose, 0, 'fresh')
    refreshEarly(purpose, this.#setup, () => this.#coordinator().tryOnce(purpose, good))
  }

  #coordinator(): RefreshCoordinator {
    return new RefreshCoordinator(this.#setup)
  }

  /** Whether a record has a token that is at least so fresh; one that another process has refreshed is an event. */
  #good({ name }: Purpose, minValid: number, least: 'fresh' | 'stale'): Good {
    const before = this.#served.of(name)?.token.accessToken
    return (record) => {
      const freshness = this.#served.freshness(record, name, minValid)
      if (freshness === 'expired' || (least === 'fresh' && freshness !== 'fresh')) return undefined
      const token = this.#served.in(record, name)?.token
      if (before !== undefined && before !== token?.accessToken) this.#setup.emit({ type: 'reused' })
      return token
    }
  }
}
