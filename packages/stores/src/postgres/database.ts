import type { Ears, Listen } from '../shared/watchers.ts'

/** A pool of the package `pg`, a client of it, or anything else with such a `query`. */
export interface PgPool {
  /** Runs one statement, with `$1`, `$2` … for the values. */
  query(text: string, values?: unknown[]): Promise<PgResult>
  /** The class of which a pool makes its connections: for one more, to hear of writes. Without it, the store has no `watch`. */
  readonly Client?: unknown
  /** What a pool makes its connections with. */
  readonly options?: unknown
}

/** What a query of the package `pg` resolves to. */
export interface PgResult {
  /** The rows, each an object. */
  readonly rows: unknown[]
}

/** The `sql` of the package `postgres`. */
export interface PostgresSql {
  /** Runs one statement, with `$1`, `$2` … for the values. */
  unsafe(text: string, values?: never[]): PromiseLike<readonly unknown[]>
  /** Hears what is sent to a channel, on a connection of its own. */
  listen(channel: string, heard: (payload: string) => void, onListen?: () => void): PromiseLike<PostgresListener>
  /** What it makes its connections with. */
  readonly options?: unknown
}

/** What `listen` of the package `postgres` resolves to. */
export interface PostgresListener {
  /** Hears no more. */
  unlisten(): Promise<void>
}

/** A row that a statement returned. */
export type Row = Readonly<Record<string, unknown>>

/** How the store speaks to either package. */
export interface Database {
  query(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /** How many statements run at a time; the others wait in the store, where a write with a value goes first. */
  readonly connections: number
  /** Where a connection can be had that hears of writes. */
  readonly listen: Listen | undefined
}

/** What writes are announced on, in every table: a name that needs no quotes. */
export const channel = 'grantkit_written'

/** Speaks to what either package gives. */
export function databaseOf(pool: PgPool | PostgresSql): Database {
  return 'unsafe' in pool ? postgresDatabase(pool) : pgDatabase(pool)
}

function postgresDatabase(sql: PostgresSql): Database {
  return {
    query: async (text, values) => (await sql.unsafe(text, values as never[])) as readonly Row[],
    connections: connectionsIn(sql.options),
    listen: ({ heard, lost }) => {
      const listening = Promise.resolve(sql.listen(channel, heard, () => heard())) // it connects again by itself
      listening.catch(lost)
      return () => void listening.then((listener) => listener.unlisten()).catch(() => {})
    },
  }
}

function pgDatabase(pool: PgPool): Database {
  const Client = pool.Client as (new (options: unknown) => Connection) | undefined
  return {
    query: async (text, values) => (await pool.query(text, values as unknown[])).rows as readonly Row[],
    connections: connectionsIn(pool.options),
    // Not one of the pool's own, which may be few, and which the end of the pool would wait for.
    listen: Client && pool.options ? (ears) => listenOn(new Client(pool.options), ears) : undefined,
  }
}

/** How many connections a pool may have, as its options say; where they do not, it is left to the pool who waits. */
function connectionsIn(options: unknown): number {
  const max = typeof options === 'object' && options !== null && 'max' in options ? Number(options.max) : Infinity
  return max >= 1 ? max : Infinity
}

/** What is used of a connection of the package `pg`. */
interface Connection {
  connect(): Promise<unknown>
  query(text: string): Promise<unknown>
  on(event: string, listener: (message: { payload?: string }) => void): unknown
  end(): Promise<void>
}

function listenOn(connection: Connection, { heard, lost }: Ears): () => void {
  connection.on('error', lost)
  connection.on('end', lost)
  connection.on('notification', ({ payload }) => heard(payload))
  connection
    .connect()
    .then(() => connection.query(`LISTEN ${channel}`))
    .then(() => heard(), lost)
  return () => void connection.end().catch(() => {})
}
