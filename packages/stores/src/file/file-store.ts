import { resolve } from 'node:path'
import type { StoredText, StoreWrite, TokenStore } from '@grantkit/core'
import { keptFor, untilOf } from '../shared/kept.ts'
import { holderOf, honest, newLease } from '../shared/lease.ts'
import { MarkedClock } from '../shared/node/marked-clock.ts'
import { refused } from '../shared/node/private-path.ts'
import { Directory } from './directory.ts'
import { type Entry, formatEntry, isForeign, isName, nameOf, parseEntry } from './entry.ts'
import { KernelLock } from './kernel-lock.ts'

/** Where a {@link fileStore} keeps its files. */
export interface FileStoreOptions {
  /** The directory, on a disk of this machine. It is made if there is none, for its owner alone; one that others may read is refused. */
  readonly path: string
  /** Milliseconds that a call waits while other processes write, before it rejects with `store_failed`; 10 seconds unless given. */
  readonly timeout?: number
}

/** A store in files. */
export interface FileStore extends TokenStore {
  /** `file:` and the path: what `encryptedStore` binds its strings to, unless it is given a name. */
  readonly name: string
  /** Closes the store, after the calls under way; every later write rejects. */
  close(): Promise<void>
}

/**
 * A store in a directory, for command line tools and small services: one file for each key, so that a write costs the
 * same with one user as with ten thousand, and a damaged file affects one user. The processes of one machine share it.
 * Files are for their owner alone from the moment that they exist, and replaced as a whole. What belongs to somebody else,
 * is a symbolic link or is open to other users is refused with `store_failed`, and left as it is. What is left of a
 * damaged file is read as it is, under a version of its own, so that the next login can be stored over it.
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
    this.#clock = new MarkedClock(lock) // the content of that file is SQLite's, and its times are ours
  }

  async read(key: string): Promise<StoredText | undefined> {
    const { version, value } = await this.#read(key) // no lock: a file is replaced, never changed
    return version > 0 ? { version, value } : undefined
  }

  async compareAndSet(key: string, expected: number, write: StoreWrite): Promise<boolean> {
    const { value } = write
    const change = (entry: Entry, now: number): Entry | undefined =>
      entry.version === expected ? { ...entry, version: expected + 1, value, until: untilOf(write, now) } : undefined
    const written = await this.#change(key, change, value !== undefined)
    if (!written || (value !== undefined && write.until === undefined)) return written
    const tidied = this.#tidy().catch(() => {}) // the write is made, whatever else fails
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

  /** Replaces what is stored, unless there is nothing to change; resolves to whether it did. */
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
      if (this.#isOver(changed, now)) await this.#directory.remove(nameOf(key))
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
      throw refused(this.#directory.pathOf(nameOf(key)), 'is of another key, or was not written by fileStore')
    // Damaged. The time of the file is a version that no write before it had, and that stays until the next one.
    return { key, version: Math.max(1, Math.floor(changedAt)), value: text }
  }

  /** Removes the files of keys that nobody would miss, once an hour at most. */
  async #tidy(): Promise<void> {
    const now = this.#clock.now()
    if (now < this.#tidyAt) return
    this.#tidyAt = now + keptFor
    for (const name of await this.#directory.names()) {
      if (!isName(name)) continue
      // oxlint-disable-next-line eslint/no-await-in-loop -- one file after the other, so that others get the lock in between
      const entry = parseEntry((await this.#directory.read(name).catch(() => undefined))?.text ?? '')
      if (!entry || !this.#isOver(entry, now)) continue
      // oxlint-disable-next-line eslint/no-await-in-loop -- likewise
      await this.#change(entry.key, (current, then) => (this.#isOver(current, then) ? current : undefined))
    }
  }

  /** Whether nobody would miss it: without a lease, and never written, or of no use for an hour. */
  #isOver({ lease, version, until = Infinity }: Entry, now: number): boolean {
    if (holderOf(honest(lease, now), now) !== undefined) return false
    return version === 0 || (until <= now - keptFor && !this.#clock.isDoubtful)
  }
}
