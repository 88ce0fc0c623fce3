import type { TokenStoreFixture } from '../../../src/describe-token-store.ts'
import { altered, alteredEach, type Broken, withOwners } from '../altered.ts'

const clock = 'the clock counts milliseconds since the epoch, advances and never goes back'
const expires = 'a lease expires on its own, but not early'
const renews = 'renewing extends a lease'
const renewsExpired = 'an expired lease cannot be renewed'
const renewsOthers = 'only the current owner can renew a lease'

/** Stores with wrong lease lifetimes or a wrong clock. */
export const leaseLifetimes: readonly Broken[] = [
  [clock, 'it counts seconds', () => altered(() => ({ now: async () => Date.now() / 1_000 })), /milliseconds since/],
  [
    clock,
    'it counts microseconds',
    () => altered(() => ({ now: async () => Date.now() * 1_000 })),
    /milliseconds since/,
  ],
  [clock, 'it runs backwards', () => altered(() => ({ now: descending() })), /the time after/],
  [clock, 'each handle has its own', () => alteredEach(() => ({ now: ownClock() })), /the time after/],
  [
    clock,
    'it stands still',
    () => altered(() => ({ now: async () => 1_700_000_000_000 })),
    /the store's clock advances/,
  ],
  [
    expires,
    'it takes milliseconds for seconds',
    () => withLifetimes((ttl) => ttl * 1_000),
    /the lease of a has expired/,
  ],
  [expires, 'it takes seconds for milliseconds', () => withLifetimes((ttl) => ttl / 1_000), /when it had expired/],
  [
    'acquiring a lease again extends it',
    'acquiring it again does nothing',
    () =>
      withOwners((store, { holds }) => ({
        acquire: async (key, owner, ttl) => holds(key, owner) || store.acquire(key, owner, ttl),
      })),
    /whether b gets the lease/,
  ],
  [
    renews,
    'renewing does nothing',
    () => withOwners((_, { holds }) => ({ renew: async (key, owner) => holds(key, owner) })),
    /whether b gets the lease/,
  ],
  [
    renews,
    'nothing is renewed',
    () => altered(() => ({ renew: async () => false })),
    /when a valid lease was not renewed/,
  ],
  [
    renewsExpired,
    'the last owner can renew it',
    () =>
      withOwners((store, { holds }) => ({
        renew: async (key, owner, ttl) => holds(key, owner) && store.acquire(key, owner, ttl),
      })),
    /an expired lease was renewed/,
  ],
  [
    renewsExpired,
    'renewing reports failure, but acquires it',
    () =>
      altered((store) => ({
        renew: async (...values) => (await store.renew(...values)) || !(await store.acquire(...values)),
      })),
    /whether b gets the lease/,
  ],
  [
    renewsOthers,
    'renewing acquires it',
    () => altered((store) => ({ renew: (key, owner, ttl) => store.acquire(key, owner, ttl) })),
    /was renewed that was never acquired/,
  ],
  [
    renewsOthers,
    'everyone can renew it',
    () => withOwners((store, { ownerOf }) => ({ renew: (key, _, ttl) => store.renew(key, ownerOf(key), ttl) })),
    /a renewed b's lease/,
  ],
  [
    "a former owner cannot release the next owner's lease",
    'a former owner can release it',
    () =>
      withOwners((store, { ownerOf, ever }) => ({
        release: async (key, owner) => (ever(key, owner) ? store.release(key, ownerOf(key)) : undefined),
      })),
    /whether c gets the lease/,
  ],
]

function withLifetimes(change: (ttl: number) => number): TokenStoreFixture {
  return altered((store) => ({ acquire: (key, owner, ttl) => store.acquire(key, owner, change(ttl)) }))
}

function descending(): () => Promise<number> {
  let time = Date.now()
  return async () => (time -= 1)
}

let clocks = 0

function ownClock(): () => Promise<number> {
  const offset = 10_000 * (clocks += 1)
  return async () => Date.now() + offset
}
