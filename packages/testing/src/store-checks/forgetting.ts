import { expect } from 'vitest'
import { expectStored, openTwo, type StoreCheck, write } from './check.ts'

const key = 'user:42'

/** What remains of a value after its user has logged out. */
export const forgettingChecks: readonly StoreCheck[] = [
  {
    name: 'forgetting is a write: it removes the value and increments the version',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, key, { expected: 0, value: 'text' })
      await write(here, key, { expected: 1, value: undefined })
      await expectStored(there, key, { version: 2, value: undefined })
      await write(there, key, { expected: 2, value: undefined })
      await expectStored(here, key, { version: 3, value: undefined })
    },
  },
  {
    name: 'a write in flight when the value is forgotten is refused; one that expects the new version succeeds',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, key, { expected: 0, value: 'text' })
      await write(here, key, { expected: 1, value: undefined })
      expect(await there.compareAndSet(key, 1, { value: 'late' }), 'whether the late write was made').toBe(false)
      expect(
        await there.compareAndSet(key, 0, { value: 'as if never written' }),
        'whether the version started again',
      ).toBe(false)
      await expectStored(there, key, { version: 2, value: undefined })
      await write(there, key, { expected: 2, value: 'after the next login' })
      await expectStored(here, key, { version: 3, value: 'after the next login' })
    },
  },
  {
    name: 'a key that was never written can be forgotten, which increments its version',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, key, { expected: 0, value: undefined })
      await expectStored(there, key, { version: 1, value: undefined })
      expect(await there.compareAndSet(key, 0, { value: 'late' }), 'whether the late write was made').toBe(false)
    },
  },
]
