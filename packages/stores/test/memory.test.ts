import { singleProcessStore } from '@grantkit/stores/single-process'
import { expect, test } from 'vitest'
import { Calls } from '../src/shared/calls.ts'
import { Watchers } from '../src/shared/watchers.ts'
import { KeyedTurns } from '../src/single-process/keyed-turns.ts'
import { Leases } from '../src/single-process/leases.ts'

const many = 200_000

test('a key is removed when its last watcher stops', () => {
  const [calls, watchers] = [new Calls(), new Watchers(() => () => {})]
  for (let index = 0; index < many; index++) {
    calls.add(`user:${index}`, () => {})()
    const stop = watchers.watch(`user:${index}`, () => {})
    stop()
    stop()
  }
  expect([calls.size, watchers.size]).toEqual([0, 0])
})

test('a key is removed when its last step ends', async () => {
  const turns = new KeyedTurns()
  for (let index = 0; index < many; index++) await turns.run(`user:${index}`, async () => {})
  expect(turns.size).toBe(0)
  await Promise.allSettled(['a', 'a', 'b'].map((key) => turns.run(key, () => Promise.reject(new Error('failed')))))
  expect(turns.size).toBe(0)
})

test('released leases are removed, and expired ones do not accumulate', () => {
  const leases = new Leases()
  let most = 0
  for (let index = 0; index < many; index++) {
    leases.take(`user:${index}`, { owner: 'a', ttl: 100 }, index)
    if (index % 2 === 0) leases.release(`user:${index}`, 'a')
    most = Math.max(most, leases.size)
  }
  expect(most).toBeLessThan(3_000)
})

test('a single-process store holds nothing in memory, for any number of keys', async () => {
  const storage = new Map<string, string>()
  const clock = { time: Date.now(), now: () => clock.time }
  const store = singleProcessStore(storage, { clock })
  for (let index = 0; index < many; index++) {
    clock.time += 1_000
    await store.compareAndSet(`user:${index}`, 0, {})
  }
  expect(storage.size, 'what was forgotten in the last hour').toBe(3_600)
}, 60_000)
