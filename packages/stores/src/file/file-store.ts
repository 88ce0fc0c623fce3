import { resolve } from 'node:path'
import type { StoredText, TokenStore } from '@grantkit/core'
import { forgottenFor } from '../shared/forgotten.ts'
import { refused } from '../shared/private-path.ts'
import { Directory } from './directory.ts'
import { type Entry, formatEntry, isName, nameOf, parseEntry } from './entry.ts'
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
  /** Closes the store, after the calls under way; every later write rejects. */
  close(): Promise<void>
}

/**
 * A store in a directory, for command line tools and small services: one file for each key, so that a write costs the
 * same with one user as with ten thousand, and a damaged file is the trouble of one user. The processes of one machine
 * share it. Files are for their owner alone from the moment that they exist, and replaced as a whole; what is damaged,
 * foreign, a symbolic link or open to other users is refused with `store_failed`, and left as it is.
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
 * await store.compareAndSet('user:42', 0, 'text') // => true
 * await store.read('user:42') // => { version: 1, value: 'text' }
 * await store.close()
 * ```
 */
export function fileStore({ path, timeout = 10_000 }: FileStoreOptions): FileStore {
  return new Files(new Directory(resolve(path)), timeout)
}

class Files implements FileStore {
  readonly #directory: Directory
  readonly #lock: KernelLock
  #tidyAt = 0

  constructor(directory: Directory, timeout: number) {
    this.#directory = directory
    this.#lock = new KernelLock(directory.pathOf('lock'), timeout)
  }

  async read(key: string): Promise<StoredText | undefined> {
    const { version, value } = await this.#read(key) // no lock: a file is replaced, never changed
    return version > 0 ? { version, value } : undefined
  }

  async compareAndSet(key: string, expected: number, value: string | undefined): Promise<boolean> {
    const forgottenAt = value === undefined ? Date.now() : undefined
    const written = await this.#change(key, (entry) =>
      entry.version === expected ? { ...entry, version: expected + 1, value, forgottenAt } : undefined,
    )
    if (written && value === undefined) await this.#tidy().catch(() => {}) // the write is made, whatever else fails
    return written
  }

  acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#change(key, (entry) =>
      [undefined, owner].includes(holderOf(entry))
        ? { ...entry, lease: { owner, until: Date.now() + ttl } }
        : undefined,
    )
  }

  renew(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#change(key, (entry) =>
      holderOf(entry) === owner ? { ...entry, lease: { owner, until: Date.now() + ttl } } : undefined,
    )
  }

  async release(key: string, owner: string): Promise<void> {
    await this.#change(key, (entry) => (entry.lease?.owner === owner ? { ...entry, lease: undefined } : undefined))
  }

  async now(): Promise<number> {
    return Date.now()
  }

  close(): Promise<void> {
    return this.#lock.close()
  }

  /** Replaces what is stored, unless there is nothing to change; resolves to whether it did. */
  async #change(key: string, change: (entry: Entry) => Entry | undefined): Promise<boolean> {
    this.#directory.create()
    return this.#lock.hold(async () => {
      const changed = change(await this.#read(key))
      if (!changed) return false
      if (isOver(changed)) await this.#directory.remove(nameOf(key))
      else await this.#directory.write(nameOf(key), formatEntry(changed))
      return true
    })
  }

  async #read(key: string): Promise<Entry> {
    const text = await this.#directory.read(nameOf(key))
    if (text === undefined) return { key, version: 0 }
    const entry = parseEntry(text)
    if (entry?.key === key) return entry
    throw refused(this.#directory.pathOf(nameOf(key)), 'is damaged, or was not written by fileStore')
  }

  /** Removes the files of keys that were forgotten long ago, once an hour at most. */
  async #tidy(): Promise<void> {
    if (Date.now() < this.#tidyAt) return
    this.#tidyAt = Date.now() + forgottenFor
    for (const name of await this.#directory.names()) {
      if (!isName(name)) continue
      // oxlint-disable-next-line eslint/no-await-in-loop -- one file after the other, so that others get the lock in between
      const entry = parseEntry((await this.#directory.read(name).catch(() => '')) ?? '')
      // oxlint-disable-next-line eslint/no-await-in-loop -- likewise
      if (entry && isOver(entry)) await this.#change(entry.key, (current) => (isOver(current) ? current : undefined))
    }
  }
}

function holderOf({ lease }: Entry): string | undefined {
  return lease && lease.until > Date.now() ? lease.owner : undefined
}

/** Whether nothing would be missed: no lease, and nothing ever written, or forgotten long ago. */
function isOver(entry: Entry): boolean {
  const { version, forgottenAt = Infinity } = entry
  return holderOf(entry) === undefined && (version === 0 || forgottenAt < Date.now() - forgottenFor)
}
