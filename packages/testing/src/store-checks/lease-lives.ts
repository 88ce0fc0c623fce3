import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import { brief, expectLease, inTurn, letEnd, long, openTwo, pass, type StoreCheck, until, upTo } from './check.ts'

const key = 'user:42'

/** How long a lease lasts, on the clock of the store, and the clock itself. */
export const leaseLifeChecks: readonly StoreCheck[] = [
  {
    name: 'the clock counts milliseconds since the epoch, goes on, and never goes back',
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
    name: 'a lease ends by itself, and not before its time',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      // Longer and longer, since a lease that ends too soon goes unnoticed where the machine is slow.
      await inTurn([brief, 4 * brief, 16 * brief], async (ttl) => {
        const name = `${key} for ${ttl} ms`
        const begun = await here.now()
        expect(await here.acquire(name, 'a', ttl), 'whether a gets the lease').toBe(true)
        await until('the lease of a has ended, and b gets it', () => there.acquire(name, 'b', long))
        // An engine may count in whole milliseconds where its clock has fractions.
        expect(await there.now(), 'when it had ended').toBeGreaterThan(begun + ttl - 1)
        await expectLease(here, name, 'a', false)
      })
    },
  },
  {
    name: 'taking a lease again prolongs it',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      expect(await here.acquire(key, 'a', brief), 'whether a gets the lease').toBe(true)
      await expectLease(here, key, 'a', true)
      await pass(here, (await here.now()) + brief)
      await expectLease(there, key, 'b', false)
    },
  },
  {
    name: 'renewing prolongs a lease',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await pass(here, await takeAndRenew(here))
      await expectLease(there, key, 'b', false)
      await here.release(key, 'a')
      await expectLease(there, key, 'b', true)
    },
  },
  {
    name: 'a lease that is over is not renewed, and stays over',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await letEnd(here, key)
      expect(await here.renew(key, 'a', long), 'whether a lease was renewed that is over').toBe(false)
      await expectLease(there, key, 'b', true)
      expect(await here.renew(key, 'a', long), "whether a renewed b's lease").toBe(false)
    },
  },
  {
    name: 'a lease of another owner, or of nobody, is not renewed, and stays as it is',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      expect(await here.renew(key, 'a', long), 'whether a lease was renewed that never was').toBe(false)
      await expectLease(there, key, 'b', true)
      expect(await here.renew(key, 'a', long), "whether a renewed b's lease").toBe(false)
      expect(await there.renew(key, 'b', long), 'whether b renewed its own').toBe(true)
      await there.release(key, 'b')
      expect(await there.renew(key, 'b', long), 'whether a lease was renewed that was given back').toBe(false)
      await expectLease(here, key, 'a', true)
    },
  },
  {
    name: 'who let a lease end does not give back that of the next owner',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await letEnd(here, key)
      await expectLease(there, key, 'b', true)
      await here.release(key, 'a')
      await expectLease(here, key, 'c', false)
      expect(await there.renew(key, 'b', long), 'whether b still has it').toBe(true)
    },
  },
]

/** Renews a short lease while it runs; resolves to when it would have been over. */
async function takeAndRenew(store: TokenStore): Promise<number> {
  for (const ttl of [brief, 10 * brief, 40 * brief]) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- a longer one, if the machine was too slow for the one before
    const end = await tryToRenew(store, ttl)
    if (end !== undefined) return end
  }
  return expect.fail(`a lease of ${40 * brief} ms was over before it could be renewed`)
}

async function tryToRenew(store: TokenStore, ttl: number): Promise<number | undefined> {
  const begun = await store.now()
  expect(await store.acquire(key, 'a', ttl), 'whether a gets the lease').toBe(true)
  const renewed = await store.renew(key, 'a', long)
  const now = await store.now()
  if (renewed) return now + ttl
  // Only the clock of the store can tell whether it was too late.
  expect(now, 'when a lease was not renewed that runs').toBeGreaterThan(begun + ttl - 1)
  return undefined
}
