import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { postgresStore } from '@grantkit/stores/postgres'
import { describeTokenStore } from '@grantkit/testing'
import { Client, Pool } from 'pg'
import createSql from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { describeWith } from './support/describe-with.ts'
import { fixtureOf } from './support/fixture.ts'
import { postgresPool } from './support/open-store.ts'
import { patience } from './support/patience.ts'
import { type PostgresServer, startPostgres } from './support/postgres-server.ts'
import { refusalOf, refusalsOf } from './support/refusal.ts'
import { postgres } from './support/servers.ts'
import { until } from './support/until.ts'

vi.setConfig(patience)

const newTable = () => `tokens_${randomBytes(6).toString('hex')}`

describeWith(postgres, () => {
  let server: PostgresServer
  let admin: Pool
  beforeAll(async () => {
    server = await startPostgres()
    admin = new Pool({ connectionString: server.url })
    admin.on('error', () => {})
  })
  afterEach(() => void vi.restoreAllMocks())
  afterAll(async () => {
    await admin.end()
    await server.stop()
  })

  const rows = async (text: string, values?: unknown[]) => (await admin.query(text, values)).rows as unknown[]
  const keysIn = async (table: string) =>
    (await admin.query(`SELECT key FROM ${table} ORDER BY key`)).rows.map(({ key }) => key)
  const indexesOf = (table: string) =>
    rows(`SELECT count(*)::integer AS indexes FROM pg_indexes WHERE schemaname || '.' || tablename = $1`, [table])

  describe.each(['pg', 'postgres'] as const)('through the package %s', (driver) => {
    describeTokenStore(`in PostgreSQL, through ${driver}`, async () =>
      fixtureOf({ store: 'postgres', driver, url: server.url, table: newTable() }),
    )

    const open = async (table?: string) => {
      const { pool, close } = await postgresPool({ driver, url: server.url })
      onTestFinished(close)
      return postgresStore({ pool, ...(table !== undefined && { table }) })
    }

    test('without a table every call rejects and says what to do', async () => {
      expect(await refusalsOf(await open('nowhere'))).toMatch(/the table nowhere does not exist: call migrate\(\)/)
    })

    test('concurrent migrations create the table once and print nothing', async () => {
      const log = vi.spyOn(console, 'log')
      for (const table of Array.from({ length: 5 }, newTable)) {
        const some = await Promise.all(Array.from({ length: 12 }, () => open(table)))
        await Promise.all(some.map((store) => store.now())) // connects each
        await Promise.all(some.map((store) => store.migrate()))
        expect(await indexesOf(`public.${table}`)).toEqual([{ indexes: 3 }])
      }
      const stores = await Promise.all([open(), open()])
      await stores[0]?.migrate()
      await stores[0]?.migrate()
      expect(await rows(`SELECT obj_description('grantkit_tokens'::regclass) AS comment`)).toEqual([
        { comment: 'grantkit tokens, schema 3' },
      ])
      expect(await indexesOf('public.grantkit_tokens')).toEqual([{ indexes: 3 }])
      expect(await stores[1]?.compareAndSet('user:42', 0, { value: 'text' })).toBe(true)
      expect(log).not.toHaveBeenCalled()
      await rows('DROP TABLE grantkit_tokens')
    })

    test('concurrent migrations upgrade a table of version 1 with its data', async () => {
      const table = newTable()
      await admin.query(version1(table))
      const stores = await Promise.all(Array.from({ length: 12 }, () => open(table)))
      expect(await stores[0]?.read('user:42')).toEqual({ version: 7, value: 'text' })
      await Promise.all(stores.map((store) => store.migrate()))
      expect(await indexesOf(`public.${table}`)).toEqual([{ indexes: 3 }])
      expect(await stores[0]?.read('user:42')).toEqual({ version: 7, value: 'text' })
      expect(await stores[1]?.acquire('user:42', 'b', 1_000), 'whether b gets the lease of a').toBe(false)
    })

    test('a table of another application or of a newer version is refused and not changed', async () => {
      const table = newTable()
      await admin.query(`CREATE TABLE ${table} (key text PRIMARY KEY, token text)`)
      await admin.query(`INSERT INTO ${table} VALUES ('user:42', 'of another application')`)
      const store = await open(table)
      expect(await refusalOf(() => store.migrate())).toMatch(
        /was not created by postgresStore: use a separate table; it was not changed/,
      )
      expect(await rows(`SELECT * FROM ${table}`)).toEqual([{ key: 'user:42', token: 'of another application' }])
      await admin.query(`COMMENT ON TABLE ${table} IS 'grantkit tokens, schema 1000'`)
      expect(await refusalOf(() => store.migrate())).toMatch(/was created by a newer version of @grantkit\/stores/)
    })

    test('a table can be in another schema', async () => {
      const table = newTable()
      await admin.query('CREATE SCHEMA IF NOT EXISTS app')
      const store = await open(`app.${table}`)
      await store.migrate()
      await store.compareAndSet('user:42', 0, { value: 'text' })
      expect(await keysIn(`app.${table}`)).toEqual(['user:42'])
      expect(await indexesOf(`app.${table}`)).toEqual([{ indexes: 3 }])
      expect(await rows('SELECT to_regclass($1)::text AS found', [table])).toEqual([{ found: null }])
    })

    test('a value is stored unchanged, and a key that was never written has no row', async () => {
      const table = newTable()
      const store = await open(table)
      await store.migrate()
      await store.compareAndSet('user:42', 0, { value: '{"text":"ä"}' })
      await store.acquire('user:42', 'a', 60_000)
      await store.acquire('user:43', 'a', 60_000)
      await store.compareAndSet('user:44', 1, { value: 'refused' })
      await store.renew('user:45', 'a', 60_000)
      await store.release('user:46', 'a')
      expect(await keysIn(table)).toEqual(['user:42', 'user:43'])
      expect(
        await rows(`SELECT version, value, forgotten_at, lease_owner FROM ${table} WHERE key = 'user:42'`),
      ).toEqual([{ version: 1, value: '{"text":"ä"}', forgotten_at: null, lease_owner: 'a' }])
    })

    test('a forgotten row stays for an hour, and is removed when another one is forgotten later', async () => {
      const table = newTable()
      const store = await open(table)
      await store.migrate()
      for (const key of ['young', 'old', 'leased']) await store.compareAndSet(key, 0, {})
      await store.compareAndSet('kept', 0, { value: 'text' })
      for (const key of ['leased', 'only leased', 'was leased']) await store.acquire(key, 'a', 60_000)
      const move = (column: string, key: string, minutes: number) =>
        admin.query(`UPDATE ${table} SET ${column} = ${column} - $2 * interval '1 minute' WHERE key = $1`, [
          key,
          minutes,
        ])
      await move('forgotten_at', 'young', 59)
      await move('forgotten_at', 'old', 61)
      await move('forgotten_at', 'leased', 61)
      await move('lease_until', 'was leased', 2)
      await store.compareAndSet('another', 0, {})
      expect(await keysIn(table)).toEqual(['another', 'kept', 'leased', 'only leased', 'young'])
    })

    test('a key can be longer than the limit of a database index', async () => {
      const store = await open(newTable())
      await store.migrate()
      const keys = Array.from({ length: 3 }, () => randomBytes(9_000).toString('base64'))
      for (const key of keys) expect(await store.compareAndSet(key, 0, { value: key })).toBe(true)
      for (const key of keys) expect(await store.read(key)).toEqual({ version: 1, value: key })
    })

    test('all watchers share one more connection, which closes soon after the last one stops', async () => {
      const name = newTable()
      const { pool, close } = await postgresPool({ driver, url: `${server.url}?application_name=${name}` })
      onTestFinished(close)
      const store = postgresStore({ pool })
      const listening = () =>
        rows(
          `SELECT count(*)::integer AS listening FROM pg_stat_activity WHERE application_name = $1 AND query ~* '^listen'`,
          [name],
        )
      const stops = ['user:42', 'user:43', 'user:44'].map((key) => store.watch?.(key, () => {}))
      await expect.poll(listening, { timeout: 10_000 }).toEqual([{ listening: 1 }])
      for (const stop of stops) stop?.()
      await expect.poll(listening, { timeout: 10_000 }).toEqual([{ listening: 0 }])
    })

    test('a watcher is notified of writes after its connection was cut and after the server was restarted', async () => {
      vi.spyOn(console, 'log').mockReturnValue() // the package postgres logs that the server stops
      const store = await open(newTable())
      await store.migrate()
      let calls = 0
      const stop = store.watch?.('user:42', () => (calls += 1))
      await until('it listens', () => calls > 0)
      const listening = calls
      await rows(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~* '^listen'`)
      await until('it listens again, and says that something may have been missed', () => calls > listening)
      const again = calls
      await store.compareAndSet('user:42', 0, { value: 'text' })
      await until('it has heard of the write', () => calls > again)
      const third = calls
      await server.restart()
      await until('the database is there again', () =>
        store.now().then(
          () => true,
          () => false,
        ),
      )
      await until('it listens again', () => calls > third)
      const last = calls
      expect(await store.compareAndSet('user:42', 1, { value: 'next' })).toBe(true)
      await until('it has heard of the write', () => calls > last)
      stop?.()
    })

    test('a role needs only the documented privileges once the table exists', async () => {
      const table = newTable()
      await (await open(table)).migrate()
      const page = await readFile(join(import.meta.dirname, '../../../docs/guide/stores/postgres.md'), 'utf8')
      const grant = /^GRANT .* ON grantkit_tokens TO app;$/m.exec(page)?.[0] ?? ''
      await admin.query(`CREATE ROLE ${table} LOGIN`)
      await admin.query(grant.replace('grantkit_tokens', table).replace(' app', ` ${table}`))
      const url = server.url.replace('//postgres@', `//${table}@`)
      const { pool, close } = await postgresPool({ driver, url })
      onTestFinished(close)
      const store = postgresStore({ pool, table })
      await store.migrate()
      expect(await store.compareAndSet('user:42', 0, { value: 'text' })).toBe(true)
      expect(await store.acquire('user:42', 'a', 1_000)).toBe(true)
      expect(await store.renew('user:42', 'a', 1_000)).toBe(true)
      await store.release('user:42', 'a')
      await store.acquire('user:43', 'a', -1)
      expect(await store.compareAndSet('user:42', 1, {})).toBe(true)
      expect(await keysIn(table), 'what is left when the rest was removed').toEqual(['user:42'])
      expect(await store.now()).toBeGreaterThan(0)
    })

    test('announcements do not reveal the keys of users', async () => {
      const store = await open(newTable())
      await store.migrate()
      const client = new Client({ connectionString: server.url })
      await client.connect()
      onTestFinished(() => client.end())
      const heard: (string | undefined)[] = []
      client.on('notification', ({ payload }) => heard.push(payload))
      await client.query('LISTEN grantkit_written')
      await store.compareAndSet('user:42', 0, { value: 'text' })
      await until('something is heard', () => heard.length > 0)
      expect(heard).toEqual([expect.stringMatching(/^[\da-f]{64}$/)])
    })
  })

  test('both packages share the same data', async () => {
    const table = newTable()
    const pool = new Pool({ connectionString: server.url })
    onTestFinished(() => pool.end())
    const sql = createSql(server.url)
    onTestFinished(() => sql.end())
    const [one, two] = [postgresStore({ pool, table }), postgresStore({ pool: sql, table })]
    await one.migrate()
    await one.compareAndSet('user:42\u0000%', 0, { value: 'text' })
    expect(await two.read('user:42\u0000%')).toEqual({ version: 1, value: 'text' })
    expect(await one.acquire('user:42\u0000%', 'a', 60_000)).toBe(true)
    expect(await two.acquire('user:42\u0000%', 'b', 60_000)).toBe(false)
  })

  test('a table that another process is creating is not mistaken for that of another application', async () => {
    const table = newTable()
    const client = new Client({ connectionString: server.url })
    await client.connect()
    onTestFinished(() => client.end())
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
    await client.query('SELECT 1') // from now on, it does not see later rows
    await postgresStore({ pool: admin, table }).migrate()
    const query = async (text: string, values?: unknown[]) => {
      try {
        return await client.query(text, values)
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      }
    }
    await postgresStore({ pool: { query }, table }).migrate()
    expect(await indexesOf(`public.${table}`)).toEqual([{ indexes: 3 }])
  })

  test('with serializable transactions, a slower write returns false instead of an error', async () => {
    const pool = new Pool({ connectionString: server.url, options: '-c default_transaction_isolation=serializable' })
    onTestFinished(() => pool.end())
    const table = newTable()
    const store = postgresStore({ pool, table })
    await store.migrate()
    await store.compareAndSet('user:42', 0, { value: 'text' })
    const other = await admin.connect()
    await other.query('BEGIN')
    await other.query(
      `UPDATE ${table} SET version = 2, lease_owner = 'b', lease_until = 'infinity' WHERE key = 'user:42'`,
    )
    const write = store.compareAndSet('user:42', 1, { value: 'next' })
    const lease = store.acquire('user:42', 'a', 60_000)
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${table}%'`
    await until('both wait for the other transaction', async () => (await rows(waiting)).length === 2)
    await other.query('COMMIT')
    other.release()
    expect(await Promise.all([write, lease])).toEqual([false, false])
  })

  test('a single client, or any query function, is enough, without watch', async () => {
    const client = new Client({ connectionString: server.url })
    await client.connect()
    onTestFinished(() => client.end())
    const ask = { query: (text: string, values?: unknown[]) => client.query(text, values) }
    for (const pool of [client, ask]) {
      const store = postgresStore({ pool, table: newTable() })
      await store.migrate()
      expect(await store.compareAndSet('user:42', 0, { value: 'text' })).toBe(true)
      expect(await store.read('user:42')).toEqual({ version: 1, value: 'text' })
      expect(store.watch).toBeUndefined()
    }
  })

  test('a watcher takes no connection from the pool and does not delay its end', async () => {
    const pool = new Pool({ connectionString: server.url, max: 1 })
    const store = postgresStore({ pool, table: newTable() })
    await store.migrate()
    const stop = store.watch?.('user:42', () => {})
    expect(await store.compareAndSet('user:42', 0, { value: 'text' })).toBe(true)
    expect(await store.read('user:42')).toEqual({ version: 1, value: 'text' })
    await pool.end()
    stop?.()
  })

  test('errors of the database are passed on', async () => {
    const store = postgresStore({ pool: new Pool({ connectionString: 'postgres://postgres@127.0.0.1:1/postgres' }) })
    await expect(store.read('user:42')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

test.each([
  '',
  'a-b',
  'Tokens',
  'a.b.c',
  'tokens; DROP TABLE users',
  '"tokens"',
  'tokens\n',
  'ä',
  '1st',
  'x'.repeat(51),
])('a table is not called %j', (table) => {
  const pool = { query: async () => ({ rows: [] }) }
  expect(() => postgresStore({ pool, table })).toThrow(expect.objectContaining({ code: 'config_invalid' }))
})

/** A table of schema version 1, with a value and a lease. */
function version1(table: string): string {
  return `
    CREATE TABLE ${table} (
      key text COLLATE "C" PRIMARY KEY,
      version integer NOT NULL DEFAULT 0,
      value text,
      forgotten_at timestamptz,
      lease_owner text COLLATE "C",
      lease_until timestamptz
    );
    COMMENT ON TABLE ${table} IS 'grantkit tokens, schema 1';
    INSERT INTO ${table} VALUES ('user:42', 7, 'text', NULL, 'a', clock_timestamp() + interval '1 hour');
  `
}
