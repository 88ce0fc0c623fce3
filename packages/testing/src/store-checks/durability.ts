import { expect } from 'vitest'
import { expectStored, inTime, openTwo, type StoreCheck, write } from './check.ts'
import type { TokenStoreFixture } from './fixture.ts'

/** What is there when the store is opened the next day. */
export const durabilityChecks: readonly StoreCheck[] = [
  {
    name: 'closed and opened again, it has kept every text and every version, and its clock has not gone back',
    applies: isDurable,
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, 'user:42', 0, 'first')
      await write(there, 'user:42', 1, 'second')
      await write(here, 'user:43', 0, 'text')
      await write(here, 'user:43', 1, undefined)
      const time = await there.now()
      await fixture.close()
      const again = await fixture.open()
      await expectStored(again, 'user:42', 2, 'second')
      await expectStored(again, 'user:43', 2, undefined)
      expect(await again.read('user:44')).toBeUndefined()
      expect(await again.now(), 'the time after').toBeGreaterThanOrEqual(time)
      expect(await again.compareAndSet('user:42', 0, { value: 'as if never written' })).toBe(false)
      await write(again, 'user:42', 2, 'third')
    },
  },
  {
    name: 'what is asked of a handle that was closed is refused, or done all the same',
    applies: isDurable,
    async check(fixture) {
      const here = await fixture.open()
      await write(here, 'user:42', 0, 'text')
      await fixture.close()
      const written = await inTime(
        'writing to a handle that was closed',
        here.compareAndSet('user:42', 1, { value: 'late' }),
      ).catch(String)
      const again = await fixture.open()
      await expectStored(again, 'user:42', written === true ? 2 : 1, written === true ? 'late' : 'text')
    },
  },
]

/** Whether what was written outlives all handles. */
function isDurable({ durable }: TokenStoreFixture): boolean {
  return durable !== false
}
