import { GrantError } from '../errors/grant-error.ts'
import type { Exchange } from '../protocol/port.ts'
import type { Token } from '../token/token.ts'
import type { FlightResult } from './key-state.ts'
import type { Coordination, Good, Purpose } from './coordination.ts'
import { type Entry, RecordKeeper } from './record-keeper.ts'
import {
  failureOf,
  type FailureKind,
  incident,
  kindOf,
  refuseFailed,
  required,
  withRequired,
} from './refresh-failure.ts'
import { isBusy } from './honest-times.ts'
import {
  isBehind,
  newRecord,
  refreshTokenOf,
  rotated,
  type TokenRecord,
  tokenOf,
  withIntentOf,
  withRefreshToken,
  withToken,
} from './token-record.ts'

/** A record that this flight has written, and by which clocks its intent is dated. */
interface Journalled {
  readonly version: number
  readonly record: TokenRecord
  /** The same moment by the store's clock and by that of this process. */
  readonly at: number
  readonly ownAt: number
}

/**
 * Refreshes the token of one key, at most once however many processes want it. Who refreshes has the lease, has written
 * down that it is about to, and writes the result down before anyone gets it; who finds that note past its deadline
 * takes over with the same refresh token. Writing needs no lease: after the answer, the new refresh token is the only
 * live one, and the version tells whether something newer is there.
 */
export class RefreshCoordinator {
  readonly #with: Coordination
  readonly #keeper: RecordKeeper
  /** One flight, one holder: the lease is not shared even within a process. */
  readonly #holder: string

  constructor(coordination: Coordination, holder: string = crypto.randomUUID()) {
    this.#with = coordination
    this.#keeper = new RecordKeeper(coordination)
    this.#holder = holder
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
      return 'token' in entry ? entry : await this.#refresh(entry, purpose)
    } finally {
      await store.release(key, this.#holder).catch(() => undefined) // it ends by itself
    }
  }

  async #refresh(entry: Entry, purpose: Purpose): Promise<FlightResult | undefined> {
    const { store, state } = this.#with
    if (entry.record?.intent && (await isBusy(entry.record.intent, { store, state, holder: this.#holder })))
      return undefined
    let current = entry
    for (let replay = 0; ; replay++) {
      const journalled = await this.#journal(current)
      if (!journalled) return undefined
      const exchange = await this.#send(journalled.record, purpose)
      if (!('error' in exchange)) return this.#receive(journalled, exchange, purpose)
      const kind = kindOf(exchange.error)
      if (kind !== 'unknown' || replay > 0) return this.#failed(journalled, exchange, kind)
      current = journalled // the same refresh token again: FAPI 2.0 asks servers to accept it until they know that the new one arrived
    }
  }

  /** Writes down that the refresh token is about to be used; nobody else uses it before the deadline. */
  async #journal({ version, record }: Entry): Promise<Journalled | undefined> {
    const { store, key, timings, clock } = this.#with
    const base = record ?? newRecord(this.#with)
    const at = await store.now()
    const ownAt = clock.now()
    const deadline = at + timings.request + timings.margin
    const intent = { holder: this.#holder, attempt: (base.intent?.attempt ?? 0) + 1, at, deadline }
    const next = { ...base, intent }
    if (!(await this.#keeper.write(version, next))) return undefined
    const unchanged =
      (await store.renew(key, this.#holder, timings.lease)) &&
      (await store.read(key))?.version === version + 1 && // else someone who had slept with the response has stored it by now
      (await store.now()) < deadline - timings.request
    if (unchanged) return { version: version + 1, record: next, at, ownAt }
    await this.#keeper.write(version + 1, base) // slept here for too long, and has sent nothing: others need not wait
    return undefined
  }

  async #send(record: TokenRecord, purpose: Purpose): Promise<Exchange> {
    const stop = this.#renewing()
    try {
      return await this.#with.obtain(tokenOf(record, '') ?? record.seed, purpose)
    } catch (error) {
      const own = error instanceof GrantError
      return {
        error: own ? error : new GrantError('network_error', 'the token could not be requested', { cause: error }),
      }
    } finally {
      stop()
    }
  }

  /** Keeps the lease for as long as the request takes. */
  #renewing(): () => void {
    const { store, key, clock, timings } = this.#with
    const stopped = new AbortController()
    const renew = async (): Promise<void> => {
      while (!stopped.signal.aborted) {
        await clock.sleep(timings.lease / 3, stopped.signal)
        if (!stopped.signal.aborted) await store.renew(key, this.#holder, timings.lease)
      }
    }
    renew().catch(() => undefined) // stopped, or the store is away: writing the result needs no lease
    return () => stopped.abort()
  }

  /** Keeps what came: the new refresh token at once, whatever becomes of the ID token that came with it. */
  async #receive(
    base: Journalled,
    { token, verified }: Extract<Exchange, { readonly token: Token }>,
    purpose: Purpose,
  ): Promise<FlightResult | undefined> {
    const { refreshToken } = token
    const hasRotated = refreshToken !== undefined && refreshToken !== refreshTokenOf(base.record)
    const pending = hasRotated && token.extra['id_token'] !== undefined
    const kept = pending ? await this.#store(base, token, (record) => rotated(record, refreshToken)) : base
    if (!kept) return undefined
    try {
      return await this.#keep(kept, await verified(), purpose)
    } catch (error) {
      if (!(error instanceof GrantError) || error.code === 'store_failed') throw error
      return this.#failed(kept, { error, rescued: refreshToken }, kindOf(error) === 'unknown' ? 'later' : kindOf(error))
    }
  }

  /** Stores the new token before anyone gets it. */
  async #keep(base: Journalled, token: Token, purpose: Purpose): Promise<FlightResult | undefined> {
    const obtainedAt = this.#with.clock.now()
    const obtained = { purpose: purpose.name, token, obtainedAt, storedAt: base.at + (obtainedAt - base.ownAt) }
    const kept = await this.#store(base, token, (record) => withToken(record, obtained))
    return kept && { token: tokenOf(kept.record, purpose.name) ?? token, final: true }
  }

  /** Writes a record that must not be lost over whatever is behind it. Undefined where something newer is there, which has the last word. */
  async #store(
    base: Journalled,
    token: Token,
    change: (record: TokenRecord) => TokenRecord,
  ): Promise<Journalled | undefined> {
    const { timings, discard } = this.#with
    let expected = base.version
    let next = change(base.record)
    for (;;) {
      if (await this.#keeper.writeForSure(expected, next, timings.margin))
        return { ...base, version: expected + 1, record: next }
      const { version, record } = await this.#keeper.load()
      if (record?.grant !== next.grant) {
        discard(token) // the user has logged out, or in again: theirs is the last word
        return undefined
      }
      if (!isBehind(record, next)) return undefined // a sibling of this refresh that is younger
      next = withIntentOf(record, next)
      expected = version
    }
  }

  async #failed(
    { version, record }: Journalled,
    { error, rescued }: Extract<Exchange, { readonly error: GrantError }>,
    kind: FailureKind,
  ): Promise<undefined> {
    const { store, emit, random, askable, believe } = this.#with
    if (kind === 'refused' && !askable && believe()) {
      if (!(await this.#keeper.write(version, { ...record, state: 'dead', intent: undefined }))) return undefined // something newer is there: that may work
      emit({ type: 'reauthorization_required', cause: isReplay(record) ? 'lost_after_rotation' : 'refused' })
      throw withRequired(error, record)
    }
    const kept = rescued === undefined ? record : withRefreshToken(record, rescued)
    const failure =
      kind === 'configuration'
        ? record.failure
        : failureOf({ error, before: record.failure, now: await store.now(), random: random() })
    const intent = kind === 'unknown' ? record.intent : undefined // the request may still be on its way
    await this.#keeper.write(version, { ...kept, intent, failure })
    throw kind === 'refused' && !askable ? incident(error) : error
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

/** Whether the refresh token had been sent before, and nobody knows what became of that. */
function isReplay({ intent }: TokenRecord): boolean {
  return intent !== undefined && intent.attempt > 1
}
