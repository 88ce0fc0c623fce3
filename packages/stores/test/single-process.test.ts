import { singleProcessStore } from '@grantkit/stores/single-process'
import { describeTokenStore } from '@grantkit/testing'
import { describe, expect, test, vi } from 'vitest'
import { patience } from './support/patience.ts'

vi.setConfig(patience)

const hour = 60 * 60_000

describe.each([
  ['at once', () => new Map<string, string>()],
  ['later', slowStorage],
])('over a storage that responds %s', (name, storageOf) => {
  describeTokenStore(`of one process, ${name}`, async () => {
    const storage = storageOf()
    const store = singleProcessStore(storage)
    return { durable: false, open: async () => store, close: async () => {} }
  })
})

test('the next process reads the value and its version', async () => {
  const storage = new Map<string, string>()
  const store = singleProcessStore(storage)
  await store.compareAndSet('user:42', 0, { value: 'first' })
  await store.compareAndSet('user:42', 1, { value: 'second' })
  expect(storage).toEqual(new Map([['user:42', '{"version":2,"value":"second"}']]))
  expect(await singleProcessStore(storage).read('user:42')).toEqual({ version: 2, value: 'second' })
})

test('an expired entry is removed an hour later when it is read, a forgotten one with another write', async () => {
  const storage = new Map<string, string>()
  const clock = { time: Date.now(), now: () => clock.time }
  const store = singleProcessStore(storage, { clock })
  await store.compareAndSet('user:42', 0, { value: 'first', until: clock.time + hour })
  await store.compareAndSet('user:43', 0, {})
  await store.compareAndSet('user:44', 0, { value: 'for ever' })
  clock.time += hour - 1
  await store.compareAndSet('user:45', 0, { value: 'for ever' })
  expect([...storage.keys()]).toEqual(['user:42', 'user:43', 'user:44', 'user:45'])
  clock.time += 2
  await store.compareAndSet('user:45', 1, { value: 'for ever' })
  expect([...storage.keys()]).toEqual(['user:42', 'user:44', 'user:45'])
  expect(await store.read('user:42')).toEqual({ version: 1, value: 'first' })
  clock.time += hour
  expect(await store.read('user:42')).toBeUndefined()
  expect([...storage.keys()]).toEqual(['user:44', 'user:45'])
})

test('a clock that jumps a year ahead for a moment removes nothing', async () => {
  const clock = { time: Date.now(), now: () => clock.time }
  const store = singleProcessStore(new Map(), { clock })
  await store.compareAndSet('user:42', 0, { value: 'for a month', until: clock.time + 30 * 24 * hour })
  clock.time += 365 * 24 * hour
  expect(await store.read('user:42')).toEqual({ version: 1, value: 'for a month' })
})

test('a storage that expires entries by itself gets the time', async () => {
  const set = vi.fn<(key: string, value: string, sweepAt?: number) => void>()
  const store = singleProcessStore({ get: () => undefined, set, delete: () => {} }, { clock: { now: () => 5_000 } })
  await store.compareAndSet('user:42', 0, { value: 'first', until: 10_000 })
  await store.compareAndSet('user:43', 0, {})
  await store.compareAndSet('user:44', 0, { value: 'for ever' })
  expect(set.mock.calls.map(([, , sweepAt]) => sweepAt)).toEqual([10_000 + hour, 5_000 + hour, undefined])
})

test.each(['', 'damaged', 'null', '{"version":0}', '{"version":1,"value":7}', '{"accessToken":"from before"}'])(
  'a string that is not an entry is returned as it is and can be overwritten: %j',
  async (before) => {
    const storage = new Map([['user:42', before]])
    const store = singleProcessStore(storage)
    expect(await store.read('user:42')).toEqual({ version: 1, value: before })
    expect(await store.compareAndSet('user:42', 1, { value: 'after the next login' })).toBe(true)
    expect(await store.read('user:42')).toEqual({ version: 2, value: 'after the next login' })
  },
)

test('a failed write rejects with a code but without the value, and the next write succeeds', async () => {
  const storage = new Map<string, string>()
  const set = (key: string, value: string) => {
    if (value.includes('secret')) throw Object.assign(new Error(`no room for ${value}`), { code: 'QUOTA' })
    storage.set(key, value)
  }
  const store = singleProcessStore({ get: (key) => storage.get(key), set, delete: (key) => storage.delete(key) })
  await expect(store.compareAndSet('user:42', 0, { value: 'a secret' })).rejects.toMatchObject({
    code: 'store_failed',
    message: 'the storage could not write: QUOTA',
  })
  expect(await store.compareAndSet('user:42', 0, { value: 'first' })).toBe(true)
})

test('it reports whether it is volatile, and which methods are missing', () => {
  expect(singleProcessStore(new Map()).volatile).toBe(false)
  expect(singleProcessStore(new Map(), { volatile: true }).volatile).toBe(true)
  expect(() => singleProcessStore({ get: () => undefined } as never)).toThrow(
    expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(/set is not a function/) }),
  )
})

/** A storage that yields before each step, like one over a network. */
function slowStorage() {
  const storage = new Map<string, string>()
  const later = () => new Promise((resolve) => setImmediate(resolve))
  return {
    get: async (key: string) => (await later(), storage.get(key)),
    set: async (key: string, value: string) => (await later(), void storage.set(key, value)),
    delete: async (key: string) => (await later(), void storage.delete(key)),
  }
}
