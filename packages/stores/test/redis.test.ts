import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RedisStore, redisStore } from '@grantkit/stores/redis'
import { describeTokenStore } from '@grantkit/testing'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { describeWith } from './support/describe-with.ts'
import { fixtureOf } from './support/fixture.ts'
import { redisClient } from './support/open-store.ts'
import { patience } from './support/patience.ts'
import { type RedisServer, startRedis } from './support/redis-server.ts'
import { redis } from './support/servers.ts'
import { until } from './support/until.ts'

vi.setConfig(patience)

const prefix = () => `${randomUUID()}:`

describeWith(redis, () => {
  let server: RedisServer
  beforeAll(async () => void (server = await startRedis()))
  afterAll(() => server.stop())

  /** A separate client that inspects the data. */
  const look = async () => {
    const client = await createClient({ url: server.url }).connect()
    onTestFinished(() => client.close())
    return client
  }

  describe.each(['redis', 'ioredis'] as const)('through a client of %s', (driver) => {
    describeTokenStore(`in Redis, through ${driver}`, async () =>
      fixtureOf({ store: 'redis', driver, url: server.url, prefix: prefix() }),
    )

    const open = async (options: { prefix?: string } = {}) => {
      const { client, close } = await redisClient({ driver, url: server.url })
      onTestFinished(() => close().catch(() => {}))
      return redisStore({ client, ...options })
    }

    test('a key is one hash with its prefix, a value is stored unchanged, and nothing else remains', async () => {
      const client = await look()
      await client.flushAll()
      const store = await open()
      await store.compareAndSet('user:42', 0, { value: '{"text":"ä"}' })
      await store.acquire('user:42', 'a', 60_000)
      await store.acquire('user:43', 'a', 60_000)
      await store.release('user:43', 'a')
      await store.compareAndSet('user:44', 1, { value: 'refused' })
      await store.renew('user:45', 'a', 60_000)
      expect(await client.keys('*')).toEqual(['grantkit:user:42'])
      expect({ ...(await client.hGetAll('grantkit:user:42')) }).toEqual({
        version: '1',
        value: '{"text":"ä"}',
        write: expect.any(String),
        owner: 'a',
        until: expect.stringMatching(/^\d{13}$/),
        ttl: '60000',
      })
      expect(await client.ttl('grantkit:user:42'), 'seconds to live, -1 for ever').toBe(-1)
    })

    test('a forgotten key is removed after an hour, and one with only a lease when that expires', async () => {
      const client = await look()
      const store = await open({ prefix: 'ttl:' })
      await store.compareAndSet('user:42', 0, { value: 'text' })
      await store.compareAndSet('user:42', 1, {})
      expect((await client.hKeys('ttl:user:42')).toSorted()).toEqual(['version', 'write'])
      expect(await client.ttl('ttl:user:42')).toBeGreaterThan(3_590)
      await store.acquire('user:42', 'a', 10_000_000)
      expect(await client.ttl('ttl:user:42'), 'seconds to live with a longer lease').toBeGreaterThan(9_990)
      await store.compareAndSet('user:42', 2, { value: 'text' })
      expect(await client.ttl('ttl:user:42'), 'seconds to live, -1 for ever').toBe(-1)
      await store.compareAndSet('user:42', 3, {})
      expect(await client.ttl('ttl:user:42'), 'seconds to live while the longer lease runs').toBeGreaterThan(9_900)
      await store.acquire('user:43', 'a', 60_000)
      expect(await client.pTTL('ttl:user:43')).toBeGreaterThan(50_000)
      expect(await client.pTTL('ttl:user:43')).toBeLessThanOrEqual(60_000)
    })

    test('scripts are sent again when the server has lost them', async () => {
      const client = await look()
      const store = await open({ prefix: prefix() })
      await store.compareAndSet('user:42', 0, { value: 'text' })
      await client.scriptFlush()
      expect(await store.compareAndSet('user:42', 1, { value: 'next' })).toBe(true)
      await client.scriptFlush()
      expect(await store.read('user:42')).toEqual({ version: 2, value: 'next' })
    })

    test("a foreign key rejects with the server's own error and is not changed", async () => {
      const client = await look()
      const store = await open({ prefix: 'other:' })
      await client.set('other:user:42', 'a text of another application')
      await expect(store.read('user:42')).rejects.toThrow('WRONGTYPE')
      await expect(store.compareAndSet('user:42', 0, { value: 'text' })).rejects.toThrow('WRONGTYPE')
      await expect(store.acquire('user:42', 'a', 1_000)).rejects.toThrow('WRONGTYPE')
      expect(await client.get('other:user:42')).toBe('a text of another application')
    })

    test('stores with different prefixes are independent', async () => {
      const [one, two] = [await open({ prefix: 'one:' }), await open({ prefix: 'two:' })]
      await one.compareAndSet('user:42', 0, { value: 'text' })
      expect(await two.read('user:42')).toBeUndefined()
      expect(await one.acquire('user:42', 'a', 60_000)).toBe(true)
      expect(await two.acquire('user:42', 'b', 60_000)).toBe(true)
    })

    test('all watchers share one more connection, which closes soon after the last one stops', async () => {
      const client = await look()
      const own = prefix()
      const store = await open({ prefix: own })
      const listening = async () => Object.values(await client.pubSubNumSub(`${own}written`))
      const stops = ['user:42', 'user:43', 'user:44'].map((key) => store.watch?.(key, () => {}))
      await expect.poll(listening, { timeout: 10_000 }).toEqual([1])
      for (const stop of stops) stop?.()
      await expect.poll(listening, { timeout: 10_000 }).toEqual([0])
    })

    test('a watcher is notified of writes after the server was restarted', async () => {
      const store = await open({ prefix: prefix() })
      await store.compareAndSet('user:42', 0, { value: 'text' })
      let calls = 0
      const stop = store.watch?.('user:42', () => (calls += 1))
      await until('it listens', () => calls > 0)
      const listening = calls
      await server.restart()
      await until('it listens again, and says that something may have been missed', () => calls > listening)
      expect(await store.read('user:42')).toEqual({ version: 1, value: 'text' })
      const again = calls
      expect(await store.compareAndSet('user:42', 1, { value: 'next' })).toBe(true)
      await until('it has heard of the write', () => calls > again)
      stop?.()
    })

    test('a user needs only the documented privileges', async () => {
      const client = await look()
      const user = `tokens-${driver}`
      const page = await readFile(join(import.meta.dirname, '../../../docs/guide/stores/redis.md'), 'utf8')
      const rules = /^ACL SETUSER tokens on >a-password ([^`]*)/m.exec(page)?.[1]?.trim().split(/\s+/) ?? []
      await client.sendCommand(['ACL', 'SETUSER', user, 'reset', 'on', '>a-password', ...rules])
      const url = server.url.replace('//', `//${user}:a-password@`)
      const { client: limited, close } = await redisClient({ driver, url })
      onTestFinished(close)
      const store = redisStore({ client: limited })
      let calls = 0
      const stop = store.watch?.(`user:${user}`, () => (calls += 1))
      await until('it listens', () => calls > 0)
      const listening = calls
      expect(await store.compareAndSet(`user:${user}`, 0, { value: 'text' })).toBe(true)
      await until('it has heard of the write', () => calls > listening)
      stop?.()
      expect(await store.read(`user:${user}`)).toEqual({ version: 1, value: 'text' })
      expect(await store.acquire(`user:${user}`, 'a', 1_000)).toBe(true)
      expect(await store.renew(`user:${user}`, 'a', 1_000)).toBe(true)
      await store.release(`user:${user}`, 'a')
      expect(await store.compareAndSet(`user:${user}`, 1, {})).toBe(true)
      expect(await store.now()).toBeGreaterThan(0)
      await expect(redisStore({ client: limited, prefix: 'other:' }).read('user:42')).rejects.toThrow('NOPERM')
    })

    test('a write succeeds although the user may not publish it', async () => {
      const client = await look()
      const user = `silent-${driver}`
      await client.sendCommand(['ACL', 'SETUSER', user, 'on', 'nopass', '~*', '+@all', 'resetchannels'])
      const url = server.url.replace('//', `//${user}:any@`)
      const { client: limited, close } = await redisClient({ driver, url })
      onTestFinished(close)
      const store = redisStore({ client: limited, prefix: prefix() })
      expect(await store.compareAndSet('user:42', 0, { value: 'text' })).toBe(true)
      expect(await store.read('user:42')).toEqual({ version: 1, value: 'text' })
    })
  })

  test('both clients share the same data', async () => {
    const both = await Promise.all(
      (['redis', 'ioredis'] as const).map(async (driver) => {
        const { client, close } = await redisClient({ driver, url: server.url })
        onTestFinished(close)
        return redisStore({ client, prefix: 'both:' })
      }),
    )
    const [one, two] = both as [(typeof both)[0], (typeof both)[0]]
    await one.compareAndSet('user:42\u0000%', 0, { value: 'text' })
    expect(await two.read('user:42\u0000%')).toEqual({ version: 1, value: 'text' })
    expect(await one.acquire('user:42\u0000%', 'a', 60_000)).toBe(true)
    expect(await two.acquire('user:42\u0000%', 'b', 60_000)).toBe(false)
  })

  test('ioredis can add its own key prefix', async () => {
    const { Redis } = await import('ioredis')
    const client = new Redis(server.url, { keyPrefix: 'app:' })
    onTestFinished(async () => void (await client.quit()))
    const store = redisStore({ client, prefix: 'tokens:' })
    let calls = 0
    const stop = store.watch?.('user:42', () => (calls += 1))
    await until('it listens', () => calls > 0)
    const listening = calls
    await store.compareAndSet('user:42', 0, { value: 'text' })
    await until('it has heard of the write', () => calls > listening)
    stop?.()
    expect(await (await look()).exists('app:tokens:user:42')).toBe(1)
  })

  test('ioredis can connect lazily and without an offline queue', async () => {
    const { Redis } = await import('ioredis')
    const client = new Redis(server.url, { lazyConnect: true, enableOfflineQueue: false })
    await client.connect()
    onTestFinished(async () => void (await client.quit()))
    const store = redisStore({ client, prefix: prefix() })
    let calls = 0
    const stop = store.watch?.('user:42', () => (calls += 1))
    await expect.poll(() => calls, { timeout: 10_000 }).toBeGreaterThan(0)
    stop?.()
  })

  test('a write that a client repeats for lack of a response is made once and reported as made', async () => {
    const client = await look()
    const twice = {
      eval: client.eval.bind(client),
      evalSha: async (...parameters: Parameters<typeof client.evalSha>) => {
        await client.evalSha(...parameters)
        return client.evalSha(...parameters)
      },
    }
    const [store, other] = [twice, client].map((one) => redisStore({ client: one, prefix: 'twice:' })) as [
      RedisStore,
      RedisStore,
    ]
    await other.compareAndSet('user:42', 0, { value: 'text' }) // loads the script into the server
    expect(await store.compareAndSet('user:42', 1, { value: 'next' })).toBe(true)
    expect(await store.read('user:42')).toEqual({ version: 2, value: 'next' })
    expect(await store.compareAndSet('user:42', 1, { value: 'late' })).toBe(false)
    expect(await store.compareAndSet('user:42', 2, {})).toBe(true)
    expect(await store.read('user:42')).toEqual({ version: 3, value: undefined })
  })

  test('a store with a client that cannot be duplicated has no watch', async () => {
    const client = await look()
    const bare = { eval: client.eval.bind(client), evalSha: client.evalSha.bind(client) }
    const store = redisStore({ client: bare, prefix: prefix() })
    expect(store.watch).toBeUndefined()
    expect(await store.compareAndSet('user:42', 0, { value: 'text' })).toBe(true)
  })

  test('a client that is not connected rejects', async () => {
    const store = redisStore({ client: createClient({ url: server.url }) })
    await expect(store.read('user:42')).rejects.toThrow(/closed/)
  })
})

describeWith(redis, () => {
  describe('in a cluster', () => {
    let server: RedisServer
    beforeAll(async () => {
      server = await startRedis({ cluster: true })
      const client = await createClient({ url: server.url }).connect()
      await client.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383'])
      await until('the cluster is there', async () =>
        String(await client.sendCommand(['CLUSTER', 'INFO'])).includes('cluster_state:ok'),
      )
      await client.close()
    })
    afterAll(() => server.stop())

    for (const driver of ['redis', 'ioredis'] as const)
      describeTokenStore(`in a cluster, through ${driver}`, async () => ({
        ...fixtureOf({ store: 'redis', driver, cluster: true, url: server.url, prefix: prefix() }),
        worker: undefined, // only the location of keys differs, which the other checks cover
      }))
  })
})
