import { resolve } from 'node:path'
import type { StoredValue, StoreWrite, TokenStore } from '@grantkit/core'
import { keptFor, untilOf } from '../shared/kept.ts'
import { holderOf, honest, newLease } from '../shared/lease.ts'
import { MarkedClock } from '../shared/node/marked-clock.ts'
import { refused } from '../shared/node/private-path.ts'
import { Directory } from './directory.ts'
import { type Entry, formatEntry, isForeign, isName, nameOf, parseEntry } from './entry.ts'
import { KernelLock } from './kernel-lock.ts'

/** Options of {@link fileStore}. */
export interface FileStoreOptions {
  /** The directory, on a local disk. It is created if missing, for its owner only; one that others can access is refused. */
  readonly path: string
  /** Milliseconds that a call waits for other processes before it rejects with `store_failed`. By default 10 seconds. */
  readonly timeout?: number
}

/** A store in files. */
export interface FileStore extends TokenStore {
  /** `file:` and the path: the default name for `encryptedStore`. */
  readonly name: string
  /** Closes the store after pending calls; every later write rejects. */
  close(): Promise<void>
}

/**
 * A store in a directory, for command line tools and small services. The processes of one machine can share it. Each key
 * has its own file, so the cost of a write does not depend on the number of users, and a damaged file affects only one.
 * Files are private to their owner from the start and replaced atomically. A file or directory that belongs to another
 * user, is a symbolic link or is accessible to other users is refused with `store_failed` and not changed. The remains of
 * a damaged file are returned under a new version, so the next login can overwrite them.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { fileStore } from '@grantkit/stores/file'
 *
 * const home = await mkdtemp(join(tmpdir(), 'grantkit-'))
 * const store = fileStore({ path: join(home, 'tokens') })
 * await store.compareAndSet('user:42', 0, { value: 'first' }) // => true
 * await store.read('user:42') // => { version: 1, value: 'first' }
 * await store.close()
 * ```
 */
export function fileStore({ path, timeout = 10_000 }: FileStoreOptions): FileStore {
  return new Files(resolve(path), timeout)
}

class Files implements FileStore {
  readonly name: string
  readonly #directory: Directory
  readonly #lock: KernelLock
  readonly #clock: MarkedClock
  #tidyAt = 0

  constructor(path: string, timeout: number) {
    this.name = `file:${path}`
    this.#directory = new Directory(path)
    const lock = this.#directory.pathOf('lock')
    this.#lock = new KernelLock(lock, timeout)
    this.#clock = new MarkedClock(lock) // its content belongs to SQLite, its modification time to us
  }

  async read(key: string): Promise<StoredValue | undefined> {
    const { version, value } = await this.#read(key) // no lock: a file is replaced, never changed
    return version > 0 ? { version, value } : undefined
  }

  async compareAndSet(key: string, expected: number, write: StoreWrite): Promise<boolean> {
    const { value } = write
    const change = (entry: Entry, now: number): Entry | undefined =>
      entry.version === expected ? { ...entry, version: expected + 1, value, until: untilOf(write, now) } : undefined
    const written = await this.#change(key, change, value !== undefined)
    if (!written || (value !== undefined && write.until === undefined)) return written
    const tidied = this.#tidy().catch(() => {}) // the write has succeeded in any case
    if (value === undefined) await tidied
    return true
  }

  async acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    let taken = false
    await this.#change(key, (entry, now) => {
      const lease = honest(entry.lease, now)
      taken = [undefined, owner].includes(holderOf(lease, now))
      if (taken) return { ...entry, lease: newLease(owner, ttl, now) }
      return lease === entry.lease ? undefined : { ...entry, lease }
    })
    return taken
  }

  renew(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#change(key, (entry, now) =>
      holderOf(entry.lease, now) === owner ? { ...entry, lease: newLease(owner, ttl, now) } : undefined,
    )
  }

  async release(key: string, owner: string): Promise<void> {
    await this.#change(key, (entry) => (entry.lease?.owner === owner ? { ...entry, lease: undefined } : undefined))
  }

  async now(): Promise<number> {
    this.#directory.create()
    return this.#clock.now()
  }

  close(): Promise<void> {
    return this.#lock.close()
  }

  /** Replaces an entry if there is a change. Resolves to whether there was. */
  async #change(
    key: string,
    change: (entry: Entry, now: number) => Entry | undefined,
    urgent = false,
  ): Promise<boolean> {
    this.#directory.create()
    const step = async (): Promise<boolean> => {
      const entry = await this.#read(key)
      const now = this.#clock.now()
      const changed = change(entry, now)
      if (!changed) return false
      if (this.#isExpired(changed, now)) await this.#directory.remove(nameOf(key))
      else await this.#directory.write(nameOf(key), formatEntry(changed))
      return true
    }
    return this.#lock.hold(step, { urgent })
  }

  async #read(key: string): Promise<Entry> {
    const content = await this.#directory.read(nameOf(key))
    if (content === undefined) return { key, version: 0 }
    const { text, changedAt } = content
    const entry = parseEntry(text)
    if (entry?.key === key) return entry
    if (entry || isForeign(text))
      throw refused(this.#directory.pathOf(nameOf(key)), 'belongs to another key, or was not written by fileStore')
    // Damaged: the modification time is a version that no earlier write had, and it stays the same until the next write.
    return { key, version: Math.max(1, Math.floor(changedAt)), value: text }
  }

  /** Removes the files of expired keys, at most once an hour. */
  async #tidy(): Promise<void> {
    const now = this.#clock.now()
    if (now < this.#tidyAt) return
    this.#tidyAt = now + keptFor
    for (const name of await this.#directory.names()) {
      if (!isName(name)) continue
      // oxlint-disable-next-line eslint/no-await-in-loop -- one at a time, so that others can get the lock in between
      const entry = parseEntry((await this.#directory.read(name).catch(() => undefined))?.text ?? '')
      if (!entry || !this.#isExpired(entry, now)) continue
      // oxlint-disable-next-line eslint/no-await-in-loop -- likewise
      await this.#change(entry.key, (current, then) => (this.#isExpired(current, then) ? current : undefined))
    }
  }

  /** Whether an entry can be removed: it has no lease, and was never written or expired an hour ago. */
  #isExpired({ lease, version, until = Infinity }: Entry, now: number): boolean {
    if (holderOf(honest(lease, now), now) !== undefined) return false
    return version === 0 || (until <= now - keptFor && !this.#clock.isDoubtful)
  }
}
