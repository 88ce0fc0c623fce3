import type { Emit } from '../protocol/events.ts'
import type { Clock } from '../transport/clock.ts'
import type { KeyState } from './key-state.ts'
import type { Token } from '../token/token.ts'
import { parseRecord, serialise, tokenOf, type TokenRecord } from './token-record.ts'
import type { TokenStore } from './token-store.ts'

/** What a keeper works with. */
export interface Keeping {
  readonly store: TokenStore
  /** Where a new token waits while the store is away. */
  readonly escrow: TokenStore | undefined
  readonly key: string
  readonly state: KeyState
  /** Provider and client, which a record has to belong to. */
  readonly owner: string
  readonly clock: Clock
  readonly emit: Emit
}

/** A record and its version. */
export interface Entry {
  readonly version: number
  readonly record: TokenRecord | undefined
}

const longestPause = 30_000
const drainFor = 10 * 60_000

/** Reads and writes the record of one key, and loses none: neither when the store is away, nor when it went back in time. */
export class RecordKeeper {
  readonly #with: Keeping

  constructor(keeping: Keeping) {
    this.#with = keeping
  }

  /** Reads the record. What this process or the escrow knows better is written back first. */
  async load(): Promise<Entry> {
    const { store, key, state, owner } = this.#with
    const { version, value } = (await store.read(key)) ?? { version: 0, value: undefined }
    const record = value === undefined ? undefined : parseRecord(value, owner)
    const newer = record && (await this.#newer(version, record))
    if (newer) return this.#restore(version, newer)
    state.version = version
    state.record = record
    return { version, record }
  }

  async #restore(version: number, record: TokenRecord): Promise<Entry> {
    if (!(await this.write(version, record))) return this.load()
    this.#with.emit({ type: 'restored' })
    return { version: version + 1, record }
  }

  /** Writes if nobody else did, and resolves to whether it did. */
  async write(expected: number, record: TokenRecord): Promise<boolean> {
    const { store, key, state } = this.#with
    if (!(await store.compareAndSet(key, expected, { value: serialise(record) }))) return false
    state.version = expected + 1
    state.record = record
    if (state.pending && state.pending.generation <= record.generation) state.pending = undefined
    return true
  }

  /** Forgets the record, whatever is done to it meanwhile, and resolves to the token that was in it. */
  async forget(): Promise<Token | undefined> {
    const { store, key, state } = this.#with
    for (;;) {
      const { version, record } = await this.load()
      if (record && !(await store.compareAndSet(key, version, {}))) continue
      Object.assign(state, { version: record ? version + 1 : version, record: undefined, pending: undefined })
      return tokenOf(record, '')
    }
  }

  /**
   * Writes what must not be lost. A store that is away is asked again for a while; then the record goes into escrow, or
   * is kept here until the store is back. Resolves to false when someone else wrote, rejects when it is not safe yet.
   */
  async writeForSure(expected: number, record: TokenRecord, patience: number): Promise<boolean> {
    const { clock, emit } = this.#with
    const end = clock.now() + patience
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.write(expected, record)
      } catch (error) {
        if (attempt === 0) emit({ type: 'persist_delayed' })
        if (clock.now() >= end) {
          if (await this.#toEscrow(record)) return true
          throw error
        }
        await clock.sleep(Math.min(100 * 2 ** attempt, 1000))
      }
    }
  }

  async #toEscrow(record: TokenRecord): Promise<boolean> {
    const { escrow, key, state } = this.#with
    state.pending = record
    void this.#drain()
    const { version = 0 } = (await escrow?.read(key).catch(() => undefined)) ?? {}
    const kept = await escrow?.compareAndSet(key, version, { value: serialise(record) }).catch(() => false)
    if (kept) state.record = record // it is safe: it may be handed out
    return kept === true
  }

  /** Tries to bring home what is kept here, as long as this process runs and nothing newer is there. */
  async #drain(): Promise<void> {
    const { clock, state } = this.#with
    const end = clock.now() + drainFor
    for (let pause = 1000; state.pending && clock.now() < end; pause = Math.min(pause * 2, longestPause)) {
      await clock.sleep(pause)
      await this.load().catch(() => undefined) // still away
    }
  }

  /** The record of the same grant that was refreshed further: kept here, in escrow, or known from before a store lost its last write. */
  async #newer(version: number, record: TokenRecord): Promise<TokenRecord | undefined> {
    const { state } = this.#with
    const lost = version < state.version ? state.record : undefined
    const known = [state.pending, lost, await this.#inEscrow()].find(
      (other) =>
        other && other.grant === record.grant && other.generation > record.generation && record.state === 'live',
    )
    if (state.pending && !known) state.pending = undefined
    return known && { ...known, intent: undefined }
  }

  async #inEscrow(): Promise<TokenRecord | undefined> {
    const { escrow, key, owner } = this.#with
    const kept = await escrow?.read(key)
    return kept?.value === undefined ? undefined : parseRecord(kept.value, owner)
  }
}
