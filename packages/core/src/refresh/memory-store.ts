import { GrantError } from '../errors/grant-error.ts'
import { type Clock, systemClock } from '../transport/clock.ts'
import { isOn } from './honest-times.ts'
import type { StoredValue, StoreWrite, TokenStore } from './token-store.ts'

interface Watcher {
  onChange: (() => void) | undefined
}

interface Entry {
  readonly version: number
  readonly value?: string | undefined
  /** When it was forgotten, or from when on it is of no use; milliseconds since the epoch. */
  readonly until?: number | undefined
  readonly lease?: { readonly owner: string; readonly from: number; readonly until: number } | undefined
}

/** Milliseconds for which a version is kept beyond its use, so that a late write finds it. */
const keptFor = 60 * 60_000

/**
 * A store in the memory of this process: for tests, and for applications of one process whose tokens need not survive it.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@grantkit/core'
 *
 * const store = memoryStore()
 * await store.read('user:42') // => undefined
 * ```
 */
export function memoryStore({ clock = systemClock }: { readonly clock?: Pick<Clock, 'now'> } = {}): TokenStore {
  return new MemoryStore(clock)
}

class MemoryStore implements TokenStore {
  /** Says that nothing here outlives the process. */
  readonly volatile = true
  readonly #entries = new Map<string, Entry>()
  readonly #watchers = new Map<string, Set<Watcher>>()
  readonly #clock: Pick<Clock, 'now'>
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  async read(key: string): Promise<StoredValue | undefined> {
    const { version, value } = this.#entry(key)
    return version > 0 ? { version, value } : undefined
  }

  async compareAndSet(key: string, expected: number, { value, until }: StoreWrite): Promise<boolean> {
    const { version, lease } = this.#entry(key)
    if (version !== expected) return false
    this.#entries.set(key, {
      version: version + 1,
      value,
      until: value === undefined ? this.#clock.now() : until,
      lease,
    })
    for (const watcher of this.#watchers.get(key) ?? []) queueMicrotask(() => tell(watcher))
    this.#sweepOnceAnHour()
    return true
  }

  async acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    const entry = this.#entry(key)
    const holder = this.#holder(entry)
    if (holder !== undefined && holder !== owner) return false
    this.#entries.set(key, { ...entry, lease: this.#lease(owner, ttl) })
    this.#sweepOnceAnHour()
    return true
  }

  async renew(key: string, owner: string, ttl: number): Promise<boolean> {
    const entry = this.#entry(key)
    if (this.#holder(entry) !== owner) return false
    this.#entries.set(key, { ...entry, lease: this.#lease(owner, ttl) })
    return true
  }

  async release(key: string, owner: string): Promise<void> {
    const { lease, ...rest } = this.#entry(key)
    if (lease?.owner !== owner) return
    if (rest.version === 0) this.#entries.delete(key)
    else this.#entries.set(key, rest)
  }

  async now(): Promise<number> {
    return this.#clock.now()
  }

  watch(key: string, onChange: () => void): () => void {
    const watchers = this.#watchers.get(key) ?? new Set()
    const watcher: Watcher = { onChange }
    this.#watchers.set(key, watchers.add(watcher))
    return () => {
      watcher.onChange = undefined
      watchers.delete(watcher)
      if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key)
    }
  }

  #entry(key: string): Entry {
    return this.#entries.get(checkKey(key)) ?? { version: 0 }
  }

  #isOver(entry: Entry, now: number): boolean {
    const { version, until = Infinity } = entry
    return this.#holder(entry) === undefined && (version === 0 || until <= now - keptFor)
  }

  #lease(owner: string, ttl: number): NonNullable<Entry['lease']> {
    const from = this.#clock.now()
    return { owner, from, until: from + ttl }
  }

  /** Who has the lease. One from the future was taken by a clock that has gone back since: it is over. */
  #holder({ lease }: Entry): string | undefined {
    return lease && isOn(lease.from, lease.until, this.#clock.now()) ? lease.owner : undefined
  }

  /** Drops what nobody would miss. */
  #sweepOnceAnHour(): void {
    const now = this.#clock.now()
    if (isOn(this.#sweptAt, this.#sweptAt + keptFor, now)) return
    this.#sweptAt = now
    for (const [key, entry] of this.#entries) if (this.#isOver(entry, now)) this.#entries.delete(key)
  }
}

function checkKey(key: string): string {
  if (key === '') throw new GrantError('config_invalid', 'a key of a token store must not be empty')
  return key
}

/** A watcher that throws must not undo a write, nor keep the others from hearing of it. */
function tell({ onChange }: Watcher): void {
  try {
    onChange?.()
  } catch {
    // see above
  }
}
