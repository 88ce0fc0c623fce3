import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { fileStore } from '@grantkit/stores/file'
import { postgresStore } from '@grantkit/stores/postgres'
import { redisStore } from '@grantkit/stores/redis'
import { sqliteStore } from '@grantkit/stores/sqlite'
import { Pool } from 'pg'
import { createClient } from 'redis'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { describeWith } from './support/describe-with.ts'
import { later } from './support/later.ts'
import { patience } from './support/patience.ts'
import { startPostgres } from './support/postgres-server.ts'
import { startRedis } from './support/redis-server.ts'
import { postgres, redis } from './support/servers.ts'
import { temporary } from './support/temporary.ts'
import { until } from './support/until.ts'

vi.setConfig(patience)

afterEach(() => void vi.useRealTimers())

const minute = 60_000
const hour = 60 * minute
const year = 365 * 24 * hour

describe.each([
  ['files', fileStore],
  ['SQLite', sqliteStore],
])('what is of no use after a time, in %s,', (_, open) => {
  test('is removed an hour later, when another record with `until` is written', async () => {
    const path = `${await temporary()}/tokens`
    const opened = () => {
      const store = open({ path })
      onTestFinished(() => store.close())
      return store
    }
    const store = opened()
    const soon = (await store.now()) + 10 * minute
    await store.compareAndSet('user:42', 0, { value: 'for ten minutes', until: soon })
    await store.compareAndSet('user:43', 0, { value: 'for ever' })
    await store.compareAndSet('user:44', 0, { value: 'longer', until: soon + hour })
    await store.compareAndSet('user:45', 0, { value: 'for ten minutes', until: soon })
    await store.acquire('user:45', 'a', 3 * hour)
    later(69)
    await opened().compareAndSet('user:46', 0, { value: 'another', until: soon + 5 * hour })
    expect(await store.read('user:42'), 'after 69 minutes').toMatchObject({ version: 1 })
    later(2)
    await opened().compareAndSet('user:47', 0, { value: 'another', until: soon + 5 * hour })
    await until('it is removed', async () => (await store.read('user:42')) === undefined)
    expect(await store.read('user:43')).toEqual({ version: 1, value: 'for ever' })
    expect(await store.read('user:44')).toEqual({ version: 1, value: 'longer' })
    expect(await store.read('user:45'), 'where there is a lease').toMatchObject({ version: 1 })
    expect(await store.compareAndSet('user:42', 0, { value: 'as if never written' })).toBe(true)
  })
})

test('a released lease leaves no row and no file', async () => {
  const path = `${await temporary()}/tokens`
  const store = fileStore({ path })
  await store.acquire('user:42', 'a', minute)
  await store.release('user:42', 'a')
  await store.close()
  expect(await readdir(path)).toEqual(['lock'])
})

describeWith(redis, () => {
  test('an expiring record in Redis has a time to live that is an hour longer', async () => {
    const { store, client, key } = await openRedis()
    const now = await store.now()
    await store.compareAndSet('user:42', 0, { value: 'first', until: now + 10 * minute })
    const left = await client.pTTL(key)
    expect(left).toBeGreaterThan(hour + 9 * minute)
    expect(left).toBeLessThanOrEqual(hour + 10 * minute)
    await store.compareAndSet('user:42', 1, { value: 'for ever' })
    expect(await client.pTTL(key), 'milliseconds to live, -1 for ever').toBe(-1)
    await store.compareAndSet('user:42', 2, { value: 'for very long', until: Number.MAX_VALUE })
    expect(await client.pTTL(key), 'milliseconds to live, -1 for ever').toBe(-1)
    await store.acquire('user:42', 'a', 3 * hour)
    await store.compareAndSet('user:42', 3, { value: 'over', until: now - 2 * hour })
    expect(await client.pTTL(key), 'while there is a lease').toBeGreaterThan(2 * hour)
  })

  test('a lease in Redis that is a year ahead expires after its requested lifetime', async () => {
    const { store, client, key } = await openRedis()
    await store.acquire('user:42', 'a', 100)
    await client.hSet(key, 'until', String(Date.now() + year))
    expect(await store.acquire('user:42', 'b', minute), 'while a may still have it').toBe(false)
    expect(Number(await client.hGet(key, 'until'))).toBeLessThan(Date.now() + minute)
    await until('b gets it', () => store.acquire('user:42', 'b', minute))
  })

  async function openRedis() {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const client = await createClient({ url: server.url }).connect()
    onTestFinished(() => client.close())
    const prefix = `${randomUUID()}:`
    return { store: redisStore({ client, prefix }), client, key: `${prefix}user:42` }
  }
})

describeWith(postgres, () => {
  test('an expired record is removed from PostgreSQL an hour later', async () => {
    const { store, pool } = await openPostgres()
    const now = await store.now()
    await store.compareAndSet('user:42', 0, { value: 'first', until: now - hour - minute })
    await store.compareAndSet('user:43', 0, { value: 'for ever' })
    await store.compareAndSet('user:44', 0, { value: 'longer', until: now - hour + minute })
    await store.compareAndSet('user:45', 0, { value: 'for very long', until: Number.MAX_VALUE })
    await store.compareAndSet('user:46', 0, {})
    const { rows } = await pool.query('SELECT key FROM grantkit_tokens ORDER BY key')
    expect(rows.map(({ key }) => key)).toEqual(['user:43', 'user:44', 'user:45', 'user:46'])
  })

  test('a lease in PostgreSQL that is a year ahead expires after its requested lifetime', async () => {
    const { store, pool } = await openPostgres()
    await store.acquire('user:42', 'a', 100)
    await pool.query(`UPDATE grantkit_tokens SET lease_until = clock_timestamp() + interval '1 year'`)
    expect(await store.acquire('user:42', 'b', minute), 'while a may still have it').toBe(false)
    const { rows } = await pool.query(
      `SELECT lease_owner, lease_until < clock_timestamp() + interval '1 minute' AS soon FROM grantkit_tokens`,
    )
    expect(rows).toEqual([{ lease_owner: 'a', soon: true }])
    await until('b gets it', () => store.acquire('user:42', 'b', minute))
  })

  async function openPostgres() {
    const server = await startPostgres()
    onTestFinished(() => server.stop())
    const pool = new Pool({ connectionString: server.url })
    onTestFinished(() => pool.end())
    const store = postgresStore({ pool })
    await store.migrate()
    return { store, pool }
  }
})
