import { Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { type Freshness, freshnessOf } from '../../src/refresh/freshness.ts'
import { someTime } from '../support/clock.ts'

const minute = 60_000
const hour = 60 * minute

/** When a token of so many milliseconds is no longer as fresh, to the second, counted back from its end. */
function turns(life: number, leeway: number, jitter: number): Record<Exclude<Freshness, 'fresh'>, number> {
  const token = Token.from({ accessToken: 'at', expiresAt: someTime + life })
  const at = (left: number) => freshnessOf({ token, obtainedAt: someTime }, someTime + life - left, { leeway, jitter })
  const first = (freshness: Freshness) => {
    let left = life
    while (at(left) !== freshness && left > 0) left -= 1000
    return left
  }
  return { stale: first('stale'), expired: first('expired') }
}

describe('a token is refreshed early', () => {
  test.each([
    [hour, minute, minute],
    [hour, 5 * minute, 5 * minute],
    [hour, hour, 12 * minute], // a fifth of its lifetime
    [100_000, minute, 20_000],
    [10_000, minute, 2000],
  ])('of %i ms with a leeway of %i: from %i before its end', (life, leeway, early) => {
    expect(turns(life, leeway, 0).stale).toBe(early)
  })

  test('at another moment in each process: a fleet does not refresh in step', () => {
    const moments = [0, 0.25, 0.5, 0.75, 1].map((jitter) => turns(hour, 10 * minute, jitter).stale / minute)
    expect(moments).toEqual([10, 8.75, 7.5, 6.25, 5])
  })

  test('and not handed out in its last moments, ten seconds or a twentieth of its lifetime', () => {
    expect(turns(hour, minute, 0).expired).toBe(10_000)
    expect(turns(40_000, minute, 0).expired).toBe(2000)
  })
})
