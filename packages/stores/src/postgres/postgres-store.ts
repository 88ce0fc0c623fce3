import { createHash } from 'node:crypto'
import { GrantError, type StoredValue, type StoreWrite, type TokenStore } from '@grantkit/core'
import { withoutValue } from '../shared/engine-error.ts'
import { decodeString, encodeString } from '../shared/string-encoding.ts'
import { Turns } from '../shared/turns.ts'
import { Watchers } from '../shared/watchers.ts'
import { type Database, databaseOf, type PgPool, type PostgresSql, type Row } from './database.ts'
import { codeOf, migrate } from './migrate.ts'
import { type Statements, statementsFor } from './statements.ts'
import { type Table, tableOf } from './table.ts'

/** Options of {@link postgresStore}. */
export interface PostgresStoreOptions {
  /** Your pool of the package `pg` or `sql` of the package `postgres`, which you close; or anything with a `query(text, values)` that resolves to `{ rows }`. */
  readonly pool: PgPool | PostgresSql
  /** The table, with its schema if it is not on the search path. By default `grantkit_tokens`. */
  readonly table?: string
}

/** A store in PostgreSQL. */
export interface PostgresStore extends TokenStore {
  /** `postgres:` and the table: the default name for `encryptedStore`. */
  readonly name: string
  /**
   * Creates or upgrades the table. Call it when you deploy, or when each process starts; concurrent calls are safe. A table
   * of another application rejects with `store_failed` and is not changed.
   */
  migrate(): Promise<void>
}

/**
 * A store in PostgreSQL 11 or later, for a fleet of processes. Tokens are as durable as the rest of the database. Each
 * call is a single statement that keeps no connection and no lock, so it works through a pooler. The clock is the
 * server's.
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

  async read(key: string): Promise<StoredValue | undefined> {
    const [row] = await this.#query('read', nameOf(key))
    if (!row) return undefined
    const { version, value } = row as { version: number; value: string | null }
    return { version, value: value === null ? undefined : decodeString(value) }
  }

  async compareAndSet(key: string, expected: number, { value, until }: StoreWrite): Promise<boolean> {
    const expiry = value !== undefined && Number.isFinite(until) ? until : null
    const parameters = [nameOf(key), value === undefined ? null : encodeString(value), expiry, digest(key)]
    const written = await withoutValue('PostgreSQL', () =>
      expected === 0 ? this.#changes('insert', ...parameters) : this.#changes('update', ...parameters, expected),
    )
    if (!written || (value !== undefined && expiry === null)) return written
    const tidied = this.#query('tidy').catch(() => {}) // the write has succeeded in any case
    if (value === undefined) await tidied
    return true
  }

  async acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    const [row] = await this.#query('acquire', nameOf(key), encodeString(owner), ttl)
    return row?.['done'] === true
  }

  renew(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#changes('renew', nameOf(key), encodeString(owner), ttl)
  }

  async release(key: string, owner: string): Promise<void> {
    await this.#query('release', nameOf(key), encodeString(owner))
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
      // serialization_failure with serializable transactions: another statement was faster, and this one did nothing
      if (codeOf(error) === '40001') return this.#query(statement, ...values)
      if (codeOf(error) !== '42P01') throw error // undefined_table
      const message = `the table ${this.#table.name} does not exist: call migrate() of the store when you deploy or start`
      throw new GrantError('store_failed', message, { action: 'fix_configuration' })
    }
  }
}

/** A PostgreSQL index is limited to some 2,700 bytes, so a longer key is replaced by its digest, which no short key can equal. */
function nameOf(key: string): string {
  const name = encodeString(key)
  return name.length <= 800 ? name : `%sha256:${digest(key)}`
}

/** The digest of a key in announcements, which every user of the database can receive. */
function digest(key: string): string {
  return createHash('sha256').update(encodeString(key)).digest('hex')
}
