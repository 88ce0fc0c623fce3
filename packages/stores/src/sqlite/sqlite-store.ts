import { dirname, resolve } from 'node:path'
import { GrantError, type StoredValue, type StoreWrite, type TokenStore } from '@grantkit/core'
import { withoutValue } from '../shared/engine-error.ts'
import { keptFor, untilOf } from '../shared/kept.ts'
import { MarkedClock } from '../shared/node/marked-clock.ts'
import { createDirectory, inspectParent } from '../shared/node/private-path.ts'
import { decodeString, encodeString } from '../shared/string-encoding.ts'
import { whenFree } from '../shared/node/when-free.ts'
import { LockedDatabase } from './locked-database.ts'
import { prepareSchema } from './schema.ts'
import { prepareStatements, type Statements } from './statements.ts'

/** Options of {@link sqliteStore}. */
export interface SqliteStoreOptions {
  /** The file, on a local disk. It is created if missing, for its owner only; one that others can access is refused. */
  readonly path: string
  /** Milliseconds that a call waits for other processes before it rejects with `store_failed`. By default 10 seconds. */
  readonly timeout?: number
}

/** A store in an SQLite database. */
export interface SqliteStore extends TokenStore {
  /** `sqlite:` and the path: the default name for `encryptedStore`. */
  readonly name: string
  /** Closes the database; every later call rejects. */
  close(): Promise<void>
}

/**
 * A store in an SQLite database, for any number of processes on one machine. SQLite is part of the runtime, so there is
 * nothing to install or run. When a call resolves, its data is on disk, and a replaced or forgotten value has been erased
 * from the file and its write-ahead log. No call blocks the event loop while it waits for another process. A file is
 * refused with `store_failed` and not changed if it is not a database, belongs to another application or user, is a
 * symbolic link, or is accessible to other users; so is a directory that others can write to.
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
 * await store.compareAndSet('user:42', 0, { value: 'first' }) // => true
 * await store.read('user:42') // => { version: 1, value: 'first' }
 * await store.close()
 * ```
 */
export function sqliteStore({ path, timeout = 10_000 }: SqliteStoreOptions): SqliteStore {
  if (path === '' || path === ':memory:')
    throw new GrantError('config_invalid', 'sqliteStore needs the path of a file; without one, use memoryStore()')
  return new Sqlite(resolve(path), timeout)
}

class Sqlite implements SqliteStore {
  readonly name: string
  readonly #path: string
  readonly #timeout: number
  readonly #database: LockedDatabase<Statements>
  readonly #clock: MarkedClock

  constructor(path: string, timeout: number) {
    this.name = `sqlite:${path}`
    this.#path = path
    this.#timeout = timeout
    this.#clock = new MarkedClock(`${path}-clock`)
    this.#database = new LockedDatabase(path, (database) => {
      prepareSchema(database, path)
      return prepareStatements(database)
    })
  }

  read(key: string): Promise<StoredValue | undefined> {
    return whenFree(this.#path, this.#timeout, () => {
      const row = this.#database.open().read.get(encodeString(key)) as
        | { version: number; value: string | null }
        | undefined
      return row && { version: row.version, value: row.value === null ? undefined : decodeString(row.value) }
    })
  }

  async compareAndSet(key: string, expected: number, write: StoreWrite): Promise<boolean> {
    const { value } = write
    let replaced = expected > 0
    const step = ({ statements, name, now }: Row): Outcome => {
      const until = untilOf(write, now)
      const string = value === undefined ? null : encodeString(value)
      const { changes } = statements.write.run(string, until ?? null, name, expected)
      if (changes > 0 && until !== undefined && !this.#clock.isDoubtful) replaced = tidy(statements, now) || replaced
      return { done: changes > 0 }
    }
    const written = await withoutValue('SQLite', () => this.#change(key, step))
    if (written && replaced) await this.#emptyLog()
    return written
  }

  acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    const [holder, time] = [encodeString(owner), Math.ceil(ttl)]
    return this.#change(key, ({ statements, name, now }) => {
      const clamped = statements.clamp.run(now, name, now).changes
      const taken = statements.acquire.run(holder, now + time, time, name, holder, now).changes
      return { done: taken > 0, changed: clamped > 0 || taken > 0 }
    })
  }

  renew(key: string, owner: string, ttl: number): Promise<boolean> {
    const [holder, time] = [encodeString(owner), Math.ceil(ttl)]
    return this.#change(key, ({ statements, name, now }) => ({
      done: statements.renew.run(now + time, time, name, holder, now).changes > 0,
    }))
  }

  async release(key: string, owner: string): Promise<void> {
    await this.#change(key, ({ statements, name }) => {
      const { changes } = statements.release.run(name, encodeString(owner))
      if (changes > 0) statements.drop.run(name)
      return { done: changes > 0 }
    })
  }

  async now(): Promise<number> {
    createDirectory(dirname(this.#path))
    inspectParent(dirname(this.#path))
    return this.#clock.now()
  }

  async close(): Promise<void> {
    this.#database.close()
  }

  /** Runs a step in a transaction on the row of a key. Resolves to whether the step succeeded. */
  #change(key: string, step: (row: Row) => Outcome): Promise<boolean> {
    const name = encodeString(key)
    return whenFree(this.#path, this.#timeout, () => {
      const statements = this.#database.begin()
      try {
        statements.add.run(name)
        const { done, changed = done } = step({ statements, name, now: Math.ceil(this.#clock.now()) })
        if (done || changed) this.#database.commit()
        else this.#database.rollback()
        return done
      } catch (error) {
        this.#database.rollback()
        throw error
      }
    })
  }

  /** Erases replaced values from the write-ahead log; the write has succeeded in any case. */
  async #emptyLog(): Promise<void> {
    const patience = Math.min(this.#timeout, 1_000)
    await whenFree(this.#path, patience, () => this.#database.emptyLog()).catch(() => {})
  }
}

interface Row {
  readonly statements: Statements
  readonly name: string
  readonly now: number
}

interface Outcome {
  /** Whether the step succeeded. */
  readonly done: boolean
  /** Whether anything was changed. By default the same as `done`. */
  readonly changed?: boolean
}

/** Removes expired rows. Returns whether there were any. */
function tidy(statements: Statements, now: number): boolean {
  const swept = statements.tidy.run(now, now - keptFor).changes
  statements.tidyLeases.run(now)
  return swept > 0
}
