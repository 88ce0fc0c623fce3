import { GrantError } from '../errors/grant-error.ts'
import type { Exchange } from '../protocol/port.ts'
import type { Token } from '../token/token.ts'
import type { Coordination, Purpose } from './coordination.ts'
import { byStoreClock, isBusy, type Moment, momentOf } from './honest-times.ts'
import type { FlightResult } from './key-state.ts'
import type { Entry, RecordKeeper } from './record-keeper.ts'
import { failureOf, type FailureKind, incident, kindOf, withRequired } from './refresh-failure.ts'
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
  readonly moment: Moment
}

/** One attempt to refresh, by whoever has the lease: it is noted, sent, and what came of it is written down. */
export class RefreshAttempt {
  readonly #with: Coordination
  readonly #keeper: RecordKeeper
  readonly #holder: string

  constructor(coordination: Coordination, keeper: RecordKeeper, holder: string) {
    this.#with = coordination
    this.#keeper = keeper
    this.#holder = holder
  }

  /** Refreshes what an entry holds. Undefined where somebody else is at it, or has written meanwhile. */
  async run(entry: Entry, purpose: Purpose): Promise<FlightResult | undefined> {
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
    const moment = await momentOf(store, clock)
    const { at } = moment
    const deadline = at + timings.request + timings.margin
    const intent = { holder: this.#holder, attempt: (base.intent?.attempt ?? 0) + 1, at, deadline }
    const next = { ...base, intent }
    if (!(await this.#keeper.write(version, next))) return undefined
    const unchanged =
      (await store.renew(key, this.#holder, timings.lease)) &&
      (await store.read(key))?.version === version + 1 && // else someone who had slept with the response has stored it by now
      (await store.now()) < deadline - timings.request
    if (unchanged) return { version: version + 1, record: next, moment }
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
    const { boundTo, clock } = this.#with
    const obtainedAt = clock.now()
    const storedAt = byStoreClock(obtainedAt, base.moment)
    const obtained = { purpose: purpose.name, token, obtainedAt, storedAt, boundTo }
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
}

/** Whether the refresh token had been sent before, and nobody knows what became of that. */
function isReplay({ intent }: TokenRecord): boolean {
  return intent !== undefined && intent.attempt > 1
}
