import { GrantError, type GrantErrorOptions } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { failureOf, incident, kindOf, refuseFailed, withRequired } from '../../src/refresh/refresh-failure.ts'
import { newRecord, type RefreshFailure } from '../../src/refresh/token-record.ts'
import { ProviderHealth } from '../../src/refresh/provider-health.ts'
import { someTime, testClock } from '../support/clock.ts'
import { errorOf } from '../support/scene.ts'

const oauth = { error: 'server_error' }

describe('a failed refresh', () => {
  test.each<[string, GrantError['code'], GrantErrorOptions]>([
    ['refused', 'reauthorization_required', {}],
    ['configuration', 'token_error', { action: 'fix_configuration', status: 401 }],
    ['unknown', 'timeout', {}],
    ['unknown', 'network_error', {}],
    ['unknown', 'token_error', { status: 500 }],
    ['unknown', 'token_error', { status: 502 }],
    ['later', 'token_error', { status: 503 }],
    ['later', 'token_error', { status: 500, oauth }],
    ['later', 'timeout', { oauth }],
    ['later', 'token_error', { status: 499 }],
    ['later', 'rate_limited', { status: 429 }],
    ['later', 'token_response_invalid', {}],
  ])('is %s where the error is %s with %j', (kind, code, options) => {
    expect(kindOf(new GrantError(code, 'failed', options))).toBe(kind)
  })
})

/** The failure of so many refreshes in a row, at a moment of the store's clock. */
function after(count: number, random: number, retryAfter?: number): RefreshFailure {
  const before = { code: 'token_error', count: count - 1, at: 1, until: 2 }
  const error = new GrantError('rate_limited', 'slow down', { status: 429, retryAfter })
  return failureOf({ error, before: count === 1 ? undefined : before, now: someTime, random })
}

describe('the pause after a failed refresh', () => {
  test.each([
    [1, 1000],
    [2, 2000],
    [7, 64_000],
    [8, 120_000],
    [50, 120_000],
  ])('after %d in a row is %d ms, a quarter less or more', (count, pause) => {
    expect([0, 0.5, 1].map((random) => after(count, random).until - someTime)).toEqual([
      pause * 0.75,
      pause,
      pause * 1.25,
    ])
  })

  test.each([
    [60, 60_000],
    [3600, 3_600_000],
    [86_400, 3_600_000],
    [0, 1000],
  ])('is as long as a server asks, and an hour at most: %d s', (retryAfter, pause) => {
    expect(after(1, 0.5, retryAfter).until - someTime).toBe(pause)
  })

  test('is written down with what failed, and how often', () => {
    expect(after(3, 0.5)).toEqual({
      code: 'rate_limited',
      status: 429,
      count: 3,
      at: someTime,
      until: someTime + 4000,
    })
  })

  test('lasts to the millisecond, and tells each caller how long to wait', async () => {
    const failure = { ...after(1, 0.5), status: 429 }
    const error = await errorOf(() => refuseFailed(failure, someTime))
    expect(error).toMatchObject({ code: 'rate_limited', status: 429, retryAfter: 1, action: 'retry' })
    expect(error.message).toBe('the last refresh failed, and the next attempt is due in 1 s')
    expect((await errorOf(() => refuseFailed(failure, someTime + 999))).retryAfter).toBe(1)
    expect(() => refuseFailed(failure, someTime + 1000)).not.toThrow()
    expect(() => refuseFailed(failure, someTime - 1)).not.toThrow() // a clock that was wrong has dated it ahead
  })
})

test('an incident of the provider says that nobody is logged out', () => {
  const refused = new GrantError('reauthorization_required', 'x', { provider: 'acme', oauth, status: 400 })
  const error = incident(refused)
  expect(error).toMatchObject({ code: 'token_error', action: 'retry', provider: 'acme', oauth, status: 400 })
  expect(error.message).toContain('looks like an incident: nobody is logged out')
})

test('the error of a refused grant keeps all that the provider said, and gains what to ask for', () => {
  const cause = new Error('the response')
  const refused = new GrantError('reauthorization_required', 'it has ended', { provider: 'acme', status: 400, cause })
  const token = { accessToken: 'at-0', scope: ['read'] }
  const record = { ...newRecord({ key: 'k', owner: 'o' }), tokens: { '': { token, obtainedAt: 1 } } }
  expect(withRequired(refused, record)).toMatchObject({
    code: 'reauthorization_required',
    message: 'it has ended',
    provider: 'acme',
    status: 400,
    cause: { message: 'the response' },
    required: { scope: ['read'] },
  })
})

const invalidClient = new GrantError('token_error', 'x', { oauth: { error: 'invalid_client' } })
const refusedGrant = new GrantError('reauthorization_required', 'x', { oauth: { error: 'invalid_grant' } })
const busy = new GrantError('rate_limited', 'x')

function health() {
  const clock = testClock()
  const all = new ProviderHealth('acme', clock)
  const note = (count: number, error?: GrantError) => {
    for (let i = 0; i < count; i++) all.note(error)
  }
  return { clock, all, note }
}

describe('a client that the provider has refused', () => {
  test('is not tried for 30 seconds, and the error says what to check', async () => {
    const { clock, all } = health()
    expect(all.refusal()).toBeUndefined()
    all.note(invalidClient)
    expect(all.refusal()).toMatchObject({
      code: 'token_error',
      action: 'fix_configuration',
      provider: 'acme',
      oauth: { error: 'invalid_client' },
      message: expect.stringContaining('it is not asked again for 30 s: check clientId and clientSecret') as string,
    })
    await clock.advance(29_999)
    expect(all.refusal()).toBeDefined()
    await clock.advance(1)
    expect(all.refusal()).toBeUndefined()
  })

  test('is tried again once a refresh has succeeded, and not because another has failed', () => {
    const { all } = health()
    all.note(invalidClient)
    all.note(busy)
    all.note(refusedGrant)
    expect(all.refusal()).toBeDefined()
    all.note(undefined)
    expect(all.refusal()).toBeUndefined()
  })
})

describe('refused grants', () => {
  test('are believed until there are five within a minute', () => {
    const { all, note } = health()
    note(4, refusedGrant)
    expect(all.believes()).toBe(true)
    note(1, refusedGrant)
    expect(all.believes()).toBe(false)
  })

  test('are believed where as many refreshes succeed', () => {
    const { all, note } = health()
    note(4)
    note(5, refusedGrant)
    expect(all.believes()).toBe(false)
    note(1)
    expect(all.believes()).toBe(true)
  })

  test('are not counted with failures that say nothing of a grant', () => {
    const { all, note } = health()
    note(20, busy)
    expect(all.believes()).toBe(true)
    note(5, refusedGrant)
    expect(all.believes()).toBe(false)
  })

  test('are forgotten after a minute, to the millisecond, and so are successes', async () => {
    const { clock, all, note } = health()
    note(5)
    await clock.advance(1)
    note(5, refusedGrant)
    expect(all.believes()).toBe(true)
    await clock.advance(59_998)
    expect(all.believes()).toBe(true)
    await clock.advance(1) // the successes are a minute old
    expect(all.believes()).toBe(false)
    await clock.advance(1)
    expect(all.believes()).toBe(true)
  })

  test('that a wrong clock has dated ahead are forgotten at once', async () => {
    const { clock, all, note } = health()
    await clock.advance(3_600_000)
    note(5, refusedGrant)
    clock.jump(-3_600_000)
    expect(all.believes()).toBe(true)
  })
})
