import { rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { StoredValue, StoreWrite, TokenStore } from '@grantkit/core'

export interface SqliteOptions {
  readonly path: string
  readonly fault?: Fault | undefined
}

/** Faults that show only across processes, or when one is killed. */
export type Fault = keyof typeof faults

/** A store that several processes share; correct unless given a fault. */
export default async function open({ path, fault }: SqliteOptions): Promise<SqliteStore> {
  const store = new SqliteStore(path)
  return Object.assign(store, fault === undefined ? {} : faults[fault](store, path))
}

export class SqliteStore implements TokenStore {
  readonly #database: DatabaseSync
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(path: string) {
    this.#database = new DatabaseSync(path)
    this.#database.exec('PRAGMA busy_timeout = 20000; PRAGMA synchronous = OFF; BEGIN IMMEDIATE')
    this.#database.exec('CREATE TABLE IF NOT EXISTS records (key BLOB PRIMARY KEY, version INTEGER, value BLOB) STRICT')
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS leases (key BLOB PRIMARY KEY, owner TEXT, until REAL) STRICT; COMMIT',
    )
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#database.close()
  }

  async read(key: string): Promise<StoredValue | undefined> {
    const row = this.#database.prepare('SELECT version, value FROM records WHERE key = ?').get(bytes(key))
    return row && { version: Number(row['version']), value: text(row['value'] as Uint8Array | null) }
  }

  async compareAndSet(key: string, expected: number, { value }: StoreWrite): Promise<boolean> {
    return this.#atomically(() => {
      const row = this.#database.prepare('SELECT version FROM records WHERE key = ?').get(bytes(key))
      if (Number(row?.['version'] ?? 0) !== expected) return false
      this.put(key, expected + 1, value)
      return true
    })
  }

  async acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#atomically(() => {
      if (![undefined, owner].includes(this.#holder(key))) return false
      this.#lease(key, owner, ttl)
      return true
    })
  }

  async renew(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#atomically(() => {
      if (this.#holder(key) !== owner) return false
      this.#lease(key, owner, ttl)
      return true
    })
  }

  async release(key: string, owner: string): Promise<void> {
    this.#database.prepare('DELETE FROM leases WHERE key = ? AND owner = ?').run(bytes(key), owner)
  }

  async now(): Promise<number> {
    return Date.now()
  }

  watch(key: string, onChange: () => void): () => void {
    let seen = this.#version(key)
    const timer = setInterval(() => {
      if (seen !== (seen = this.#version(key))) onChange()
    }, 5)
    this.#timers.add(timer)
    return () => clearInterval(timer)
  }

  /** Writes over any version. */
  put(key: string, version: number, value: string | undefined): void {
    const blob = value === undefined ? null : bytes(value)
    this.#database.prepare('INSERT OR REPLACE INTO records VALUES (?, ?, ?)').run(bytes(key), version, blob)
  }

  #version(key: string): number {
    return Number(this.#database.prepare('SELECT version FROM records WHERE key = ?').get(bytes(key))?.['version'] ?? 0)
  }

  #holder(key: string): string | undefined {
    const sql = 'SELECT owner FROM leases WHERE key = ? AND until > ?'
    return this.#database.prepare(sql).get(bytes(key), Date.now())?.['owner'] as string | undefined
  }

  #lease(key: string, owner: string, ttl: number): void {
    this.#database.prepare('INSERT OR REPLACE INTO leases VALUES (?, ?, ?)').run(bytes(key), owner, Date.now() + ttl)
  }

  #atomically<Result>(step: () => Result): Result {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      return step()
    } finally {
      this.#database.exec('COMMIT')
    }
  }
}

const faults = {
  /** Reads first, and writes a little later. */
  unlocked: (store) => ({
    async compareAndSet(key, expected, { value }) {
      const { version = 0 } = (await store.read(key)) ?? {}
      await setTimeout(2)
      if (version === expected) store.put(key, version + 1, value)
      return version === expected
    },
  }),
  /** Reports success before it has written. */
  early: (store) => ({
    async compareAndSet(key, expected, { value }) {
      const { version = 0 } = (await store.read(key)) ?? {}
      if (version === expected) void setImmediate().then(() => store.put(key, version + 1, value))
      return version === expected
    },
  }),
  /** Writes the version, then the value. */
  torn: (store) => ({
    async compareAndSet(key, expected, { value }) {
      const { version = 0, value: before } = (await store.read(key)) ?? {}
      if (version !== expected) return false
      store.put(key, version + 1, before)
      await setTimeout(5)
      store.put(key, version + 1, value)
      return true
    },
  }),
  /** Locks with a file, which remains when its process is killed. */
  locked: (store, path) => ({
    async compareAndSet(key, expected, { value }) {
      try {
        writeFileSync(`${path}.lock`, '', { flag: 'wx' })
      } catch {
        throw new Error('another process has the lock')
      }
      await setTimeout(5)
      const written = await SqliteStore.prototype.compareAndSet.call(store, key, expected, { value })
      rmSync(`${path}.lock`)
      return written
    },
  }),
  /** Keeps its leases in its own memory. */
  ownLeases: () => {
    const owners = new Map<string, string>()
    return {
      acquire: async (key, owner) => [undefined, owner].includes(owners.get(key)) && owners.set(key, owner).has(key),
      release: async (key) => void owners.delete(key),
    }
  },
  /** Takes milliseconds for seconds. */
  endlessLeases: (store) => ({
    acquire: (key, owner, ttl) => SqliteStore.prototype.acquire.call(store, key, owner, ttl * 1_000),
  }),
  /** Uses the clock of its own process. */
  ownClock: () => ({ now: async () => Date.now() + process.pid * 1_000 }),
  /** Notifies only of writes by its own process. */
  ownWatch: (store) => {
    const watchers = new Set<() => void>()
    return {
      async compareAndSet(key, expected, { value }) {
        const written = await SqliteStore.prototype.compareAndSet.call(store, key, expected, { value })
        if (written) for (const onChange of watchers) onChange()
        return written
      },
      watch(_key, onChange) {
        watchers.add(onChange)
        return () => void watchers.delete(onChange)
      },
    }
  },
} satisfies Record<string, (store: SqliteStore, path: string) => Partial<TokenStore>>

function bytes(value: string): Uint8Array {
  return Buffer.from(value, 'utf16le')
}

function text(blob: Uint8Array | null): string | undefined {
  return blob === null ? undefined : Buffer.from(blob).toString('utf16le')
}
