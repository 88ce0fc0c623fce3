import type { Emit } from '../protocol/events.ts'
import type { Clock } from '../transport/clock.ts'
import { Escrow } from './escrow.ts'
import { momentOf } from './honest-times.ts'
import type { KeyState } from './key-state.ts'
import { checkOwner, parseRecord, serialise } from './record-json.ts'
import type { TokenRecord } from './token-record.ts'
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
  /** The thumbprint of the provider's DPoP key, where it has one. */
  readonly boundTo?: string | undefined
  readonly clock: Clock
  readonly emit: Emit
}

/** A record and its version. */
export interface Entry {
  readonly version: number
  readonly record: TokenRecord | undefined
}

/** What stands under a key, whosever it is. */
interface AnyEntry extends Entry {
  /** Whether there is anything, even if it is damaged. */
  readonly stored: boolean
}

const longestPause = 30_000
const drainFor = 10 * 60_000

/** Reads and writes the record of one key, and loses none: neither when the store is away, nor when it went back in time. */
export class RecordKeeper {
  readonly #with: Keeping
  readonly #escrow: Escrow

  constructor(keeping: Keeping) {
    this.#with = keeping
    this.#escrow = new Escrow(keeping)
  }

  /** Reads the record. What this process or the escrow knows better is written back first. Rejects with `config_invalid` or `store_failed` for one of another provider, client or key. */
  async load(): Promise<Entry> {
    const found = await this.loadAny()
    const record = found.record && checkOwner(found.record, this.#with)
    const newer = record && (await this.#newer(found.version, record))
    if (newer) return this.#restore(found.version, newer)
    await this.#note(found.version, record)
    return { version: found.version, record }
  }

  /** Reads whatever record there is, of this owner or another: for a login, or a logout, which replaces it. */
  async loadAny(): Promise<AnyEntry> {
    const { store, key } = this.#with
    const { version, value } = (await store.read(key)) ?? { version: 0, value: undefined }
    if (value === undefined) return { version, record: undefined, stored: false }
    const found = parseRecord(value)
    if ('record' in found) return { version, record: found.record, stored: true }
    await this.#setAside(found.damaged)
    return { version, record: undefined, stored: true }
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

  /** Forgets the record, whatever is done to it meanwhile, and all that was kept beside it. Resolves to the record of this owner that was there. */
  async forget(): Promise<TokenRecord | undefined> {
    const { store, key, state, owner } = this.#with
    for (;;) {
      const { version, record, stored } = await this.loadAny()
      if (stored && !(await store.compareAndSet(key, version, {}))) continue
      Object.assign(state, { version: stored ? version + 1 : version, record: undefined, pending: undefined })
      await Promise.all([this.#escrow.forget(), this.#dropDamaged()])
      return record?.owner === owner ? record : undefined
    }
  }

  /**
   * Writes what must not be lost. A store that is away is asked again for a while; then the record goes into escrow, or
   * is kept here until the store is back. Resolves to false when someone else wrote, rejects when it is not safe yet.
   */
  async writeForSure(expected: number, record: TokenRecord, patience: number): Promise<boolean> {
    const { clock, emit, state } = this.#with
    const end = clock.now() + patience
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.write(expected, record)
      } catch (error) {
        if (attempt === 0) emit({ type: 'persist_delayed' })
        if (clock.now() >= end) {
          state.pending = record
          void this.#drain()
          if (!(await this.#escrow.keep(record))) throw error
          state.record = record // it is safe: it may be handed out
          return true
        }
        await clock.sleep(Math.min((patience / 50) * 2 ** attempt, patience / 5))
      }
    }
  }

  async #restore(version: number, record: TokenRecord): Promise<Entry> {
    if (!(await this.write(version, record))) return this.load()
    this.#with.emit({ type: 'restored' })
    await this.#escrow.empty()
    return { version: version + 1, record }
  }

  /** What another process wrote has its times by the store's clock, too: how far this clock is ahead of that is compared then. */
  async #note(version: number, record: TokenRecord | undefined): Promise<void> {
    const { store, state, clock } = this.#with
    const foreign =
      version !== state.version && record && Object.values(record.tokens).some((t) => t.storedAt !== undefined)
    if (foreign) {
      const { at, ownAt, comparable } = await momentOf(store, clock)
      if (comparable) state.ahead = ownAt - at
    }
    state.version = version
    state.record = record
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
    const known = [state.pending, lost, await this.#escrow.record()].find(
      (other) =>
        other && other.grant === record.grant && other.generation > record.generation && record.state === 'live',
    )
    if (state.pending && !known) state.pending = undefined
    if (!known) await this.#escrow.empty() // what it holds is behind, or of a grant that is over
    return known && { ...known, intent: undefined }
  }

  /** Keeps what was damaged beside the record, where it is out of the way and can be looked at until the user logs out. */
  async #setAside(damaged: string): Promise<void> {
    const { store, emit } = this.#with
    const place = this.#damagedKey()
    const { version = 0, value } = (await store.read(place)) ?? {}
    if (value === damaged) return
    if (await store.compareAndSet(place, version, { value: damaged })) emit({ type: 'damaged' })
  }

  async #dropDamaged(): Promise<void> {
    const { store } = this.#with
    const kept = await store.read(this.#damagedKey())
    if (kept?.value !== undefined) await store.compareAndSet(this.#damagedKey(), kept.version, {})
  }

  #damagedKey(): string {
    return `${this.#with.key}.damaged`
  }
}
