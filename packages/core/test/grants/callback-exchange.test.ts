import { Pkce } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { begin } from '../support/begun-login.ts'
import { errorOf, publicClient } from '../support/scene.ts'

describe('one exchange per transaction', () => {
  test('A8: completed twice at the same time, it shares one exchange', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    const callback = `?code=canary-code&state=${state}`
    const [first, second] = await Promise.all([
      login.requestToken(callback, transaction),
      login.requestToken(callback, { ...transaction }),
    ])
    expect(second).toBe(first)
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('A8: another provider of the same options shares it, too', async () => {
    const { provider, login, transaction, state, clock, tokenRequests } = await begin()
    const again = provider(publicClient, {}, { clock }).grant(Pkce)
    const callback = `?code=canary-code&state=${state}`
    await Promise.all([login.requestToken(callback, transaction), again.requestToken(callback, transaction)])
    expect(await tokenRequests()).toHaveLength(1)
    expect((await errorOf(again.requestToken(callback, transaction))).code).toBe('transaction_used')
  })

  test('R14, R183, E-35: once the server has responded, it is used up, and says so', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    await login.requestToken(`?code=canary-code&state=${state}`, transaction)
    const error = await errorOf(login.requestToken(`?code=canary-code&state=${state}`, transaction))
    expect(error).toMatchObject({ code: 'transaction_used', action: 'reauthorize' })
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('another code of the same transaction is refused, also while the first is redeemed', async () => {
    const { login, transaction, state } = await begin()
    const first = login.requestToken(`?code=canary-code&state=${state}`, transaction)
    const second = login.requestToken(`?code=canary-other-code&state=${state}`, transaction)
    expect((await errorOf(second)).code).toBe('transaction_used')
    await first
  })

  test('R14: an OAuth error uses it up', async () => {
    const { login, transaction, state, tokenRequests } = await begin(
      {},
      { status: 400, json: { error: 'invalid_grant' } },
    )
    const callback = `?code=canary-code&state=${state}`
    expect((await errorOf(login.requestToken(callback, transaction))).oauth?.error).toBe('invalid_grant')
    expect((await errorOf(login.requestToken(callback, transaction))).code).toBe('transaction_used')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test.each([
    ['a refused callback', undefined],
    ['status 503', { status: 503 }],
    ['a lost connection', { reset: true as const }],
    ['too many requests', { status: 429 }],
  ])('%s leaves it usable', async (_, reply) => {
    const { login, transaction, state } = await begin({}, ...(reply ? [reply] : []))
    const error = await errorOf(
      login.requestToken(reply ? `?code=canary-code&state=${state}` : '?code=canary-code&state=other', transaction),
    )
    expect(error.action).toBe(reply ? 'retry' : 'reauthorize')
    expect((await login.requestToken(`?code=canary-code&state=${state}`, transaction)).accessToken).toBe(
      '2YotnFZFEjr1zCsicMWpAA',
    )
  })

  test('a caller who gives up leaves the others their token', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    const controller = new AbortController()
    const callback = `?code=canary-code&state=${state}`
    const impatient = login.requestToken(callback, transaction, { signal: controller.signal })
    const patient = login.requestToken(callback, transaction)
    controller.abort()
    expect((await errorOf(impatient)).code).toBe('aborted')
    expect((await patient).accessToken).toBe('2YotnFZFEjr1zCsicMWpAA')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('a caller who gave up before sends nothing, and the login stays usable', async () => {
    const { login, transaction, state } = await begin()
    const callback = `?code=canary-code&state=${state}`
    expect((await errorOf(login.requestToken(callback, transaction, { signal: AbortSignal.abort() }))).code).toBe(
      'aborted',
    )
    expect((await login.requestToken(callback, transaction)).accessToken).toBe('2YotnFZFEjr1zCsicMWpAA')
  })
})
