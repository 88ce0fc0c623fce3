import { join } from 'node:path'
import { fileStore } from '@grantkit/stores/file'
import { sqliteStore } from '@grantkit/stores/sqlite'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { patience } from './support/patience.ts'
import { temporary } from './support/temporary.ts'

vi.setConfig(patience)

afterEach(() => void vi.useRealTimers())

const minute = 60_000
const hour = 60 * minute
const year = 365 * 24 * hour

/** Sets the clock of this machine. */
function set(time: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: time })
}

describe.each([
  ['in files', fileStore],
  ['in SQLite', sqliteStore],
])('the clock of a store %s', (_, open) => {
  const stores = async (count: number) => {
    const path = join(await temporary(), 'tokens')
    return Array.from({ length: count }, () => {
      const store = open({ path })
      onTestFinished(() => store.close())
      return store
    })
  }

  test.each([1, minute, hour, 25 * hour])(
    'does not go back when the clock of the machine does, by %i ms',
    async (back) => {
      const [one, other] = await stores(2)
      const start = Date.now()
      set(start)
      const told = (await one?.now()) ?? Infinity
      set(start - back)
      const later = await one?.now()
      expect(later).toBeGreaterThanOrEqual(told)
      expect(later, 'and is not ahead of what it was').toBeLessThan(told + minute)
      expect(await other?.now(), 'that of another process').toBeGreaterThanOrEqual(told)
    },
  )

  test('runs at half speed until the clock of the machine has caught up, then follows it', async () => {
    const [store] = await stores(1)
    const start = Date.now()
    set(start)
    await store?.now()
    set(start - hour)
    await store?.now()
    set(start - hour + 40 * minute)
    const behind = await store?.now()
    expect(behind).toBeGreaterThanOrEqual(start + 20 * minute)
    expect(behind).toBeLessThan(start + 21 * minute)
    set(start + 2 * hour)
    expect(await store?.now()).toBe(start + 2 * hour)
  })

  test('does not stay a year ahead after the clock of the machine was there for a moment', async () => {
    const [one, other] = await stores(2)
    const start = Date.now()
    set(start + year)
    await one?.now()
    await one?.compareAndSet('user:42', 0, { value: 'first' })
    set(start)
    expect(await one?.now()).toBe(start)
    expect(await other?.now()).toBe(start)
  })

  test('that was a year ahead for a moment blocks no key: a lease expires after its requested lifetime', async () => {
    const [one, other] = await stores(2)
    const start = Date.now()
    set(start + year)
    expect(await one?.acquire('user:42', 'a', 30_000)).toBe(true)
    set(start)
    expect(await other?.acquire('user:42', 'b', 30_000), 'while a may still have it').toBe(false)
    expect(await one?.renew('user:42', 'a', 30_000), 'whether a keeps it').toBe(true)
    set(start + 29_999)
    expect(await other?.acquire('user:42', 'b', 30_000)).toBe(false)
    set(start + 30_001)
    expect(await other?.acquire('user:42', 'b', 30_000)).toBe(true)
  })

  test('that jumps a year ahead for a moment removes nothing', async () => {
    const [store] = await stores(1)
    const start = Date.now()
    set(start)
    await store?.compareAndSet('user:42', 0, { value: 'for a month', until: start + 30 * 24 * hour })
    set(start + year)
    await store?.compareAndSet('user:43', 0, {})
    await store?.compareAndSet('user:44', 0, { value: 'another', until: start + 2 * year })
    set(start)
    await store?.compareAndSet('user:45', 0, {})
    expect(await store?.read('user:42')).toEqual({ version: 1, value: 'for a month' })
  })
})
