import { Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { freshnessOf, isUsable } from '../../src/refresh/freshness.ts'
import { byStoreClock, isBusy, isOn, momentOf } from '../../src/refresh/honest-times.ts'
import { KeyState } from '../../src/refresh/key-state.ts'
import { memoryStore } from '../../src/refresh/memory-store.ts'
import { byOwnClock, type StoredToken } from '../../src/refresh/stored-token.ts'
import { someTime, testClock } from '../support/clock.ts'

const minute = 60_000
const hour = 60 * minute

describe('a span of time', () => {
  test('has begun at its begin, and is over at its end', () => {
    expect([9, 10, 19, 20].map((now) => isOn(10, 20, now))).toEqual([false, true, true, false])
  })
})

describe('a note that another process is refreshing', () => {
  function stage() {
    const clock = testClock()
    const asking = { store: memoryStore({ clock }), state: new KeyState(), holder: 'me' }
    const note = (at: number, attempt = 1, holder = 'another') => ({ holder, attempt, at, deadline: at + 15_000 })
    return { clock, note, busy: (intent: ReturnType<typeof note>) => isBusy(intent, asking) }
  }

  test('is believed until its deadline, by the clock of the store', async () => {
    const { clock, note, busy } = stage()
    expect(await busy(note(someTime))).toBe(true)
    await clock.advance(14_999)
    expect(await busy(note(someTime))).toBe(true)
    await clock.advance(1)
    expect(await busy(note(someTime))).toBe(false)
  })

  test('is not waited for by the process that wrote it', async () => {
    const { note, busy } = stage()
    expect(await busy(note(someTime, 1, 'me'))).toBe(false)
  })

  test('from the future is believed for as long as a request takes, from when it is seen first', async () => {
    const { clock, note, busy } = stage()
    const strange = note(someTime + 24 * hour)
    expect(await busy(strange)).toBe(true)
    await clock.advance(14_999)
    expect(await busy(strange)).toBe(true)
    await clock.advance(1)
    expect(await busy(strange)).toBe(false)
    expect(await busy(note(someTime + 24 * hour, 2))).toBe(true) // another attempt
    expect(await busy(note(someTime + 24 * hour, 2, 'a third'))).toBe(true)
  })

  test('from the future is taken as it is once its time has come', async () => {
    const { clock, note, busy } = stage()
    const soon = note(someTime + 1)
    expect(await busy(soon)).toBe(true)
    await clock.advance(15_000)
    expect(await busy(soon)).toBe(true)
    await clock.advance(1)
    expect(await busy(soon)).toBe(false)
  })
})

describe('the clock of a store', () => {
  /** A moment, where the store takes so long to say its time, and stands so far ahead. */
  async function asked(takes: number, ahead = 0) {
    const clock = testClock()
    const store = Object.assign(memoryStore({ clock }), {
      now: async () => {
        clock.jump(takes)
        return someTime + ahead
      },
    })
    return momentOf(store, clock)
  }

  test('is taken to be read half of the way there and back', async () => {
    expect(await asked(500, 7000)).toEqual({ at: someTime + 7000, ownAt: someTime + 250, comparable: true })
    expect((await asked(501)).ownAt).toBe(someTime + 251)
  })

  test.each([
    [999, true],
    [1000, false],
    [-999, true],
    [-1000, false],
  ])('is compared where saying it takes less than a second: %d ms', async (takes, comparable) => {
    expect((await asked(takes)).comparable).toBe(comparable)
  })

  test('dates what this process did, where both could be compared', () => {
    const moment = { at: 1000, ownAt: 400, comparable: true }
    expect(byStoreClock(500, moment)).toBe(1100)
    expect(byStoreClock(500, { ...moment, comparable: false })).toBeUndefined()
  })
})

describe('a token that another machine has stored', () => {
  const token = { accessToken: 'at', expiresAt: someTime + hour }
  const stored: StoredToken = { token, obtainedAt: someTime, storedAt: someTime }

  test.each([
    [90_000, 90_000],
    [-90_000, -90_000],
    [1000, 1000],
    [999, 0],
    [-999, 0],
  ])('by a clock %d ms ahead of the store has its times moved by %d', (ahead, shift) => {
    expect(byOwnClock(stored, ahead)).toEqual({
      ...stored,
      obtainedAt: someTime + shift,
      token: { ...token, expiresAt: someTime + hour + shift },
    })
  })

  test('counts how far the clocks of both machines are from that of the store', () => {
    const elsewhere = { ...stored, obtainedAt: someTime - minute } // its clock is a minute behind the store
    expect(byOwnClock(elsewhere, minute).token.expiresAt).toBe(someTime + hour + 2 * minute)
    expect(byOwnClock(elsewhere, -minute)).toBe(elsewhere)
  })

  test('is taken as it is where no clock of a store is known', () => {
    expect(byOwnClock({ ...stored, storedAt: undefined }, hour)).toEqual({ ...stored, storedAt: undefined })
    expect(byOwnClock(stored, undefined)).toBe(stored)
  })

  test('gets no expiry, where it has none', () => {
    const endless = { ...stored, token: { accessToken: 'at' } }
    expect(byOwnClock(endless, hour).token).toEqual({ accessToken: 'at' })
    expect(byOwnClock(endless, hour).obtainedAt).toBe(someTime + hour)
  })
})

describe('how good a token is', () => {
  const rules = { leeway: minute, jitter: 0 }
  const of = (life: number | undefined, more: Partial<StoredToken> = {}): StoredToken => ({
    token: Token.from({ accessToken: 'at', expiresAt: life === undefined ? undefined : someTime + life }),
    obtainedAt: someTime,
    ...more,
  })
  const left = (ms: number, minValid = 0, more: Partial<StoredToken> = {}) =>
    freshnessOf(of(hour, more), someTime + hour - ms, { ...rules, minValid })

  test('to the millisecond: stale from its leeway on, and expired in its last moments', () => {
    expect([minute + 1, minute, 10_001, 10_000].map((ms) => left(ms))).toEqual(['fresh', 'stale', 'stale', 'expired'])
  })

  test('expired for a caller who needs more of it than is left', () => {
    expect([1_800_001, 1_800_000].map((ms) => left(ms, 1_800_000))).toEqual(['fresh', 'expired'])
  })

  test('never expired for a caller who needs more than its whole lifetime, except in its last minute', () => {
    expect([hour, minute + 1].map((ms) => left(ms, 10 * hour))).toEqual(['fresh', 'expired'])
    expect(left(hour, 10 * hour, { adopted: true })).toBe('expired') // nobody knows how long its lifetime is
  })

  test('not stale early, where a refresh brings the same token again', () => {
    expect([minute, 10_001, 10_000].map((ms) => left(ms, 0, { repeated: true }))).toEqual(['fresh', 'fresh', 'expired'])
  })

  test('expired once an API has refused it, whatever its expiry', () => {
    expect(left(hour, 0, { refused: true })).toBe('expired')
    expect(freshnessOf(of(undefined, { refused: true }), someTime, rules)).toBe('expired')
    expect(isUsable(of(hour, { refused: true }), someTime)).toBe(false)
  })

  test('fresh for ever, where its expiry is unknown', () => {
    expect(freshnessOf(of(undefined), someTime + 1000 * hour, { ...rules, minValid: hour })).toBe('fresh')
    expect(isUsable(of(undefined), someTime + 1000 * hour)).toBe(true)
  })

  test('unknown to a clock that stands more than five minutes before it was obtained', () => {
    expect([-5 * minute, -5 * minute - 1].map((ms) => freshnessOf(of(hour), someTime + ms, rules))).toEqual([
      'fresh',
      'expired',
    ])
    expect([-5 * minute, -5 * minute - 1].map((ms) => isUsable(of(hour), someTime + ms))).toEqual([true, false])
    expect(isUsable(of(undefined), someTime - hour)).toBe(false)
  })

  test('expired where it had expired when it was obtained', () => {
    expect(freshnessOf(of(-hour), someTime, rules)).toBe('expired')
    expect(freshnessOf(of(-hour), someTime - 2 * minute, rules)).toBe('expired')
  })

  test('usable, where it could not be refreshed, until it expires', () => {
    expect([hour - 1, hour].map((ms) => isUsable(of(hour), someTime + ms))).toEqual([true, false])
    expect(isUsable(undefined, someTime)).toBe(false)
  })
})
