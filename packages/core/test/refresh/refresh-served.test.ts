import { describe, expect, test } from 'vitest'
import { KeyState, keyState } from '../../src/refresh/key-state.ts'
import { memoryStore } from '../../src/refresh/memory-store.ts'
import { ServedTokens } from '../../src/refresh/served-tokens.ts'
import { newRecord, type TokenRecord } from '../../src/refresh/token-record.ts'
import { someTime, testClock } from '../support/clock.ts'
import { place } from '../support/coordination.ts'

const hour = 3_600_000
const stored = (accessToken: string) => ({
  token: { accessToken, expiresAt: someTime + hour },
  obtainedAt: someTime,
  storedAt: someTime,
})
const record = (...purposes: readonly string[]): TokenRecord => ({
  ...newRecord(place),
  tokens: Object.fromEntries(purposes.map((purpose) => [purpose, stored(`at-${purpose}`)])),
})

function stage(...purposes: readonly string[]) {
  const state = new KeyState()
  state.record = record(...purposes)
  const clock = testClock()
  return { state, clock, served: new ServedTokens({ state, clock, rules: { leeway: 60_000, jitter: 0 } }) }
}

describe('the tokens that a process serves', () => {
  test('are made once, and again when the record has others or the clock is known to differ', () => {
    const { served, state } = stage('', 'api')
    const first = served.of('')
    expect(first?.token.accessToken).toBe('at-')
    expect(served.of('')).toBe(first)
    state.ahead = 90_000
    expect(served.of('')?.token.expiresAt).toBe(someTime + hour + 90_000)
    expect(served.of('')).toBe(served.of(''))
    state.record = record('')
    expect(served.of('')).not.toBe(first)
    expect(served.of('other')).toBeUndefined()
  })

  test('are no more than the record has', () => {
    const { served, state } = stage('', 'first', 'second')
    for (const purpose of ['', 'first', 'second']) served.of(purpose)
    expect([...state.served.keys()]).toEqual(['', 'first', 'second'])
    state.record = record('', 'second')
    served.of('')
    expect([...state.served.keys()]).toEqual(['', 'second'])
  })

  test('are none, where no record is known', () => {
    const { served, state } = stage('')
    state.record = undefined
    expect(served.of('')).toBeUndefined()
    expect(served.in(undefined, '')).toBeUndefined()
    expect(served.freshness(undefined, '', 0)).toBe('expired')
  })

  test('are as good as they say, in seconds, and those of a dead grant are useless', () => {
    const { served, state } = stage('')
    expect([3539, 3541].map((minValid) => served.freshness(state.record, '', minValid))).toEqual(['fresh', 'fresh'])
    expect(served.freshness(state.record, 'other', 0)).toBe('expired')
    expect(served.freshness({ ...record(''), state: 'dead' }, '', 0)).toBe('expired')
  })

  test('are expired for a caller who needs them for longer than is left', async () => {
    const { served, state, clock } = stage('')
    await clock.advance(hour / 2)
    expect([1799, 1800].map((minValid) => served.freshness(state.record, '', minValid))).toEqual(['fresh', 'expired'])
  })
})

test('what a process knows of a key is shared by one store, key and owner alone', () => {
  const [store, other] = [memoryStore(), memoryStore()]
  const state = keyState(store, 'user:42', 'acme')
  expect(keyState(store, 'user:42', 'acme')).toBe(state)
  for (const another of [
    keyState(other, 'user:42', 'acme'),
    keyState(store, 'user:43', 'acme'),
    keyState(store, 'user:42', 'other'),
  ])
    expect(another).not.toBe(state)
})
