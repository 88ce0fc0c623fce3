import { expect } from 'vitest'
import { expectStored, openTwo, type StoreCheck, write } from './check.ts'

const key = 'user:42'

/** What is left of a text when its user has logged out. */
export const forgettingChecks: readonly StoreCheck[] = [
  {
    name: 'forgetting is a write: the text is gone, and the version is one more',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, key, 0, 'text')
      await write(here, key, 1, undefined)
      await expectStored(there, key, 2, undefined)
      await write(there, key, 2, undefined)
      await expectStored(here, key, 3, undefined)
    },
  },
  {
    name: 'a write that was on its way when the text was forgotten is refused; one that knows of it is made',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, key, 0, 'text')
      await write(here, key, 1, undefined)
      expect(await there.compareAndSet(key, 1, { value: 'late' }), 'whether the late write was made').toBe(false)
      expect(
        await there.compareAndSet(key, 0, { value: 'as if never written' }),
        'whether the version began anew',
      ).toBe(false)
      await expectStored(there, key, 2, undefined)
      await write(there, key, 2, 'after the next login')
      await expectStored(here, key, 3, 'after the next login')
    },
  },
  {
    name: 'what was never written can be forgotten, and that counts too',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, key, 0, undefined)
      await expectStored(there, key, 1, undefined)
      expect(await there.compareAndSet(key, 0, { value: 'late' }), 'whether the late write was made').toBe(false)
    },
  },
]
