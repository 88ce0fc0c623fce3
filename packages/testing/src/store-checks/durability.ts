import { expect } from 'vitest'
import { expectStored, inTime, openTwo, type StoreCheck, write } from './check.ts'
import type { TokenStoreFixture } from './fixture.ts'

/** What a store keeps when it is closed and opened again. */
export const durabilityChecks: readonly StoreCheck[] = [
  {
    name: 'after closing and reopening, every value and version is kept, and the clock has not gone back',
    applies: isDurable,
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, 'user:42', { expected: 0, value: 'first' })
      await write(there, 'user:42', { expected: 1, value: 'second' })
      await write(here, 'user:43', { expected: 0, value: 'text' })
      await write(here, 'user:43', { expected: 1, value: undefined })
      const time = await there.now()
      await fixture.close()
      const again = await fixture.open()
      await expectStored(again, 'user:42', { version: 2, value: 'second' })
      await expectStored(again, 'user:43', { version: 2, value: undefined })
      expect(await again.read('user:44')).toBeUndefined()
      expect(await again.now(), 'the time after reopening').toBeGreaterThanOrEqual(time)
      expect(await again.compareAndSet('user:42', 0, { value: 'as if never written' })).toBe(false)
      await write(again, 'user:42', { expected: 2, value: 'third' })
    },
  },
  {
    name: 'a write through a closed handle either fails or is stored',
    applies: isDurable,
    async check(fixture) {
      const here = await fixture.open()
      await write(here, 'user:42', { expected: 0, value: 'text' })
      await fixture.close()
      const written = await inTime(
        'writing through a closed handle',
        here.compareAndSet('user:42', 1, { value: 'late' }),
      ).catch(String)
      const again = await fixture.open()
      await expectStored(
        again,
        'user:42',
        written === true ? { version: 2, value: 'late' } : { version: 1, value: 'text' },
      )
    },
  },
]

/** Whether data outlives every handle. */
function isDurable({ durable }: TokenStoreFixture): boolean {
  return durable !== false
}
