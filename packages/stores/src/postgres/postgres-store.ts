import { createHash } from 'node:crypto'
import { GrantError, type StoredText, type StoreWrite, type TokenStore } from '@grantkit/core'
import { withoutValue } from '../shared/engine-error.ts'
import { decodeText, encodeText } from '../shared/text.ts'
import { Turns } from '../shared/turns.ts'
import { Watchers } from '../shared/watchers.ts'
import { type Database, databaseOf, type PgPool, type PostgresSql, type Row } from './database.ts'
import { codeOf, migrate } from './migrate.ts'
import { type Statements, statementsFor } from './statements.ts'
import { type Table, tableOf } from './table.ts'

/** Where a {@link postgresStore} keeps its rows. */
export interface PostgresStoreOptions {
  /** Your own pool of the package `pg`, or `sql` of the package `postgres`, closed by you; or anything with a `query(text, values)` that resolves to `{ rows }`. */
  readonly pool: PgPool | PostgresSql
  /** The table, with its schema if it is not on the search path; `grantkit_tokens` unless given. */
  readonly table?: string
}

/** A store in PostgreSQL. */
export interface PostgresStore extends TokenStore {
  /** `postgres:` and the table: what `encryptedStore` binds its strings to, unless it is given a name. */
  readonly name: string
  /**
   * Makes the table, or brings it up to date: when you deploy, or when each process starts, as many as there are. A
   * table that is not ours rejects with `store_failed`, and stays as it is.
   */
  migrate(): Promise<void>
}

/**
 * A store in PostgreSQL 11 or later, for a fleet that runs one: what was written is as safe as the rest of the database.
 * Each call is one statement, which holds no connection and no lock afterwards, so a pooler may stand in between. The
 * clock is the server's.
 *
 * @example
 * ```ts postgres
 * import { postgresStore } from '@grantkit/stores/postgres'
 * import { Pool } from 'pg'
 *
 * const pool = new Pool({ connectionString: process.env['DATABASE_URL'] })
 * const store = postgresStore({ pool })
 * await store.migrate()
 * await store.compareAndSet('user:42', 0, { value: 'first' }) // => true
 * await store.read('user:42') // => { version: 1, value: 'first' }
 * await pool.end()
 * ```
 */
export function postgresStore({ pool, table = 'grantkit_tokens' }: PostgresStoreOptions): PostgresStore {
  return new Postgres(databaseOf(pool), tableOf(table))
}

class Postgres implements PostgresStore {
  readonly name: string
  readonly watch?: (key: string, onChange: () => void) => () => void
  readonly #database: Database
  readonly #table: Table
  readonly #statements: Statements
  readonly #turns: Turns

  constructor(database: Database, table: Table) {
    this.name = `postgres:${table.name}`
    this.#turns = new Turns(database.connections)
    this.#database = database
    this.#table = table
    this.#statements = statementsFor(table)
    if (!database.listen) return
    const watchers = new Watchers(database.listen)
    this.watch = (key, onChange) => watchers.watch(digest(key), onChange)
  }

  migrate(): Promise<void> {
    return migrate(this.#database, this.#table)
  }

  async read(key: string): Promise<StoredText | undefined> {
    const [row] = await this.#query('read', nameOf(key))
    if (!row) return undefined
    const { version, value } = row as { version: number; value: string | null }
    return { version, value: value === null ? undefined : decodeText(value) }
  }

  async compareAndSet(key: string, expected: number, { value, until }: StoreWrite): Promise<boolean> {
    const end = value !== undefined && Number.isFinite(until) ? until : null
    const parameters = [nameOf(key), value === undefined ? null : encodeText(value), end, digest(key)]
    const written = await withoutValue('PostgreSQL', () =>
      expected === 0 ? this.#changes('insert', ...parameters) : this.#changes('update', ...parameters, expected),
    )
    if (!written || (value !== undefined && end === null)) return written
    const tidied = this.#query('tidy').catch(() => {}) // the write is made, whatever else fails
    if (value === undefined) await tidied
    return true
  }

  async acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    const [row] = await this.#query('acquire', nameOf(key), encodeText(owner), ttl)
    return row?.['done'] === true
  }

  renew(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#changes('renew', nameOf(key), encodeText(owner), ttl)
  }

  async release(key: string, owner: string): Promise<void> {
    await this.#query('release', nameOf(key), encodeText(owner))
  }

  async now(): Promise<number> {
    const [row] = await this.#query('now')
    return Number(row?.['now'])
  }

  async #changes(statement: keyof Statements, ...values: unknown[]): Promise<boolean> {
    return (await this.#query(statement, ...values)).length > 0
  }

  async #query(statement: keyof Statements, ...values: unknown[]): Promise<readonly Row[]> {
    try {
      const urgent = (statement === 'insert' || statement === 'update') && values[1] !== null
      return await this.#turns.run(() => this.#database.query(this.#statements[statement], values), { urgent })
    } catch (error) {
      // serialization_failure, where transactions are serializable: another was faster, and nothing was done
      if (codeOf(error) === '40001') return this.#query(statement, ...values)
      if (codeOf(error) !== '42P01') throw error // undefined_table
      const message = `there is no table ${this.#table.name}: call migrate() of the store when you deploy, or when you start`
      throw new GrantError('store_failed', message, { action: 'fix_configuration' })
    }
  }
}

/** An index of PostgreSQL takes some 2,700 bytes: of what is longer, its digest stands there, which no shorter one can equal. */
function nameOf(key: string): string {
  const name = encodeText(key)
  return name.length <= 800 ? name : `%sha256:${digest(key)}`
}

/** What stands for a key in an announcement, which every user of the database may hear. */
function digest(key: string): string {
  return createHash('sha256').update(encodeText(key)).digest('hex')
}
