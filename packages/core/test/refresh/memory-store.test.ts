import { memoryStore } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { someTime, testClock } from '../support/clock.ts'
import { errorOf } from '../support/scene.ts'

const hour = 3_600_000
const key = 'user:42'
const other = 'user:43'

function stage() {
  const clock = testClock()
  return { clock, store: memoryStore({ clock }) }
}

describe('what is written into a store in memory', () => {
  test('is read with its version, and is nothing before the first write', async () => {
    const { store } = stage()
    expect(await store.read(key)).toBeUndefined()
    expect(await store.compareAndSet(key, 0, { value: 'first' })).toBe(true)
    expect(await store.read(key)).toEqual({ version: 1, value: 'first' })
    expect(await store.read(other)).toBeUndefined()
  })

  test('is not replaced by somebody who knows another version', async () => {
    const { store } = stage()
    await store.compareAndSet(key, 0, { value: 'first' })
    for (const version of [0, 2]) expect(await store.compareAndSet(key, version, { value: 'late' })).toBe(false)
    expect(await store.read(key)).toEqual({ version: 1, value: 'first' })
    expect(await store.compareAndSet(key, 1, { value: 'second' })).toBe(true)
    expect(await store.read(key)).toEqual({ version: 2, value: 'second' })
  })

  test('is gone with the process, and the store says so', () => {
    expect(stage().store.volatile).toBe(true)
  })

  test('needs a key that is not empty', async () => {
    const { store } = stage()
    for (const use of [store.read(''), store.compareAndSet('', 0, {}), store.acquire('', 'a', 1)])
      expect(await errorOf(use)).toMatchObject({
        code: 'config_invalid',
        message: 'a key of a token store must not be empty',
      })
  })
})

describe('a lease in memory', () => {
  test('is refused to others until it ends, to the millisecond', async () => {
    const { store, clock } = stage()
    expect(await store.acquire(key, 'a', 1000)).toBe(true)
    await clock.advance(999)
    expect(await store.acquire(key, 'b', 1000)).toBe(false)
    expect(await store.acquire(other, 'b', 1000)).toBe(true)
    await clock.advance(1)
    expect(await store.acquire(key, 'b', 1000)).toBe(true)
  })

  test('is given to its owner again, for longer', async () => {
    const { store, clock } = stage()
    await store.acquire(key, 'a', 1000)
    expect(await store.acquire(key, 'a', 5000)).toBe(true)
    await clock.advance(4999)
    expect(await store.acquire(key, 'b', 1)).toBe(false)
  })

  test('is kept by its owner alone, and only while it lasts', async () => {
    const { store, clock } = stage()
    await store.acquire(key, 'a', 1000)
    expect(await store.renew(key, 'b', 9000)).toBe(false)
    expect(await store.renew(key, 'a', 3000)).toBe(true)
    await clock.advance(2999)
    expect(await store.acquire(key, 'b', 1)).toBe(false)
    await clock.advance(1)
    expect(await store.renew(key, 'a', 1000)).toBe(false)
    expect(await store.acquire(key, 'b', 1)).toBe(true)
  })

  test('is given back by its owner alone', async () => {
    const { store } = stage()
    await store.acquire(key, 'a', 1000)
    await store.release(key, 'b')
    expect(await store.acquire(key, 'b', 1000)).toBe(false)
    await store.release(key, 'a')
    expect(await store.acquire(key, 'b', 1000)).toBe(true)
    await store.release(other, 'b') // nobody had it
  })

  test('has no say in writes, and outlasts them', async () => {
    const { store } = stage()
    await store.acquire(key, 'a', 1000)
    expect(await store.read(key)).toBeUndefined()
    expect(await store.compareAndSet(key, 0, { value: 'of another' })).toBe(true)
    expect(await store.acquire(key, 'b', 1000)).toBe(false)
    await store.release(key, 'a')
    expect(await store.read(key)).toEqual({ version: 1, value: 'of another' })
  })

  test('keeps what is stored when it is taken and kept', async () => {
    const { store } = stage()
    await store.compareAndSet(key, 0, { value: 'first' })
    await store.acquire(key, 'a', 1000)
    await store.renew(key, 'a', 1000)
    expect(await store.read(key)).toEqual({ version: 1, value: 'first' })
  })

  test('from a time that the clock has gone back behind is over', async () => {
    const { store, clock } = stage()
    await clock.advance(hour)
    await store.acquire(key, 'a', 1000)
    clock.jump(-hour)
    expect(await store.acquire(key, 'b', 1000)).toBe(true)
  })
})

describe('what is forgotten in memory', () => {
  /** Uses the store, which is when it sweeps. */
  const use = (store: ReturnType<typeof memoryStore>) => store.compareAndSet(other, 0, {})

  test('keeps its version for an hour, so that a late write is refused', async () => {
    const { store, clock } = stage()
    await store.compareAndSet(key, 0, { value: 'first' })
    expect(await store.compareAndSet(key, 1, {})).toBe(true)
    await clock.advance(hour - 1)
    await use(store)
    expect(await store.read(key)).toEqual({ version: 2, value: undefined })
    expect(await store.compareAndSet(key, 1, { value: 'late' })).toBe(false)
  })

  test('is swept after that', async () => {
    const { store, clock } = stage()
    await store.compareAndSet(key, 0, { value: 'first' })
    await store.compareAndSet(key, 1, {})
    await clock.advance(hour)
    await use(store)
    expect(await store.read(key)).toBeUndefined()
  })

  test('is swept by a lease that is taken, too', async () => {
    const { store, clock } = stage()
    await store.compareAndSet(key, 0, {})
    await clock.advance(hour)
    await store.acquire(other, 'a', 1)
    expect(await store.read(key)).toBeUndefined()
  })

  test('so is a record an hour after it became of no use, and no other', async () => {
    const { store, clock } = stage()
    await store.compareAndSet(key, 0, { value: 'until tomorrow', until: someTime + 24 * hour })
    await store.compareAndSet('for ever', 0, { value: 'kept' })
    await clock.advance(24 * hour + hour - 1)
    await use(store)
    expect((await store.read(key))?.value).toBe('until tomorrow')
    await clock.advance(hour)
    await store.compareAndSet(other, 1, {})
    expect(await store.read(key)).toBeUndefined()
    expect((await store.read('for ever'))?.value).toBe('kept')
  })

  test('is not swept while somebody has its lease', async () => {
    const { store, clock } = stage()
    await store.compareAndSet(key, 0, {})
    await store.acquire(key, 'a', 3 * hour)
    await clock.advance(2 * hour)
    await use(store)
    expect(await store.read(key)).toEqual({ version: 1, value: undefined })
    expect(await store.acquire(key, 'b', 1)).toBe(false)
  })

  test('is swept by a clock that has gone back, too', async () => {
    const { store, clock } = stage()
    await store.compareAndSet(key, 0, { until: someTime })
    await clock.advance(10 * hour)
    await use(store)
    await store.compareAndSet('old', 0, { value: 'old', until: someTime - 2 * hour })
    clock.jump(-9 * hour)
    await store.compareAndSet(other, 1, {})
    expect(await store.read('old')).toBeUndefined()
  })
})

describe('whoever watches a key in memory', () => {
  /** What is called soon after a write. */
  const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 0))

  test('hears of each write to it, until told to stop', async () => {
    const { store } = stage()
    const heard: string[] = []
    const stop = store.watch?.(key, () => heard.push('first'))
    store.watch?.(key, () => heard.push('second'))
    await store.compareAndSet(key, 0, { value: 'a' })
    await store.compareAndSet(other, 0, { value: 'b' })
    await soon()
    expect(heard).toEqual(['first', 'second'])
    stop?.()
    stop?.()
    await store.compareAndSet(key, 1, {})
    await soon()
    expect(heard).toEqual(['first', 'second', 'second'])
  })

  test('hears nothing of a write that failed, nor of one whose news is on its way when it stops', async () => {
    const { store } = stage()
    let heard = 0
    const stop = store.watch?.(key, () => (heard += 1))
    await store.compareAndSet(key, 7, { value: 'a' })
    await soon()
    const written = store.compareAndSet(key, 0, { value: 'a' })
    stop?.()
    expect(await written).toBe(true)
    await soon()
    expect(heard).toBe(0)
  })

  test('and throws, undoes no write and keeps nobody else from hearing of it', async () => {
    const { store } = stage()
    let heard = 0
    store.watch?.(key, () => {
      throw new Error('a mistake of the listener')
    })
    store.watch?.(key, () => (heard += 1))
    expect(await store.compareAndSet(key, 0, { value: 'a' })).toBe(true)
    await soon()
    expect(heard).toBe(1)
  })

  test('hears on, when an earlier watcher has stopped twice meanwhile', async () => {
    const { store } = stage()
    let heard = 0
    const stop = store.watch?.(key, () => undefined)
    stop?.()
    store.watch?.(key, () => (heard += 1))
    stop?.()
    await store.compareAndSet(key, 0, { value: 'a' })
    await soon()
    expect(heard).toBe(1)
  })
})

test('a store in memory goes by the clock that it was given, and by that of the system otherwise', async () => {
  const { store, clock } = stage()
  await clock.advance(5)
  expect(await store.now()).toBe(someTime + 5)
  const before = Date.now()
  expect(await memoryStore().now()).toBeGreaterThanOrEqual(before)
})
