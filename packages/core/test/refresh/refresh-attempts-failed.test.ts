import { GrantError, type Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import type { Coordination, Good } from '../../src/refresh/coordination.ts'
import { RefreshCoordinator } from '../../src/refresh/refresh-coordinator.ts'
import { serialise } from '../../src/refresh/record-json.ts'
import { firstRecord, refreshTokenOf, type TokenRecord, tokenOf } from '../../src/refresh/token-record.ts'
import { someTime } from '../support/clock.ts'
import { key, login, obtained, place, process } from '../support/coordination.ts'
import { errorOf } from '../support/scene.ts'

/** Any token but that of the login will do. */
const newer: Good = (record) => {
  const token = record?.state === 'live' ? tokenOf(record, '') : undefined
  return token?.accessToken === 'at-0' ? undefined : token
}
const whole = { name: '' }
const run = (coordination: Coordination, holder = 'me', good = newer) =>
  new RefreshCoordinator(coordination, holder).run(whole, good)

describe('a refresh that failed', () => {
  const failing = async (error: unknown, more: Partial<Coordination> = {}) => {
    const all = await process()
    let sent = 0
    const obtain = async () => {
      sent += 1
      if (!(error instanceof GrantError)) throw error
      return { error }
    }
    const failed = await errorOf(run({ ...all.coordination, obtain, ...more }))
    return { ...all, failed, sent, record: await all.stored() }
  }
  const refused = new GrantError('reauthorization_required', 'it has ended', { provider: 'acme' })

  test('because the grant has ended marks it, says so once, and keeps its token', async () => {
    const { failed, record, events, sent } = await failing(refused)
    expect(failed).toMatchObject({ code: 'reauthorization_required', required: { scope: ['read'] } })
    expect(record).toMatchObject({ state: 'dead', tokens: { '': { token: { refreshToken: 'rt-0' } } } })
    expect([record?.intent, sent]).toEqual([undefined, 1])
    expect(events).toEqual([{ type: 'reauthorization_required', cause: 'refused' }])
  })

  test('in the midst of an incident marks nothing, and is tried again later', async () => {
    const { failed, record, events } = await failing(refused, { believe: () => false })
    expect(failed).toMatchObject({ code: 'token_error', action: 'retry', provider: 'acme' })
    expect(record).toMatchObject({ state: 'live', failure: { code: 'reauthorization_required', count: 1 } })
    expect(events).toEqual([])
  })

  test('although the grant can be asked again, ends with what the server said', async () => {
    const { failed, record } = await failing(refused, { askable: true })
    expect(failed.message).toBe('it has ended')
    expect(record).toMatchObject({ state: 'live', failure: { count: 1 } })
  })

  test('because the application is at fault leaves no pause', async () => {
    const error = new GrantError('token_error', 'wrong secret', { action: 'fix_configuration' })
    const { failed, record, sent } = await failing(error)
    expect([failed.message, record?.failure, record?.intent, sent]).toEqual(['wrong secret', undefined, undefined, 1])
  })

  test('because the server is busy leaves a pause, and is not sent again', async () => {
    const error = new GrantError('rate_limited', 'slow down', { retryAfter: 60 })
    const { record, sent } = await failing(error)
    const { code, at = 0, until = 0 } = record?.failure ?? {}
    expect([code, until - at]).toEqual(['rate_limited', 60_000])
    expect([record?.intent, sent]).toEqual([undefined, 1])
  })

  test.each([
    ['an error of ours', new GrantError('timeout', 'no response'), 'timeout', 'no response'],
    [
      'anything else that is thrown',
      new TypeError('fetch failed'),
      'network_error',
      'the token could not be requested',
    ],
  ])('without a response is sent once more, and leaves the note that it may be on its way: %s', async (_, ...given) => {
    const [error, code, message] = given
    const { failed, record, sent } = await failing(error)
    expect(failed).toMatchObject({ code, message })
    expect((failed.cause as Error | undefined)?.message).toBe(code === 'timeout' ? undefined : 'fetch failed')
    expect(sent).toBe(2)
    expect(record?.intent).toMatchObject({ holder: 'me', attempt: 2 })
    expect(record?.failure).toMatchObject({ code, count: 1 })
  })

  test('keeps the new refresh token of a response that was refused', async () => {
    const all = await process()
    const error = new GrantError('token_response_invalid', 'no access token')
    await errorOf(run({ ...all.coordination, obtain: async () => ({ error, rescued: 'rt-rescued' }) }))
    expect(refreshTokenOf(await all.stored())).toBe('rt-rescued')
  })

  test('although an earlier request came to an unknown end, is said to be lost after a rotation', async () => {
    const { coordination, memory, record, events } = await process()
    const intent = { holder: 'gone', attempt: 1, at: someTime - 20_000, deadline: someTime - 5000 }
    await memory.compareAndSet(key, 1, { value: serialise({ ...record, intent }) })
    await errorOf(run({ ...coordination, obtain: async () => ({ error: refused }) }))
    expect(events).toEqual([{ type: 'reauthorization_required', cause: 'lost_after_rotation' }])
  })

  test('ends no grant that somebody has written meanwhile', async () => {
    const { coordination, memory, events, stored } = await process()
    const obtain = async () => {
      const { version = 0 } = (await memory.read(key)) ?? {}
      const record = firstRecord(place, { token: login.with({ accessToken: 'at-login' }), obtainedAt: someTime })
      await memory.compareAndSet(key, version, { value: serialise(record) })
      return { error: refused }
    }
    expect((await run({ ...coordination, obtain })).token.accessToken).toBe('at-login')
    expect([(await stored())?.state, events]).toEqual(['live', []])
  })
})

describe('a response that comes after somebody else has written', () => {
  /** What is stored while the request is under way. */
  async function overtaken(change: (noted: TokenRecord) => TokenRecord | undefined, verify?: () => Promise<void>) {
    const { coordination, memory, stored } = await process()
    const discarded: Token[] = []
    const obtain = async () => {
      const { version = 0, value = '' } = (await memory.read(key)) ?? {}
      const record = change(JSON.parse(value) as TokenRecord)
      await memory.compareAndSet(key, version, { value: record && serialise(record) })
      return obtained('at-1', 'rt-1', verify)
    }
    const discard = (token: Token) => void discarded.push(token)
    const ended = run({ ...coordination, obtain, discard }).then(
      ({ token }) => token.accessToken,
      (error: GrantError) => error.code,
    )
    return { outcome: await ended, discarded: discarded.map(({ accessToken }) => accessToken), record: await stored() }
  }

  test('is given up, and the token revoked, where the user has logged out', async () => {
    const { outcome, discarded } = await overtaken(() => undefined)
    expect([outcome, discarded]).toEqual(['reauthorization_required', ['at-1']])
  })

  test('is given up at once, where it waits for its ID token', async () => {
    let verified = 0
    const verify = async () => void (verified += 1)
    const { outcome, discarded } = await overtaken(() => undefined, verify)
    expect([outcome, discarded, verified]).toEqual(['reauthorization_required', ['at-1'], 0])
  })

  test('is given up, and the token revoked, where the user has logged in again', async () => {
    const again = firstRecord(place, { token: login.with({ accessToken: 'at-login' }), obtainedAt: someTime })
    const { outcome, discarded, record } = await overtaken(() => again)
    expect([outcome, discarded, record?.grant]).toEqual(['at-login', ['at-1'], again.grant])
  })

  test('gives way to a younger response to the same refresh token, which is not revoked', async () => {
    const { outcome, discarded } = await overtaken((noted) => ({
      ...noted,
      generation: noted.generation + 1,
      attempt: 2,
      tokens: { '': { token: { accessToken: 'at-younger', refreshToken: 'rt-2' }, obtainedAt: someTime } },
    }))
    expect([outcome, discarded]).toEqual(['at-younger', []])
  })

  test('is stored over a note of another process that is about to send, which stays', async () => {
    const intent = { holder: 'next', attempt: 2, at: someTime, deadline: someTime + 15_000 }
    const { outcome, discarded, record } = await overtaken((noted) => ({ ...noted, intent }))
    expect([outcome, discarded, record?.intent]).toEqual(['at-1', [], intent])
    expect(refreshTokenOf(record)).toBe('rt-1')
  })
})
