import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import {
  brief,
  expectLease,
  expectLeaseRefused,
  inTurn,
  letExpire,
  long,
  openTwo,
  pass,
  type StoreCheck,
  until,
  upTo,
} from './check.ts'

const key = 'user:42'

/** How long a lease lasts on the store's clock, and the clock itself. */
export const leaseLifetimeChecks: readonly StoreCheck[] = [
  {
    name: 'the clock counts milliseconds since the epoch, advances and never goes back',
    async check(fixture) {
      const stores = await openTwo(fixture)
      const first = await stores[0].now()
      expect(first, 'milliseconds since the epoch').toBeGreaterThan(Date.parse('2001-09-09'))
      expect(first, 'milliseconds since the epoch').toBeLessThan(Date.parse('5138-11-16'))
      let last = first
      await inTurn(upTo(100), async (index) => {
        const next = await (index % 2 === 0 ? stores[1] : stores[0]).now()
        expect(next, 'the time after').toBeGreaterThanOrEqual(last)
        last = next
      })
      await pass(stores[0], first)
    },
  },
  {
    name: 'a lease expires on its own, but not early',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      // Longer and longer: on a slow machine, a lease that expires too early goes unnoticed.
      await inTurn([brief, 4 * brief, 16 * brief], async (ttl) => {
        const name = `${key} for ${ttl} ms`
        const start = await here.now()
        expect(await here.acquire(name, 'a', ttl), 'whether a gets the lease').toBe(true)
        await until('the lease of a has expired, and b gets it', () => there.acquire(name, 'b', long))
        // An engine may store whole milliseconds although its clock has fractions.
        expect(await there.now(), 'when it had expired').toBeGreaterThan(start + ttl - 1)
        await expectLeaseRefused(here, name, 'a')
      })
    },
  },
  {
    name: 'acquiring a lease again extends it',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      expect(await here.acquire(key, 'a', brief), 'whether a gets the lease').toBe(true)
      await expectLease(here, key, 'a')
      await pass(here, (await here.now()) + brief)
      await expectLeaseRefused(there, key, 'b')
    },
  },
  {
    name: 'renewing extends a lease',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await pass(here, await takeAndRenew(here))
      await expectLeaseRefused(there, key, 'b')
      await here.release(key, 'a')
      await expectLease(there, key, 'b')
    },
  },
  {
    name: 'an expired lease cannot be renewed',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await letExpire(here, key)
      expect(await here.renew(key, 'a', long), 'whether an expired lease was renewed').toBe(false)
      await expectLease(there, key, 'b')
      expect(await here.renew(key, 'a', long), "whether a renewed b's lease").toBe(false)
    },
  },
  {
    name: 'only the current owner can renew a lease',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      expect(await here.renew(key, 'a', long), 'whether a lease was renewed that was never acquired').toBe(false)
      await expectLease(there, key, 'b')
      expect(await here.renew(key, 'a', long), "whether a renewed b's lease").toBe(false)
      expect(await there.renew(key, 'b', long), 'whether b renewed its own').toBe(true)
      await there.release(key, 'b')
      expect(await there.renew(key, 'b', long), 'whether a released lease was renewed').toBe(false)
      await expectLease(here, key, 'a')
    },
  },
  {
    name: "a former owner cannot release the next owner's lease",
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await letExpire(here, key)
      await expectLease(there, key, 'b')
      await here.release(key, 'a')
      await expectLeaseRefused(here, key, 'c')
      expect(await there.renew(key, 'b', long), 'whether b still has it').toBe(true)
    },
  },
]

/** Renews a short lease before it expires. Resolves to the time when it would have expired. */
async function takeAndRenew(store: TokenStore): Promise<number> {
  for (const ttl of [brief, 10 * brief, 40 * brief]) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- a longer lease each time, for a slow machine
    const expiry = await tryToRenew(store, ttl)
    if (expiry !== undefined) return expiry
  }
  return expect.fail(`a lease of ${40 * brief} ms expired before it could be renewed`)
}

async function tryToRenew(store: TokenStore, ttl: number): Promise<number | undefined> {
  const start = await store.now()
  expect(await store.acquire(key, 'a', ttl), 'whether a gets the lease').toBe(true)
  const renewed = await store.renew(key, 'a', long)
  const now = await store.now()
  if (renewed) return now + ttl
  // Only the store's clock can tell whether it was too late.
  expect(now, 'when a valid lease was not renewed').toBeGreaterThan(start + ttl - 1)
  return undefined
}
