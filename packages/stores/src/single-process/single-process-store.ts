import { type Clock, GrantError, type StoredText, type StoreWrite, type TokenStore } from '@grantkit/core'
import { Calls } from '../shared/calls.ts'
import { withoutValue } from '../shared/engine-error.ts'
import { keptFor, untilOf } from '../shared/kept.ts'
import { SteadyClock } from '../shared/steady-clock.ts'
import { encodeText } from '../shared/text.ts'
import { KeyedTurns } from './keyed-turns.ts'
import { Leases } from './leases.ts'
import { formatEntry, parseEntry, type StoredEntry } from './stored-entry.ts'

/** Any storage of strings: a `Map`, browser storage, the settings of an application, a table of your own. */
export interface StringStorage {
  /** The string under a key; undefined or null where there is none. */
  get(key: string): string | null | undefined | PromiseLike<string | null | undefined>
  /**
   * Keeps a string under a key; when it resolves, the string is safe. With `sweepAt`, the storage may remove it by itself
   * from that time on, in milliseconds since the epoch.
   */
  set(key: string, value: string, sweepAt?: number): unknown
  /** Removes what is under a key, if anything is. */
  delete(key: string): unknown
}

/** What a {@link singleProcessStore} has to know of its storage. */
export interface SingleProcessOptions {
  /** Whether what is stored is gone with the process, as in a `Map`; false unless given. */
  readonly volatile?: boolean
  /** The clock that leases and times are measured with; that of the machine unless given. */
  readonly clock?: Pick<Clock, 'now'>
}

/**
 * Makes a token store of any storage of strings, for an application that is one process: what the storage cannot do is done
 * in memory. Writes of one key wait for each other, leases live in this object, and each string has its version in it. Make
 * one store for each storage, and share it: two would not know of each other.
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
  /** What was forgotten in the last hour, oldest first. */
  readonly #forgotten: { readonly key: string; readonly at: number }[] = []

  constructor(storage: StringStorage, { volatile = false, clock = Date }: SingleProcessOptions) {
    this.volatile = volatile
    this.#storage = storage
    this.#clock = new SteadyClock(() => clock.now())
  }

  async read(key: string): Promise<StoredText | undefined> {
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
    await withoutValue('the storage', async () => this.#storage.set(encodeText(key), string, sweepAt))
    if (write.value === undefined) this.#forgotten.push({ key, at: now })
    return true
  }

  /** What is stored under a key; what nobody would miss is removed first. */
  async #entry(key: string): Promise<StoredEntry> {
    const stored = await this.#storage.get(encodeText(key))
    if (stored === undefined || stored === null) return { version: 0 }
    const entry = parseEntry(stored)
    const now = this.#clock.now()
    const isOver = (entry.until ?? Infinity) <= now - keptFor && !this.#clock.isDoubtful
    if (!isOver || this.#leases.holder(key, now) !== undefined) return entry
    await this.#storage.delete(encodeText(key))
    return { version: 0 }
  }

  /** Looks at what was forgotten an hour ago, which then goes. */
  async #sweep(): Promise<void> {
    const due = this.#clock.now() - keptFor
    const end = this.#forgotten.findIndex(({ at }) => at > due)
    const over = this.#forgotten.splice(0, end < 0 ? this.#forgotten.length : end)
    await Promise.all(over.map(({ key }) => this.#turns.run(key, () => this.#entry(key)))).catch(() => {}) // the write is made, whatever else fails
  }
}
