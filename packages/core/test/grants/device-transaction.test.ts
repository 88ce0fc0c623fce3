import { DeviceAuthorization, type DeviceTransaction } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test, vi } from 'vitest'
import { testClock } from '../support/clock.ts'
import { logInWithDevice, openidDevice } from '../support/openid-device.ts'
import { codes, granted, pending, pendingStage } from '../support/pending-stage.ts'
import { accessToken, es256, rs256, sign } from '../support/openid.ts'
import { confidential, errorOf, goodToken } from '../support/scene.ts'

describe('a transaction is checked before anything is sent', () => {
  test.each<[string, (transaction: DeviceTransaction) => unknown, string, string]>([
    ['a string', JSON.stringify, 'callback_invalid', 'JSON.parse(transaction)'],
    ['nothing', () => undefined, 'state_mismatch', 'no deviceCode'],
    ['null', () => null, 'state_mismatch', 'no deviceCode'],
    ['that of a redirect', () => ({ state: 'x', provider: 'acme' }), 'state_mismatch', 'no deviceCode'],
    ['one of another provider', (it) => ({ ...it, provider: 'other' }), 'state_mismatch', 'another provider'],
    ['one of another issuer', (it) => ({ ...it, issuer: 'https://evil.example' }), 'issuer_mismatch', 'evil.example'],
    ['one without its scope', (it) => ({ ...it, scope: 'read' }), 'callback_invalid', 'store it whole'],
    ['one with a scope that is none', (it) => ({ ...it, scope: ['a b'] }), 'callback_invalid', 'store it whole'],
    ['one without its interval', (it) => ({ ...it, interval: null }), 'callback_invalid', 'store it whole'],
    ['one without its end', (it) => ({ ...it, expiresAt: 'soon' }), 'callback_invalid', 'store it whole'],
    ['one that has expired', (it) => ({ ...it, expiresAt: it.createdAt }), 'transaction_expired', 'begin again'],
  ])('%s', async (_, change, code, words) => {
    const { provider, tokenRequests } = await pendingStage()
    const device = provider().grant(DeviceAuthorization)
    const { transaction } = await device.authorize({ scope: ['read'] })
    const error = await errorOf(device.requestToken(change(transaction) as DeviceTransaction))
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) })
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('A59: and an interval that somebody changed never makes a storm of requests', async () => {
    const { provider, clock } = await pendingStage(pending, granted)
    const device = provider().grant(DeviceAuthorization)
    const { transaction } = await device.authorize()
    await device.requestToken({ ...transaction, interval: -1e9 })
    expect(clock.pauses).toEqual([1, 1])
  })

  test.each([
    [{ scope: ['read'] }, 'authorize({ scope })'],
    [{ resource: 'https://api.example/' }, 'authorize({ resource })'],
    [{ sginal: undefined }, 'write "signal"'],
    [{ parameters: { device_code: 'other' } }, 'reserved'],
  ])('and so are the options: %j', async (options, advice) => {
    const { provider, tokenRequests } = await pendingStage()
    const device = provider().grant(DeviceAuthorization)
    const { transaction } = await device.authorize()
    const error = await errorOf(device.requestToken(transaction, options as object))
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining(advice) })
    expect(await tokenRequests()).toHaveLength(0)
  })
})

describe('those who wait for one login share its requests', () => {
  async function two(...replies: readonly Reply[]) {
    const stage = await pendingStage(...replies)
    const clock = testClock()
    const device = stage.provider({}, confidential, { clock }).grant(DeviceAuthorization)
    const { transaction } = await device.authorize()
    const controller = new AbortController()
    const leaving = device.requestToken(transaction, { signal: controller.signal })
    const staying = device.requestToken({ ...transaction })
    return { ...stage, clock, device, transaction, controller, leaving, staying }
  }

  test('so that the interval is kept', async () => {
    const { clock, leaving, staying, tokenRequests } = await two(granted)
    await clock.advance(5000)
    expect((await leaving).accessToken).toBe(goodToken['access_token'])
    expect((await staying).accessToken).toBe(goodToken['access_token'])
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('and one who leaves does not stop the other', async () => {
    const { clock, leaving, staying, controller, tokenRequests } = await two(granted)
    controller.abort()
    expect((await errorOf(leaving)).code).toBe('aborted')
    await clock.advance(5000)
    expect((await staying).accessToken).toBe(goodToken['access_token'])
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('and each gets an error of its own', async () => {
    const { clock, leaving, staying } = await two({ status: 400, json: { error: 'access_denied' } })
    await clock.advance(5000)
    const [one, other] = [await errorOf(leaving), await errorOf(staying)]
    expect(one).toMatchObject({ code: 'authorization_denied', oauth: { error: 'access_denied' } })
    expect(other).toMatchObject({ code: 'authorization_denied', oauth: { error: 'access_denied' } })
    expect(one).not.toBe(other)
  })

  test('but not once it is over: the server judges a code that was used', async () => {
    const used: Reply = { status: 400, json: { error: 'invalid_grant' } }
    const { clock, device, transaction, leaving, staying } = await two(granted, used)
    await clock.advance(5000)
    await Promise.all([leaving, staying])
    const again = device.requestToken(transaction)
    await clock.advance(5000)
    expect(await errorOf(again)).toMatchObject({ code: 'token_error', oauth: { error: 'invalid_grant' } })
  })

  test('but never those of two users, nor of two clients', async () => {
    const { provider, clock, tokenRequests } = await pendingStage()
    const device = provider().grant(DeviceAuthorization)
    const other = provider({}, { ...confidential, clientId: 'other' }).grant(DeviceAuthorization)
    const { transaction: ada } = await device.authorize()
    const bob = { ...ada, deviceCode: 'canary-other-code' }
    await Promise.all([device.requestToken(ada), device.requestToken(bob), other.requestToken(ada)])
    const sent = (await tokenRequests()).map(({ form }) => form?.['device_code'])
    expect(sent).toHaveLength(3)
    expect(sent.filter((code) => code === codes.device_code)).toHaveLength(2)
    expect(sent).toContain('canary-other-code')
    expect(clock.pauses).toEqual([5, 5, 5])
  })
})

describe('with the scope openid', () => {
  test('the ID token is required, verified, and has no nonce', async () => {
    const stage = await openidDevice()
    const token = await logInWithDevice(stage)
    expect(token.claims?.['sub']).toBe('ada')
    expect(token.idToken).toBeDefined()
    expect((await errorOf(logInWithDevice(stage, { nonce: 'canary-nonce' }))).code).toBe('id_token_invalid')
    expect((await errorOf(logInWithDevice(stage, { aud: 'other' }))).code).toBe('id_token_invalid')
  })

  test('a response without one is refused', async () => {
    const stage = await openidDevice()
    await stage.answer(undefined)
    const { transaction } = await stage.device.authorize({ scope: ['openid'] })
    expect((await errorOf(stage.device.requestToken(transaction))).message).toContain('no ID token')
  })

  test('a token whose keys cannot be fetched is not lost: they are fetched again, and nothing is sent twice', async () => {
    const unavailable: Reply = { status: 503 }
    const stage = await openidDevice({ jwks: unavailable, keys: [] })
    await stage.server.reply('/jwks', unavailable, unavailable, unavailable, { json: { keys: [rs256.jwk, es256.jwk] } })
    await stage.answer(await sign(stage.claims()))
    const { transaction } = await stage.device.authorize({ scope: ['openid'] })
    const token = await stage.device.requestToken(transaction)
    expect(token).toMatchObject({ accessToken, claims: { sub: 'ada' } })
    expect((await stage.server.requests()).filter(({ path }) => path === '/token')).toHaveLength(1)
  })

  test('and if they never can be, the error says so, not that the login expired', async () => {
    const stage = await openidDevice({ jwks: { status: 503 } })
    await stage.answer(await sign(stage.claims()))
    const { transaction } = await stage.device.authorize({ scope: ['openid'] })
    const error = await errorOf(stage.device.requestToken(transaction))
    expect(error).toMatchObject({ code: 'id_token_invalid', action: 'retry' })
    expect((await stage.server.requests()).filter(({ path }) => path === '/token')).toHaveLength(1)
  })
})

test('a program that starts anew waits the interval first', async () => {
  const { provider, tokenRequests } = await pendingStage(granted)
  const clock = testClock()
  const device = provider({}, confidential, { clock }).grant(DeviceAuthorization)
  const { transaction } = await device.authorize()
  const token = device.requestToken(transaction)
  await clock.advance(4999)
  expect(await tokenRequests()).toHaveLength(0)
  await clock.advance(1)
  await vi.waitFor(async () => expect(await tokenRequests()).toHaveLength(1))
  await token
})
