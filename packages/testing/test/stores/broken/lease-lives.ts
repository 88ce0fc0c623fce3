import type { TokenStoreFixture } from '../../../src/describe-token-store.ts'
import { altered, alteredEach, type Broken, withOwners } from '../altered.ts'

const clock = 'the clock counts milliseconds since the epoch, goes on, and never goes back'
const ends = 'a lease ends by itself, and not before its time'
const renews = 'renewing prolongs a lease'
const notOverRenewed = 'a lease that is over is not renewed, and stays over'
const notOthersRenewed = 'a lease of another owner, or of nobody, is not renewed, and stays as it is'

/** What may be wrong with how long a lease lasts, or its clock. */
export const leaseLives: readonly Broken[] = [
  [clock, 'it counts seconds', () => altered(() => ({ now: async () => Date.now() / 1_000 })), /milliseconds since/],
  [
    clock,
    'it counts microseconds',
    () => altered(() => ({ now: async () => Date.now() * 1_000 })),
    /milliseconds since/,
  ],
  [clock, 'it runs backwards', () => altered(() => ({ now: descending() })), /the time after/],
  [clock, 'each handle has its own', () => alteredEach(() => ({ now: ownClock() })), /the time after/],
  [clock, 'it stands', () => altered(() => ({ now: async () => 1_700_000_000_000 })), /clock of the store goes on/],
  [ends, 'it takes milliseconds for seconds', () => withLives((ttl) => ttl * 1_000), /the lease of a has ended/],
  [ends, 'it takes seconds for milliseconds', () => withLives((ttl) => ttl / 1_000), /when it had ended/],
  [
    'taking a lease again prolongs it',
    'taking it again does nothing',
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
  [renews, 'nothing is renewed', () => altered(() => ({ renew: async () => false })), /that runs/],
  [
    notOverRenewed,
    'the last owner renews',
    () =>
      withOwners((store, { holds }) => ({
        renew: async (key, owner, ttl) => holds(key, owner) && store.acquire(key, owner, ttl),
      })),
    /was renewed that is over/,
  ],
  [
    notOverRenewed,
    'renewing says no, and takes it',
    () =>
      altered((store) => ({
        renew: async (...values) => (await store.renew(...values)) || !(await store.acquire(...values)),
      })),
    /whether b gets the lease/,
  ],
  [
    notOthersRenewed,
    'renewing takes it',
    () => altered((store) => ({ renew: (key, owner, ttl) => store.acquire(key, owner, ttl) })),
    /was renewed that never was/,
  ],
  [
    notOthersRenewed,
    'everyone renews',
    () => withOwners((store, { ownerOf }) => ({ renew: (key, _, ttl) => store.renew(key, ownerOf(key), ttl) })),
    /a renewed b's lease/,
  ],
  [
    'who let a lease end does not give back that of the next owner',
    'who once had it gives it back',
    () =>
      withOwners((store, { ownerOf, ever }) => ({
        release: async (key, owner) => (ever(key, owner) ? store.release(key, ownerOf(key)) : undefined),
      })),
    /whether c gets the lease/,
  ],
]

function withLives(change: (ttl: number) => number): TokenStoreFixture {
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
