import type { Ears, Listen } from '../shared/watchers.ts'

/** A pool or a client of the package `pg`, or anything else with such a `query`. */
export interface PgPool {
  /** Runs one statement, with `$1`, `$2` … for the values. */
  query(text: string, values?: unknown[]): Promise<PgResult>
  /** The class of the pool's connections, for one more that listens for writes. Without it, the store has no `watch`. */
  readonly Client?: unknown
  /** The options of the pool's connections. */
  readonly options?: unknown
}

/** The result of a query of the package `pg`. */
export interface PgResult {
  /** The rows, each an object. */
  readonly rows: unknown[]
}

/** The `sql` of the package `postgres`. */
export interface PostgresSql {
  /** Runs one statement, with `$1`, `$2` … for the values. */
  unsafe(text: string, values?: never[]): PromiseLike<readonly unknown[]>
  /** Listens on a channel, with a separate connection. */
  listen(channel: string, heard: (payload: string) => void, onListen?: () => void): PromiseLike<PostgresListener>
  /** The options of its connections. */
  readonly options?: unknown
}

/** The result of `listen` of the package `postgres`. */
export interface PostgresListener {
  /** Stops listening. */
  unlisten(): Promise<void>
}

/** A row of a result. */
export type Row = Readonly<Record<string, unknown>>

/** The interface of the store to either package. */
export interface Database {
  query(text: string, values?: readonly unknown[]): Promise<readonly Row[]>
  /** How many statements run at a time; others wait in the store, where writes with a value go first. */
  readonly connections: number
  /** Listens for writes, if another connection is possible. */
  readonly listen: Listen | undefined
}

/** The channel that announces writes of every table; its name needs no quotes. */
export const channel = 'grantkit_written'

/** Adapts either package. */
export function databaseOf(pool: PgPool | PostgresSql): Database {
  return 'unsafe' in pool ? postgresDatabase(pool) : pgDatabase(pool)
}

function postgresDatabase(sql: PostgresSql): Database {
  return {
    query: async (text, values) => (await sql.unsafe(text, values as never[])) as readonly Row[],
    connections: connectionsIn(sql.options),
    listen: ({ heard, lost }) => {
      const listening = Promise.resolve(sql.listen(channel, heard, () => heard())) // it reconnects by itself
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
    // Not from the pool, which may be small, and whose end() would wait for it.
    listen: Client && pool.options ? (ears) => listenOn(new Client(pool.options), ears) : undefined,
  }
}

/** The maximum number of connections in the options of a pool; without one, the pool itself queues statements. */
function connectionsIn(options: unknown): number {
  const max = typeof options === 'object' && options !== null && 'max' in options ? Number(options.max) : Infinity
  return max >= 1 ? max : Infinity
}

/** The part of a `pg` connection that the store uses. */
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
