import { DeviceAuthorization, GrantError, Provider, type ProviderOptions } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test, vi } from 'vitest'
import { testClock } from '../support/clock.ts'
import {
  codes,
  granted,
  patientClock,
  pending,
  pendingStage,
  pendingStageWith,
  slowDown,
} from '../support/pending-stage.ts'
import { confidential, errorOf, goodToken } from '../support/scene.ts'

const failing: Reply = { status: 503, json: {} }

/** Polls a server that gives these replies. */
async function poll(replies: readonly Reply[], fields: object = {}, options: ProviderOptions = {}) {
  const stage = await pendingStageWith(fields, ...replies)
  const device = stage.provider({}, confidential, options).grant(DeviceAuthorization)
  const { transaction } = await device.authorize({ scope: ['read'] })
  const outcome = device.requestToken(transaction)
  const error = await outcome.then(
    () => undefined,
    (reason: unknown) => reason as GrantError,
  )
  return { ...stage, error, pauses: stage.clock.pauses, polls: (await stage.tokenRequests()).length }
}

describe('polling keeps the pace that the server asks for', () => {
  test('R98, G39: slow_down adds five seconds for good', async () => {
    const { error, pauses } = await poll([pending, slowDown, pending, slowDown, granted])
    expect(error).toBeUndefined()
    expect(pauses).toEqual([5, 5, 10, 10, 15])
  })

  test('R95: without an interval, it is five seconds', async () => {
    expect((await poll([pending, pending, granted], { interval: undefined })).pauses).toEqual([5, 5, 5])
  })

  test('an error with status 200 counts as one', async () => {
    expect((await poll([{ json: { error: 'authorization_pending' } }, granted])).pauses).toEqual([5, 5])
  })

  test('Retry-After is heeded where it is longer, once', async () => {
    const later = (seconds: string, reply: Reply): Reply => ({ ...reply, headers: { 'retry-after': seconds } })
    const replies = [later('30', pending), later('1', slowDown), later('40', failing), pending, granted]
    expect((await poll(replies)).pauses).toEqual([5, 30, 10, 40, 10])
  })

  test('R100: a server that cannot be reached is asked half as often, each time', async () => {
    const offline = vi.fn<typeof fetch>(fetch) // not a reset connection, on which some runtimes send again by themselves
    offline.mockImplementationOnce(fetch).mockRejectedValueOnce(new TypeError('fetch failed'))
    const replies = [failing, { status: 429 }, pending, granted]
    const { error, pauses } = await poll(replies, {}, { fetch: offline })
    expect(error).toBeUndefined()
    expect(pauses).toEqual([5, 10, 20, 40, 5])
  })

  test('R100: but every minute at least, so that a long outage is survived', async () => {
    const { error, pauses } = await poll([...Array.from({ length: 8 }, () => failing), granted])
    expect(error).toBeUndefined()
    expect(pauses).toEqual([5, 10, 20, 40, 60, 60, 60, 60, 60])
  })

  test('R100: a slow interval is doubled all the same', async () => {
    expect((await poll([failing, failing, granted], { interval: 50 })).pauses).toEqual([50, 100, 100])
  })

  test('R100: a request that is never answered counts as one that failed', async () => {
    const stage = await pendingStage({ hang: 'headers' }, granted)
    const clock = testClock()
    const device = stage.provider({}, confidential, { clock }).grant(DeviceAuthorization)
    const { transaction } = await device.authorize()
    const token = device.requestToken(transaction)
    await clock.advance(5000)
    await vi.waitFor(async () => expect(await stage.tokenRequests()).toHaveLength(1))
    await clock.advance(stage.timeout)
    await vi.waitFor(() => expect(clock.waiting).toBe(1))
    await clock.advance(9999)
    expect(await stage.tokenRequests()).toHaveLength(1)
    await clock.advance(1)
    expect((await token).accessToken).toBe(goodToken['access_token'])
  })
})

describe('polling ends', () => {
  test.each<[string, string, string]>([
    ['access_denied', 'authorization_denied', 'none'],
    ['expired_token', 'transaction_expired', 'reauthorize'],
    ['invalid_grant', 'token_error', 'reauthorize'],
    ['invalid_client', 'token_error', 'fix_configuration'],
    ['something_new', 'token_error', 'report'],
  ])('R99, R101: with %s, after that one request', async (name, code, action) => {
    const { error, polls } = await poll([{ status: 400, json: { error: name } }])
    expect(error).toMatchObject({ code, action, provider: 'acme', status: 400, oauth: { error: name } })
    expect(polls).toBe(1)
  })

  test('R101, R102: when the own clock says so, without another request or another login', async () => {
    const { error, polls, begun } = await poll([pending], { expires_in: 6 })
    expect(error).toMatchObject({ code: 'transaction_expired', action: 'reauthorize', provider: 'acme' })
    expect(polls).toBe(1)
    expect(await begun('/device')).toHaveLength(1)
  })

  test('R101: when the machine has slept meanwhile', async () => {
    const stage = await pendingStage(granted)
    const clock = {
      ...stage.clock,
      sleep: async (ms: number) => (ms === stage.timeout ? new Promise<void>(() => {}) : stage.clock.jump(3_600_000)),
    }
    const device = stage.provider({}, confidential, { clock }).grant(DeviceAuthorization)
    const { transaction } = await device.authorize()
    expect((await errorOf(device.requestToken(transaction))).code).toBe('transaction_expired')
    expect(await stage.tokenRequests()).toHaveLength(0)
  })

  test('with what was wrong last, where the server could not be reached', async () => {
    const { error } = await poll([pending, failing], { expires_in: 30 })
    expect(error).toMatchObject({ code: 'transaction_expired', status: 503 })
    expect(error?.cause).toBeInstanceOf(Error)
  })

  test('when the server asks for a pause that outlasts the code', async () => {
    const { error, pauses } = await poll([{ status: 429, headers: { 'retry-after': '86400' } }])
    expect(error).toMatchObject({ code: 'transaction_expired', status: 429 })
    expect(pauses).toEqual([5])
  })

  test('A60: with a message of one line that holds no code, whatever the server echoes', async () => {
    const error_description = `no\r\nERROR fake \u001B[31m ${codes.device_code}`
    const { error } = await poll([{ status: 400, json: { error: 'invalid_grant', error_description } }])
    expect(error?.message).toContain('no ERROR fake  [31m [redacted]')
    expect(error?.oauth?.errorDescription).toContain('[redacted]')
  })
})

describe('R103: the caller can stop at any moment', () => {
  async function waiting(...replies: readonly Reply[]) {
    const stage = await pendingStage(...replies)
    const clock = testClock()
    const device = stage.provider({}, confidential, { clock }).grant(DeviceAuthorization)
    const { transaction } = await device.authorize()
    const controller = new AbortController()
    return { ...stage, clock, device, transaction, controller }
  }

  test('before anything is sent', async () => {
    const { device, transaction, tokenRequests } = await waiting()
    const signal = AbortSignal.abort()
    expect(await errorOf(device.requestToken(transaction, { signal }))).toMatchObject({
      code: 'aborted',
      action: 'none',
    })
    expect((await errorOf(device.authorize({ signal }))).code).toBe('aborted')
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('while it waits: no further request is sent', async () => {
    const { clock, device, transaction, controller, tokenRequests } = await waiting(pending)
    const token = device.requestToken(transaction, { signal: controller.signal })
    await clock.advance(5000)
    await vi.waitFor(() => expect(clock.waiting).toBe(1))
    controller.abort()
    expect((await errorOf(token)).code).toBe('aborted')
    await clock.advance(60_000)
    expect(await tokenRequests()).toHaveLength(1)
    expect(clock.waiting).toBe(0)
  })

  test('while a request is under way', async () => {
    const { clock, device, transaction, controller, tokenRequests } = await waiting({ hang: 'headers' })
    const token = device.requestToken(transaction, { signal: controller.signal })
    await clock.advance(5000)
    await vi.waitFor(async () => expect(await tokenRequests()).toHaveLength(1))
    controller.abort()
    expect((await errorOf(token)).code).toBe('aborted')
  })

  test('where the clock ignores the signal', async () => {
    const { provider, transaction, controller } = await waiting()
    const clock = { now: () => transaction.createdAt, sleep: () => new Promise<void>(() => {}) }
    const token = provider({}, confidential, { clock })
      .grant(DeviceAuthorization)
      .requestToken(transaction, { signal: controller.signal })
    controller.abort()
    expect((await errorOf(token)).code).toBe('aborted')
  })
})

test('two thousand pending responses need no deeper stack than one', async () => {
  const clock = patientClock()
  let polls = 0
  const respond = (status: number, json: object) => Promise.resolve(Response.json(json, { status }))
  const fetch = ((url: string) => {
    if (url.endsWith('/device')) return respond(200, { ...codes, interval: 1, expires_in: 1e6 })
    return polls++ < 2000 ? respond(400, { error: 'authorization_pending' }) : respond(200, goodToken)
  }) as typeof globalThis.fetch
  const metadata = {
    token_endpoint: 'https://id.acme.example/token',
    device_authorization_endpoint: 'https://id.acme.example/device',
  }
  const device = new Provider({ name: 'acme', metadata }, { clientId: 'cid' }, { clock, fetch }).grant(
    DeviceAuthorization,
  )
  const { transaction } = await device.authorize()
  expect((await device.requestToken(transaction)).accessToken).toBe(goodToken['access_token'])
  expect(clock.pauses).toHaveLength(2001)
})
