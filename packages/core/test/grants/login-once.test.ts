import { type Exchange, GrantError, type GrantErrorCode, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { completeOnce } from '../../src/grants/completion.ts'
import { testClock } from '../support/clock.ts'
import { errorOf } from '../support/scene.ts'

const token = Token.from({ accessToken: 'canary-access' })
const succeed = async (): Promise<Exchange> => ({ token, verified: async () => token })
const fail = (error: GrantError) => async (): Promise<Exchange> => ({ error })

/** Completes logins of its own, by one clock. */
function stage() {
  const clock = testClock()
  const own = crypto.randomUUID()
  const complete = (redeem: () => Promise<Exchange> = succeed, login = 'login', code = 'canary-code') =>
    completeOnce({ clock, key: `${own} ${login}`, code, redeem })
  const outcome = (redeem?: () => Promise<Exchange>) =>
    complete(redeem).then(
      () => 'token',
      (error: GrantError) => error.code,
    )
  return { clock, complete, outcome, own }
}

describe('a login that was completed', () => {
  test('is remembered for ten minutes, which is as long as one may take', async () => {
    const { clock, complete } = stage()
    await complete()
    await clock.advance(599_999)
    expect((await errorOf(complete())).code).toBe('transaction_used')
    await clock.advance(1)
    expect(await complete()).toBe(token)
  })

  test('is forgotten alone: those that began later are still remembered', async () => {
    const { clock, complete } = stage()
    await complete(succeed, 'first')
    await clock.advance(300_000)
    await complete(succeed, 'second')
    await clock.advance(300_000)
    expect((await errorOf(complete(succeed, 'second'))).code).toBe('transaction_used')
    expect(await complete(succeed, 'first')).toBe(token)
  })

  test('is known to the whole process, whatever clock the next provider has', async () => {
    const { complete, own } = stage()
    await complete()
    const again = { clock: testClock(1), key: `${own} login`, code: 'canary-code', redeem: succeed }
    expect((await errorOf(completeOnce(again))).code).toBe('transaction_used')
  })

  test('is remembered by its own clock, however far ahead that of another provider is', async () => {
    const { complete } = stage()
    await complete()
    await completeOnce({ clock: testClock(9e15), key: crypto.randomUUID(), code: 'canary-code', redeem: succeed })
    expect((await errorOf(complete())).code).toBe('transaction_used')
  })

  test('says nothing about another login', async () => {
    const { complete } = stage()
    await complete(succeed, 'first')
    expect(await complete(succeed, 'second')).toBe(token)
  })
})

describe('a login whose code could not be redeemed', () => {
  test.each<GrantErrorCode>(['aborted', 'config_invalid', 'timeout', 'network_error', 'rate_limited'])(
    'with %s can be finished: that says nothing about the code',
    async (code) => {
      const { outcome } = stage()
      expect([await outcome(fail(new GrantError(code, 'not now'))), await outcome()]).toEqual([code, 'token'])
    },
  )

  test.each<GrantErrorCode>(['token_error', 'token_response_invalid', 'redirect_refused', 'response_too_large'])(
    'with %s is used up: the code was sent, and the server has responded',
    async (code) => {
      const { outcome } = stage()
      expect([await outcome(fail(new GrantError(code, 'no'))), await outcome()]).toEqual([code, 'transaction_used'])
    },
  )

  test('with an error of another kind can be finished', async () => {
    const { complete } = stage()
    const failure = new TypeError('a function of the application failed')
    await expect(complete(() => Promise.reject(failure))).rejects.toBe(failure)
    expect(await complete()).toBe(token)
  })
})

describe('a login whose token could not be verified', () => {
  /** A response whose verification fails so, once; then it succeeds. */
  function unverified(failure: Error) {
    let redeemed = 0
    let verifications = 0
    const redeem = async (): Promise<Exchange> => {
      redeemed += 1
      const verified = async () => {
        if (++verifications === 1) throw failure
        return token
      }
      return { token, verified }
    }
    return { redeem, redeemed: () => redeemed }
  }

  test.each<[string, Error]>([
    ['keys that are out of reach', new GrantError('network_error', 'no')],
    ['keys that come too late', new GrantError('timeout', 'no')],
    ['a server of keys that fails', new GrantError('id_token_invalid', 'no', { action: 'retry' })],
    [
      'keys that are not where the metadata says',
      new GrantError('id_token_invalid', 'no', { action: 'fix_configuration' }),
    ],
    ['a document of keys that is too large', new GrantError('response_too_large', 'no')],
    ['a document of keys that is not JSON', new GrantError('discovery_failed', 'no', { action: 'report' })],
    ['an error of another kind', new TypeError('no')],
  ])('for %s is finished by the same callback, without sending the code again', async (_, failure) => {
    const { complete } = stage()
    const { redeem, redeemed } = unverified(failure)
    await expect(complete(redeem)).rejects.toBe(failure)
    expect(await complete(redeem)).toBe(token)
    expect(redeemed()).toBe(1)
    expect((await errorOf(complete(redeem))).code).toBe('transaction_used')
  })

  test('because the ID token was refused is used up', async () => {
    const { outcome } = stage()
    const { redeem } = unverified(new GrantError('id_token_invalid', 'the signature is wrong'))
    expect([await outcome(redeem), await outcome(redeem)]).toEqual(['id_token_invalid', 'transaction_used'])
  })

  test('is not finished by a callback with another code', async () => {
    const { complete } = stage()
    const { redeem } = unverified(new GrantError('network_error', 'no'))
    await errorOf(complete(redeem))
    expect((await errorOf(complete(redeem, 'login', 'canary-other-code'))).code).toBe('transaction_used')
  })
})
