import { type Clock, GrantError, type StoredValue, type StoreWrite, type TokenStore } from '@grantkit/core'
import { Calls } from '../shared/calls.ts'
import { withoutValue } from '../shared/engine-error.ts'
import { keptFor, untilOf } from '../shared/kept.ts'
import { SteadyClock } from '../shared/steady-clock.ts'
import { encodeString } from '../shared/string-encoding.ts'
import { KeyedTurns } from './keyed-turns.ts'
import { Leases } from './leases.ts'
import { formatEntry, parseEntry, type StoredEntry } from './stored-entry.ts'

/** Any storage of strings: a `Map`, browser storage, application settings, your own table. */
export interface StringStorage {
  /** The string under a key; undefined or null if there is none. */
  get(key: string): string | null | undefined | PromiseLike<string | null | undefined>
  /**
   * Stores a string under a key; when it resolves, the string is durable. From `sweepAt` on, in milliseconds since the
   * epoch, the storage may remove it by itself.
   */
  set(key: string, value: string, sweepAt?: number): unknown
  /** Removes the string under a key, if any. */
  delete(key: string): unknown
}

/** Options of {@link singleProcessStore}. */
export interface SingleProcessOptions {
  /** Whether the data is lost when the process exits, as in a `Map`. By default `false`. */
  readonly volatile?: boolean
  /** The clock for leases and times. By default that of the machine. */
  readonly clock?: Pick<Clock, 'now'>
}

/**
 * Turns any storage of strings into a token store, for an application with a single process: this object serializes the
 * writes of each key and holds the leases in memory, and each string contains its version. Create one store per storage
 * and share it: two stores would not see each other's leases.
 *
 * @example
 * ```ts
 * import { singleProcessStore } from '@grantkit/stores/single-process'
 *
 * const settings = new Map<string, string>()
 * const store = singleProcessStore(settings)
 * await store.compareAndSet('user:42', 0, { value: 'first' }) // => true
 * await store.read('user:42') // => { version: 1, value: 'first' }
 * ```
 */
export function singleProcessStore(storage: StringStorage, options: SingleProcessOptions = {}): TokenStore {
  for (const name of ['get', 'set', 'delete'] as const)
    if (typeof storage[name] !== 'function')
      throw new GrantError('config_invalid', `singleProcessStore needs { get, set, delete }: ${name} is not a function`)
  return new SingleProcessStore(storage, options)
}

class SingleProcessStore implements TokenStore {
  readonly volatile: boolean
  readonly #storage: StringStorage
  readonly #clock: SteadyClock
  readonly #turns = new KeyedTurns()
  readonly #leases = new Leases()
  readonly #calls = new Calls()
  /** Keys that were forgotten in the last hour, oldest first. */
  readonly #forgotten: { readonly key: string; readonly at: number }[] = []

  constructor(storage: StringStorage, { volatile = false, clock = Date }: SingleProcessOptions) {
    this.volatile = volatile
    this.#storage = storage
    this.#clock = new SteadyClock(() => clock.now())
  }

  async read(key: string): Promise<StoredValue | undefined> {
    const { version, value } = await this.#turns.run(key, () => this.#entry(key))
    return version > 0 ? { version, value } : undefined
  }

  async compareAndSet(key: string, expected: number, write: StoreWrite): Promise<boolean> {
    const written = await this.#turns.run(key, () => this.#write(key, expected, write))
    if (written) this.#calls.tell(key)
    await this.#sweep()
    return written
  }

  async acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    const now = this.#clock.now()
    const holder = this.#leases.holder(key, now)
    if (holder !== undefined && holder !== owner) return false
    this.#leases.take(key, { owner, ttl }, now)
    return true
  }

  async renew(key: string, owner: string, ttl: number): Promise<boolean> {
    const now = this.#clock.now()
    if (this.#leases.holder(key, now) !== owner) return false
    this.#leases.take(key, { owner, ttl }, now)
    return true
  }

  async release(key: string, owner: string): Promise<void> {
    this.#leases.release(key, owner)
  }

  async now(): Promise<number> {
    return this.#clock.now()
  }

  watch(key: string, onChange: () => void): () => void {
    return this.#calls.add(key, onChange)
  }

  async #write(key: string, expected: number, write: StoreWrite): Promise<boolean> {
    const { version } = await this.#entry(key)
    if (version !== expected) return false
    const now = this.#clock.now()
    const until = untilOf(write, now)
    const string = formatEntry({ version: expected + 1, value: write.value, until })
    const sweepAt = until === undefined ? undefined : until + keptFor
    await withoutValue('the storage', async () => this.#storage.set(encodeString(key), string, sweepAt))
    if (write.value === undefined) this.#forgotten.push({ key, at: now })
    return true
  }

  /** The entry of a key; an expired one is removed first. */
  async #entry(key: string): Promise<StoredEntry> {
    const stored = await this.#storage.get(encodeString(key))
    if (stored === undefined || stored === null) return { version: 0 }
    const entry = parseEntry(stored)
    const now = this.#clock.now()
    const isExpired = (entry.until ?? Infinity) <= now - keptFor && !this.#clock.isDoubtful
    if (!isExpired || this.#leases.holder(key, now) !== undefined) return entry
    await this.#storage.delete(encodeString(key))
    return { version: 0 }
  }

  /** Reads the keys that were forgotten an hour ago, which removes them. */
  async #sweep(): Promise<void> {
    const due = this.#clock.now() - keptFor
    const count = this.#forgotten.findIndex(({ at }) => at > due)
    const expired = this.#forgotten.splice(0, count < 0 ? this.#forgotten.length : count)
    await Promise.all(expired.map(({ key }) => this.#turns.run(key, () => this.#entry(key)))).catch(() => {}) // the write has succeeded in any case
  }
}
