import { expect } from 'vitest'
import {
  expectLease,
  expectLeaseRefused,
  expectStored,
  inTurn,
  long,
  openTwo,
  type StoreCheck,
  write,
} from './check.ts'

const key = 'user:42'

/** Who owns a lease, and what it does not affect. */
export const leaseChecks: readonly StoreCheck[] = [
  {
    name: 'a lease is refused to others, and its owner can acquire it again',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a')
      // Owners are compared exactly, like keys.
      await inTurn(['b', 'A', 'a ', ' a', 'ab'], (owner) => expectLeaseRefused(there, key, owner))
      await expectLease(here, key, 'a')
      await expectLease(there, key, 'a')
      await expectLeaseRefused(here, key, 'b')
    },
  },
  {
    name: 'a released lease is free at once',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a')
      await here.release(key, 'a')
      await expectLease(there, key, 'b')
      await expectLeaseRefused(here, key, 'a')
    },
  },
  {
    name: 'only the owner can release a lease',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await there.release(key, 'b') // no lease yet, which is not an error
      await expectLease(here, key, 'a')
      await there.release(key, 'b')
      await here.release(key, 'b')
      await expectLeaseRefused(there, key, 'b')
      expect(await here.renew(key, 'a', long), 'whether the owner still has it').toBe(true)
    },
  },
  {
    name: 'leases of different keys are independent',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a')
      await expectLease(there, 'user:43', 'b')
      await here.release('user:43', 'a')
      await here.release(key, 'a')
      await expectLeaseRefused(here, 'user:43', 'a')
      await expectLease(here, key, 'b')
    },
  },
  {
    name: 'a lease writes nothing: the key reads as before, and its next write expects the same version',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a')
      expect(await there.read(key), 'a key with a lease that was never written').toBeUndefined()
      await here.renew(key, 'a', long)
      await here.release(key, 'a')
      await here.renew(key, 'a', long)
      expect(await there.read(key), 'a key with a former lease that was never written').toBeUndefined()
      await write(there, key, { expected: 0, value: 'text' })
      await expectLease(here, key, 'b')
      await expectStored(there, key, { version: 1, value: 'text' })
    },
  },
  {
    name: 'leases do not restrict writes',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a')
      await write(there, key, { expected: 0, value: 'by someone without the lease' })
      await write(there, key, { expected: 1, value: undefined })
      await write(here, key, { expected: 2, value: 'by its owner' })
      await expectStored(there, key, { version: 3, value: 'by its owner' })
    },
  },
  {
    name: 'writes do not change the lease',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a')
      await inTurn(['first', 'second', undefined].entries(), async ([version, value]) => {
        await write(there, key, { expected: version, value })
        await expectLeaseRefused(there, key, 'b')
      })
      await there.compareAndSet(key, 0, { value: 'refused' })
      expect(await here.renew(key, 'a', long), 'whether the owner still has it').toBe(true)
    },
  },
]
