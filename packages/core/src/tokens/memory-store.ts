import { GrantError } from '../errors/grant-error.ts'
import { type Clock, systemClock } from '../transport/clock.ts'
import type { StoredText, TokenStore } from './token-store.ts'

interface Watcher {
  onChange: (() => void) | undefined
}

interface Entry {
  version: number
  value: string | undefined
  lease?: { readonly owner: string; readonly until: number } | undefined
}

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
  readonly #entries = new Map<string, Entry>()
  readonly #watchers = new Map<string, Set<Watcher>>()
  readonly #clock: Pick<Clock, 'now'>

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  async read(key: string): Promise<StoredText | undefined> {
    const entry = this.#entries.get(checkKey(key))
    return entry && entry.version > 0 ? { version: entry.version, value: entry.value } : undefined
  }

  async compareAndSet(key: string, expected: number, value: string | undefined): Promise<boolean> {
    const entry = this.#entry(key)
    if (entry.version !== expected) return false
    entry.version += 1
    entry.value = value
    for (const watcher of this.#watchers.get(key) ?? []) queueMicrotask(() => tell(watcher))
    return true
  }

  async acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    const entry = this.#entry(key)
    if (this.#holder(entry) !== undefined && this.#holder(entry) !== owner) return false
    entry.lease = { owner, until: this.#clock.now() + ttl }
    return true
  }

  async renew(key: string, owner: string, ttl: number): Promise<boolean> {
    const entry = this.#entry(key)
    if (this.#holder(entry) !== owner) return false
    entry.lease = { owner, until: this.#clock.now() + ttl }
    return true
  }

  async release(key: string, owner: string): Promise<void> {
    const entry = this.#entry(key)
    if (entry.lease?.owner === owner) entry.lease = undefined
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
    }
  }

  #entry(key: string): Entry {
    const entry = this.#entries.get(checkKey(key)) ?? { version: 0, value: undefined }
    this.#entries.set(key, entry)
    return entry
  }

  #holder({ lease }: Entry): string | undefined {
    return lease && lease.until > this.#clock.now() ? lease.owner : undefined
  }
}

function checkKey(key: string): string {
  if (key === '') throw new GrantError('config_invalid', 'a key of a token store is not empty')
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
