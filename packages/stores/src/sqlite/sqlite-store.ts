import { dirname, resolve } from 'node:path'
import { GrantError, type StoredText, type StoreWrite, type TokenStore } from '@grantkit/core'
import { withoutValue } from '../shared/engine-error.ts'
import { keptFor, untilOf } from '../shared/kept.ts'
import { MarkedClock } from '../shared/node/marked-clock.ts'
import { createDirectory, inspectParent } from '../shared/node/private-path.ts'
import { decodeText, encodeText } from '../shared/text.ts'
import { whenFree } from '../shared/node/when-free.ts'
import { LockedDatabase } from './locked-database.ts'
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
  /** `sqlite:` and the path: what `encryptedStore` binds its strings to, unless it is given a name. */
  readonly name: string
  /** Closes the database; every later call rejects. */
  close(): Promise<void>
}

/**
 * A store in an SQLite database, for any number of processes of one machine, with nothing to install or to run: the
 * runtime has SQLite in it. What was written is on the disk when a call resolves, and no call makes the event loop wait
 * for another process. What was replaced or forgotten is overwritten in the file, and leaves its write-ahead log, before
 * the call resolves. A file that is not a database, is another application's or another user's, is a symbolic link or open
 * to other users is refused with `store_failed`, and left as it is; so is a directory that others can write to.
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

  read(key: string): Promise<StoredText | undefined> {
    return whenFree(this.#path, this.#timeout, () => {
      const row = this.#database.open().read.get(encodeText(key)) as
        | { version: number; value: string | null }
        | undefined
      return row && { version: row.version, value: row.value === null ? undefined : decodeText(row.value) }
    })
  }

  async compareAndSet(key: string, expected: number, write: StoreWrite): Promise<boolean> {
    const { value } = write
    let replaced = expected > 0
    const step = ({ statements, name, now }: Row): Outcome => {
      const until = untilOf(write, now)
      const string = value === undefined ? null : encodeText(value)
      const { changes } = statements.write.run(string, until ?? null, name, expected)
      if (changes > 0 && until !== undefined && !this.#clock.isDoubtful) replaced = tidy(statements, now) || replaced
      return { done: changes > 0 }
    }
    const written = await withoutValue('SQLite', () => this.#change(key, step))
    if (written && replaced) await this.#emptyLog()
    return written
  }

  acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    const [holder, time] = [encodeText(owner), Math.ceil(ttl)]
    return this.#change(key, ({ statements, name, now }) => {
      const clamped = statements.clamp.run(now, name, now).changes
      const taken = statements.acquire.run(holder, now + time, time, name, holder, now).changes
      return { done: taken > 0, changed: clamped > 0 || taken > 0 }
    })
  }

  renew(key: string, owner: string, ttl: number): Promise<boolean> {
    const [holder, time] = [encodeText(owner), Math.ceil(ttl)]
    return this.#change(key, ({ statements, name, now }) => ({
      done: statements.renew.run(now + time, time, name, holder, now).changes > 0,
    }))
  }

  async release(key: string, owner: string): Promise<void> {
    await this.#change(key, ({ statements, name }) => {
      const { changes } = statements.release.run(name, encodeText(owner))
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

  /** Runs a step in a transaction of its own, on the row of a key, and keeps what it changed; resolves to whether it is done. */
  #change(key: string, step: (row: Row) => Outcome): Promise<boolean> {
    const name = encodeText(key)
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

  /** Has the string that was replaced leave the write-ahead log; the write is made, whether or not that succeeds now. */
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
  /** Whether what was asked for is done. */
  readonly done: boolean
  /** Whether anything is different from before; as `done` unless given. */
  readonly changed?: boolean
}

/** Removes what nobody would miss, and says whether there was any of it. */
function tidy(statements: Statements, now: number): boolean {
  const swept = statements.tidy.run(now, now - keptFor).changes
  statements.tidyLeases.run(now)
  return swept > 0
}
