import { type GrantEvent, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { announceEnd, type Early, refreshEarly } from '../../src/refresh/early-refresh.ts'
import { KeyState } from '../../src/refresh/key-state.ts'
import { firstRecord, newRecord } from '../../src/refresh/token-record.ts'
import { someTime, testClock } from '../support/clock.ts'
import { deferred } from '../support/deferred.ts'

const day = 24 * 3_600_000
const place = { key: 'user:42', owner: 'acme' }
const token = Token.from({ accessToken: 'at-0', authorizedAt: someTime })
const whole = { name: '' }

function stage(more: Partial<Early> = {}) {
  const clock = testClock()
  const state = new KeyState()
  state.record = firstRecord(place, { token, obtainedAt: someTime })
  const events: Pick<GrantEvent, 'type'>[] = []
  const handed: Promise<unknown>[] = []
  const waitUntil = (work: Promise<unknown>): void => void handed.push(work)
  const emit = (event: Pick<GrantEvent, 'type'>): void => void events.push(event)
  const early: Early = { state, clock, emit, background: true, waitUntil, absoluteLifetime: undefined, ...more }
  let refreshes = 0
  /** Tries, and says how many refreshes there have been. */
  const attempt = async (name = '', work: () => Promise<void> = async () => undefined) => {
    refreshEarly({ name }, early, () => {
      refreshes += 1
      return work()
    })
    await state.background.get(name)
    return refreshes
  }
  return { clock, state, events, handed, early, attempt }
}

describe('a token that is still served is refreshed', () => {
  test('once a second at most, for each of its purposes', async () => {
    const { clock, attempt } = stage()
    expect(await attempt()).toBe(1)
    await clock.advance(999)
    expect(await attempt()).toBe(1)
    expect(await attempt('api')).toBe(2)
    await clock.advance(1)
    expect(await attempt()).toBe(3)
  })

  test('again at once, where the last attempt is dated ahead by a clock that was wrong', async () => {
    const { clock, attempt } = stage()
    await clock.advance(day)
    await attempt()
    clock.jump(-day)
    expect(await attempt()).toBe(2)
  })

  test('not where it is switched off', async () => {
    expect(await stage({ background: false }).attempt()).toBe(0)
  })

  test('not while callers wait for one, nor while one is under way', async () => {
    const waiting = stage()
    waiting.state.flights.set('', Promise.resolve({ token, final: true }))
    expect(await waiting.attempt()).toBe(0)
    const { state, early, clock } = stage()
    const going = deferred()
    let begun = 0
    const begin = () => {
      begun += 1
      return going.promise
    }
    refreshEarly(whole, early, begin)
    await clock.advance(60_000)
    refreshEarly(whole, early, begin)
    expect(begun).toBe(1)
    going.resolve()
    await state.background.get('')
    expect(state.background.size).toBe(0)
  })

  test('not while a failure is taken for granted, by the clock of the store', async () => {
    const { clock, state, attempt } = stage()
    const failure = { code: 'timeout', count: 1, at: someTime, until: someTime + 5000 }
    state.record = { ...newRecord(place), failure }
    state.ahead = 2000
    await clock.advance(1999) // by the store's clock, it has not failed yet
    expect(await attempt()).toBe(1)
    await clock.advance(4999)
    expect(await attempt()).toBe(1)
    await clock.advance(2)
    expect(await attempt()).toBe(2)
  })

  test('and nobody hears of its failure; the runtime waits for it', async () => {
    const { handed, attempt, state } = stage()
    expect(await attempt('', () => Promise.reject(new Error('away')))).toBe(1)
    expect(handed).toHaveLength(1)
    await expect(handed[0]).resolves.not.toThrow()
    expect(state.background.size).toBe(0)
  })

  test('also where no runtime wants to wait', async () => {
    expect(await stage({ waitUntil: undefined }).attempt()).toBe(1)
  })
})

describe('the end of a grant', () => {
  const limited = { absoluteLifetime: 180 * day }

  test('is announced two weeks before, to the millisecond, and once', async () => {
    const { clock, early, events } = stage(limited)
    await clock.advance(166 * day - 1)
    announceEnd(early)
    expect(events).toEqual([])
    await clock.advance(1)
    announceEnd(early)
    announceEnd(early)
    expect(events).toEqual([{ type: 'reauthorization_soon', endsAt: someTime + 180 * day }])
  })

  test('is announced again after the next login, and not where nothing is known', async () => {
    const { clock, early, events, state } = stage(limited)
    await clock.advance(170 * day)
    announceEnd(early)
    state.record = firstRecord(place, { token, obtainedAt: someTime })
    announceEnd(early)
    expect(events).toHaveLength(2)
    for (const record of [
      undefined,
      firstRecord(place, { token: token.with({ authorizedAt: undefined }), obtainedAt: 1 }),
    ]) {
      state.record = record
      announceEnd(early)
    }
    expect(events).toHaveLength(2)
  })

  test('is not announced where the provider ends no grant', async () => {
    const { clock, early, events } = stage()
    await clock.advance(1000 * day)
    announceEnd(early)
    expect(events).toEqual([])
  })
})
