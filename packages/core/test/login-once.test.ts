import { GrantError, type GrantErrorCode, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { completeOnce } from '../src/grants/completion.ts'
import { testClock } from './support/clock.ts'
import { errorOf } from './support/scene.ts'

const token = Token.from({ accessToken: 'canary-access' })
const succeed = async () => token

describe('a login that was completed', () => {
  test('is remembered for ten minutes, which is as long as one may take', async () => {
    const clock = testClock()
    await completeOnce(clock, 'login', 'canary-code', succeed)
    await clock.advance(599_999)
    expect((await errorOf(completeOnce(clock, 'login', 'canary-code', succeed))).code).toBe('transaction_used')
    await clock.advance(1)
    expect(await completeOnce(clock, 'login', 'canary-code', succeed)).toBe(token)
  })

  test('is forgotten alone: those that began later are still remembered', async () => {
    const clock = testClock()
    await completeOnce(clock, 'first', 'canary-code', succeed)
    await clock.advance(300_000)
    await completeOnce(clock, 'second', 'canary-code', succeed)
    await clock.advance(300_000)
    expect((await errorOf(completeOnce(clock, 'second', 'canary-code', succeed))).code).toBe('transaction_used')
    expect(await completeOnce(clock, 'first', 'canary-code', succeed)).toBe(token)
  })

  test('is known to those only who have the same clock', async () => {
    await completeOnce(testClock(), 'login', 'canary-code', succeed)
    expect(await completeOnce(testClock(), 'login', 'canary-code', succeed)).toBe(token)
  })
})

describe('a login whose exchange fails', () => {
  /** What comes of a second attempt, when the first one has failed so. */
  async function again(failure: Error) {
    const clock = testClock()
    const fail = async () => {
      throw failure
    }
    await expect(completeOnce(clock, 'login', 'canary-code', fail)).rejects.toBe(failure)
    return completeOnce(clock, 'login', 'canary-code', succeed).then(
      () => 'usable',
      (error: GrantError) => error.code,
    )
  }

  test.each<GrantErrorCode>(['aborted', 'config_invalid', 'timeout', 'network_error', 'rate_limited'])(
    'with %s can be finished: that says nothing about the code',
    async (code) => expect(await again(new GrantError(code, 'not now'))).toBe('usable'),
  )

  test.each<GrantErrorCode>(['token_error', 'token_response_invalid', 'id_token_invalid', 'redirect_refused'])(
    'with %s is used up: the code was sent, and answered',
    async (code) => expect(await again(new GrantError(code, 'no'))).toBe('transaction_used'),
  )

  test('with an error of another kind can be finished', async () => {
    expect(await again(new TypeError('a function of the application failed'))).toBe('usable')
  })
})
