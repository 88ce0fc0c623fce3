import { resolve } from 'node:path'
import { GrantError, type StoredText, type TokenStore } from '@grantkit/core'
import { forgottenFor } from '../shared/forgotten.ts'
import { LockedDatabase } from '../shared/locked-database.ts'
import { decodeText, encodeText } from '../shared/text.ts'
import { whenFree } from '../shared/when-free.ts'
import { prepareSchema } from './schema.ts'
import { prepareStatements, type Statements } from './statements.ts'

/** Where an {@link sqliteStore} keeps its database. */
export interface SqliteStoreOptions {
  /** The file, on a disk of this machine. It is made if there is none, for its owner alone; one that others may read is refused. */
  readonly path: string
  /** Milliseconds that a call waits while other processes write, before it rejects with `store_failed`; 10 seconds unless given. */
  readonly timeout?: number
}

/** A store in an SQLite database. */
export interface SqliteStore extends TokenStore {
  /** Closes the database; every later call rejects. */
  close(): Promise<void>
}

/**
 * A store in an SQLite database, for any number of processes of one machine, with nothing to install or to run: the
 * runtime has SQLite in it. What was written is on the disk when a call resolves, and no call makes the event loop wait
 * for another process. A file that is no database, another application's, a symbolic link or open to other users is
 * refused with `store_failed`, and left as it is.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { sqliteStore } from '@grantkit/stores/sqlite'
 *
 * const home = await mkdtemp(join(tmpdir(), 'grantkit-'))
 * const store = sqliteStore({ path: join(home, 'tokens.db') })
 * await store.compareAndSet('user:42', 0, 'text') // => true
 * await store.read('user:42') // => { version: 1, value: 'text' }
 * await store.close()
 * ```
 */
export function sqliteStore({ path, timeout = 10_000 }: SqliteStoreOptions): SqliteStore {
  if (path === '' || path === ':memory:')
    throw new GrantError('config_invalid', 'sqliteStore needs the path of a file; without one, use memoryStore()')
  return new Sqlite(resolve(path), timeout)
}

class Sqlite implements SqliteStore {
  readonly #path: string
  readonly #timeout: number
  readonly #database: LockedDatabase<Statements>

  constructor(path: string, timeout: number) {
    this.#path = path
    this.#timeout = timeout
    this.#database = new LockedDatabase(path, (database) => {
      prepareSchema(database, path)
      return prepareStatements(database)
    })
  }

  read(key: string): Promise<StoredText | undefined> {
    return whenFree(this.#path, this.#timeout, () => {
      const row = this.#database.open().read.get(encodeText(key)) as
        | { version: number; value: string | null }
        | undefined
      return row && { version: row.version, value: row.value === null ? undefined : decodeText(row.value) }
    })
  }

  compareAndSet(key: string, expected: number, value: string | undefined): Promise<boolean> {
    return this.#change(key, (name, { write, tidy }) => {
      const now = Date.now()
      const forgotten = value === undefined
      const { changes } = write.run(forgotten ? null : encodeText(value), forgotten ? now : null, name, expected)
      if (changes > 0 && forgotten) tidy.run(now, now - forgottenFor)
      return changes
    })
  }

  acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#change(
      key,
      (name, { acquire }) => acquire.run(encodeText(owner), Date.now(), Math.ceil(ttl), name).changes,
    )
  }

  renew(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#change(
      key,
      (name, { renew }) => renew.run(encodeText(owner), Date.now(), Math.ceil(ttl), name).changes,
    )
  }

  async release(key: string, owner: string): Promise<void> {
    await this.#change(key, (name, { release }) => release.run(name, encodeText(owner)).changes)
  }

  async now(): Promise<number> {
    return Date.now()
  }

  async close(): Promise<void> {
    this.#database.close()
  }

  /** Runs a step in a transaction of its own, on the row of a key; resolves to whether it changed the row. */
  #change(key: string, step: (name: string, statements: Statements) => number | bigint): Promise<boolean> {
    const name = encodeText(key)
    return whenFree(this.#path, this.#timeout, () => {
      const statements = this.#database.begin()
      try {
        statements.add.run(name)
        const changed = step(name, statements) > 0
        if (changed) this.#database.commit()
        else this.#database.rollback()
        return changed
      } catch (error) {
        this.#database.rollback()
        throw error
      }
    })
  }
}
