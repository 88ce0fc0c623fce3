import { expect } from 'vitest'
import { expectLease, expectStored, inTurn, long, openTwo, type StoreCheck, write } from './check.ts'

const key = 'user:42'

/** Whom a lease belongs to, and what it has no say in. */
export const leaseChecks: readonly StoreCheck[] = [
  {
    name: 'a lease is refused to others, and its owner gets it again',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a', true)
      // Owners are compared as they are, like keys.
      await inTurn(['b', 'A', 'a ', ' a', 'ab'], (owner) => expectLease(there, key, owner, false))
      await expectLease(here, key, 'a', true)
      await expectLease(there, key, 'a', true)
      await expectLease(here, key, 'b', false)
    },
  },
  {
    name: 'a lease that was given back is free at once',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a', true)
      await here.release(key, 'a')
      await expectLease(there, key, 'b', true)
      await expectLease(here, key, 'a', false)
    },
  },
  {
    name: 'only its owner gives a lease back',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await there.release(key, 'b') // there is none yet, which is no mistake
      await expectLease(here, key, 'a', true)
      await there.release(key, 'b')
      await here.release(key, 'b')
      await expectLease(there, key, 'b', false)
      expect(await here.renew(key, 'a', long), 'whether the owner still has it').toBe(true)
    },
  },
  {
    name: 'leases of different keys are independent',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a', true)
      await expectLease(there, 'user:43', 'b', true)
      await here.release('user:43', 'a')
      await here.release(key, 'a')
      await expectLease(here, 'user:43', 'a', false)
      await expectLease(here, key, 'b', true)
    },
  },
  {
    name: 'a lease alone writes nothing: the key reads as before, and its next write expects the same version',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a', true)
      expect(await there.read(key), 'a key that has a lease and was never written').toBeUndefined()
      await here.renew(key, 'a', long)
      await here.release(key, 'a')
      await here.renew(key, 'a', long)
      expect(await there.read(key), 'a key that had a lease and was never written').toBeUndefined()
      await write(there, key, 0, 'text')
      await expectLease(here, key, 'b', true)
      await expectStored(there, key, 1, 'text')
    },
  },
  {
    name: 'leases have no say in writes',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a', true)
      await write(there, key, 0, 'by someone without the lease')
      await write(there, key, 1, undefined)
      await write(here, key, 2, 'by its owner')
      await expectStored(there, key, 3, 'by its owner')
    },
  },
  {
    name: 'writes leave the lease as it is',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a', true)
      await inTurn(['first', 'second', undefined].entries(), async ([version, text]) => {
        await write(there, key, version, text)
        await expectLease(there, key, 'b', false)
      })
      await there.compareAndSet(key, 0, { value: 'refused' })
      expect(await here.renew(key, 'a', long), 'whether the owner still has it').toBe(true)
    },
  },
]
