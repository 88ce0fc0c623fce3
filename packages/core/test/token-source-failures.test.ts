import { ClientCredentials, memoryStore, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { someTime } from './support/clock.ts'
import { ended, fleet } from './support/fleet.ts'
import { errorOf } from './support/scene.ts'

const hour = 3_600_000

/** A fleet whose token has just ended. */
async function late(mode: Parameters<typeof fleet>[0]) {
  const all = await fleet(mode)
  await all.clock.advance(hour)
  return all
}

const json = (body: object, status = 400, headers = {}) => Response.json(body, { status, headers })

describe('a process dies', () => {
  test('row 1: before it has written down that it refreshes: the next one does', async () => {
    const { server, start, settle } = await late('strict')
    const [first, second] = [start(), start()]
    const { reached } = first.stopAt('acquire', 'after')
    void first.tokens.token()
    await reached
    expect((await settle(second.tokens.token())).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
  })

  test('row 2: after that, before it has sent anything: the same refresh token still works', async () => {
    const { server, start, settle, clock } = await late('strict')
    const [first, second] = [start(), start()]
    const { reached } = first.stopAt('compareAndSet', 'after')
    void first.tokens.token()
    await reached
    const before = clock.now()
    expect((await settle(second.tokens.token())).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
    expect(clock.now() - before).toBeGreaterThanOrEqual(15_000) // until its deadline, it might have been sending
    expect(clock.now() - before).toBeLessThan(40_000)
  })

  test('row 3: after the answer, before it is stored: a server with a grace accepts the same token again', async () => {
    const { server, start, settle } = await late('grace')
    const [first, second] = [start(), start()]
    const { reached } = first.stopAt('compareAndSet', 'before', 2)
    void first.tokens.token()
    await reached
    expect((await settle(second.tokens.token())).accessToken).toBe('at-2')
    expect(server.used).toEqual(['rt-0', 'rt-0'])
    expect((await second.tokens.peek())?.refreshToken).toBe(server.refreshToken)
  })

  test('row 3: and a strict one makes the user log in again, which is said once', async () => {
    const { start, settle } = await late('strict')
    const [first, second] = [start(), start()]
    const { reached } = first.stopAt('compareAndSet', 'before', 2)
    void first.tokens.token()
    await reached
    expect((await settle(errorOf(second.tokens.token()))).code).toBe('reauthorization_required')
    expect((await settle(errorOf(second.tokens.token()))).code).toBe('reauthorization_required')
    expect(second.events).toMatchObject([{ type: 'reauthorization_required', cause: 'lost_after_rotation' }])
    expect((await second.tokens.peek())?.refreshToken).toBe('rt-0') // marked, and kept
  })
})

describe('a process is slow', () => {
  test('row 4: a request that outlasts its lease: the others wait for its note, and it still writes its result', async () => {
    const { server, start, settle, clock, store } = await fleet('strict')
    const [first, second] = [start(), start()]
    await second.tokens.token()
    await clock.advance(hour)
    const { reached, resume } = first.stopAt('compareAndSet', 'before', 2) // it has the answer
    const slow = first.tokens.token()
    await reached
    expect(await store.acquire('user:42', 'another', 1), 'whether another gets the lease').toBe(false)
    await clock.advance(14_000)
    const waiting = second.tokens.token()
    resume()
    expect((await settle(waiting)).accessToken).toBe('at-1')
    expect((await settle(slow)).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
    expect(second.types()).toEqual(['reused'])
  })

  test('row 5: one that slept before it sent does not send', async () => {
    const { server, start, settle, clock } = await late('strict')
    const [first, second] = [start(), start()]
    const { reached, resume } = first.stopAt('compareAndSet', 'after')
    const asleep = first.tokens.token()
    await reached
    await clock.advance(60_000)
    expect((await settle(second.tokens.token())).accessToken).toBe('at-1')
    resume()
    expect((await settle(asleep)).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
    expect(server.reuses).toBe(0)
  })

  test('row 6: one that slept with the answer stores it, even without its lease', async () => {
    const { server, start, settle, clock } = await late('grace')
    const [first, second] = [start(), start()]
    const { reached, resume } = first.stopAt('compareAndSet', 'before', 2)
    const asleep = first.tokens.token()
    await reached
    await clock.advance(60_000)
    resume()
    expect((await settle(asleep)).accessToken).toBe('at-1')
    expect((await settle(second.tokens.token())).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
  })

  test('row 6: of two answers to the same refresh token, the younger stays', async () => {
    const { server, start, settle, clock } = await late('grace')
    const [first, second] = [start(), start()]
    const { reached, resume } = first.stopAt('compareAndSet', 'before', 2)
    const asleep = first.tokens.token()
    await reached
    await clock.advance(60_000)
    expect((await settle(second.tokens.token())).accessToken).toBe('at-2')
    resume()
    expect((await settle(asleep)).accessToken).toBe('at-2')
    expect((await second.tokens.peek())?.refreshToken).toBe(server.refreshToken)
  })
})

describe('the store is away', () => {
  test('row 7: when the new token is to be stored: it is kept until the store is back, and nobody gets it before', async () => {
    const { server, start, settle, store, clock } = await late('strict')
    const process = start()
    const { reached, resume } = process.stopAt('compareAndSet', 'before', 2)
    const pending = errorOf(process.tokens.token())
    await reached
    process.failing = true
    resume()
    expect((await settle(pending)).code).toBe('store_failed')
    expect(process.types()).toContain('persist_delayed')
    expect((await store.read('user:42'))?.value).toContain('rt-0')
    process.failing = false
    await clock.advance(1000)
    await expect.poll(async () => (await store.read('user:42'))?.value).toContain('rt-1')
    expect((await settle(process.tokens.token())).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
  })

  test('row 7: for a moment only, nobody notices', async () => {
    const { server, start, settle } = await late('strict')
    const process = start()
    const { reached, resume } = process.stopAt('compareAndSet', 'before', 2)
    const pending = process.tokens.token()
    await reached
    process.failing = true
    resume()
    setTimeout(() => (process.failing = false), 5)
    expect((await settle(pending, 10)).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
  })

  test('row 7: in escrow it is safe, is handed out, and comes home from another process', async () => {
    const { server, start, settle, store } = await late('strict')
    const escrow = memoryStore()
    const process = start({ escrow })
    const { reached, resume } = process.stopAt('compareAndSet', 'before', 2)
    const pending = process.tokens.token()
    await reached
    process.failing = true
    resume()
    expect((await settle(pending)).accessToken).toBe('at-1')
    expect((await escrow.read('user:42'))?.value).toContain('rt-1')
    const next = start({ escrow }) // after a crash
    expect((await settle(next.tokens.token())).accessToken).toBe('at-1')
    expect((await store.read('user:42'))?.value).toContain('rt-1')
    expect(server.used).toEqual(['rt-0'])
  })

  test('row 8: before a refresh: a token that is still good is served', async () => {
    const { server, start, clock } = await fleet('strict')
    const process = start()
    await process.tokens.token()
    process.failing = true
    await clock.advance(hour - 20_000)
    expect((await process.tokens.token({ minValid: 30 })).accessToken).toBe('at-0')
    expect(server.used).toEqual([])
  })

  test('row 8: and an ended one is not refreshed, so that no refresh token is burned', async () => {
    const { server, start, settle, clock } = await fleet('strict')
    const process = start()
    await process.tokens.token()
    process.failing = true
    await clock.advance(hour)
    expect(await settle(errorOf(process.tokens.token()))).toMatchObject({ code: 'store_failed', action: 'retry' })
    expect(server.used).toEqual([])
  })

  test('row 8: but one that never rotates is, in memory', async () => {
    const { server, start, settle, clock } = await fleet('static')
    const process = start({}, { refreshToken: { rotation: 'never' } })
    await process.tokens.token()
    process.failing = true
    await clock.advance(hour)
    expect((await settle(process.tokens.token())).accessToken).toBe('at-1')
    expect((await settle(process.tokens.token())).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
  })

  test('row 8: so are client credentials, which burn nothing', async () => {
    const { server, start } = await fleet('static')
    const process = start({ key: 'client', grant: ClientCredentials })
    process.failing = true
    server.faults.push(json({ access_token: 'storeless', token_type: 'Bearer', expires_in: 3600 }, 200))
    expect((await process.tokens.token()).accessToken).toBe('storeless')
    expect((await process.tokens.token()).accessToken).toBe('storeless')
    expect(server.used).toHaveLength(1)
  })

  test('row 9: lease and token live in one engine, so that one cannot be away without the other', async () => {
    const { server, start, settle } = await late('strict')
    const process = start()
    process.failing = 'acquire'
    expect((await settle(errorOf(process.tokens.token()))).code).toBe('store_failed')
    expect(server.used).toEqual([])
  })

  test('row 11: a store that has lost its last write gets it back from who knows it', async () => {
    const { server, start, settle, store, clock } = await late('strict')
    const before = await store.read('user:42')
    const process = start()
    await settle(process.tokens.token())
    const rolledBack = memoryStore({ clock })
    await rolledBack.compareAndSet('user:42', 0, before?.value)
    Object.assign(store, {
      read: rolledBack.read.bind(rolledBack),
      compareAndSet: rolledBack.compareAndSet.bind(rolledBack),
    })
    await clock.advance(hour)
    expect((await settle(process.tokens.token())).accessToken).toBe('at-2')
    expect(server.used).toEqual(['rt-0', 'rt-1'])
    expect(process.types()).toEqual(['refreshed', 'restored', 'refreshed'])
  })
})

describe('the clock of a process is wrong', () => {
  test('row 10: leases and deadlines follow the clock of the store', async () => {
    const { server, start, settle, store, clock } = await late('strict')
    const [first, second] = [start(), start()]
    Object.assign(store, { now: async () => clock.now() - 10 * 24 * hour }) // the store lives ten days ago
    const { reached } = first.stopAt('compareAndSet', 'after')
    void first.tokens.token()
    await reached
    expect((await settle(second.tokens.token())).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
  })
})

describe('the provider refuses', () => {
  test('row 12: a revoked family: marked, one event, no retry', async () => {
    const { server, start, settle } = await late('strict')
    server.revoked = true
    const processes = [start(), start(), start()]
    for (const { tokens } of processes) {
      const error = await settle(errorOf(tokens.token()))
      expect(error).toMatchObject({ code: 'reauthorization_required', action: 'reauthorize' })
    }
    for (let i = 0; i < 100; i++) await errorOf(processes[0]?.tokens.token() ?? Promise.resolve())
    expect(server.used).toEqual(['rt-0'])
    expect(processes.flatMap(({ events }) => events)).toMatchObject([
      { type: 'reauthorization_required', cause: 'refused' },
    ])
  })

  test('A48: and a new login makes all well', async () => {
    const { server, start, settle } = await late('strict')
    server.revoked = true
    const [first, second] = [start(), start()]
    await settle(errorOf(first.tokens.token()))
    await first.tokens.save(Token.from({ accessToken: 'new', refreshToken: 'rt-new' }))
    expect((await settle(second.tokens.token())).accessToken).toBe('new')
  })

  test('row 13: many grants at once: an incident, and nobody is logged out', async () => {
    const { server, store, start, settle, clock } = await late('strict')
    const process = start()
    const sources = Array.from({ length: 10 }, (_, n) => process.provider.tokenSource({ store, key: `user:${n}` }))
    for (const source of sources) await source.save(ended().with({ expiresAt: 1 }))
    server.faults.push(...sources.map(() => json({ error: 'invalid_grant' })))
    const errors = []
    for (const source of sources) errors.push(await settle(errorOf(source.token())))
    expect(errors.filter(({ code }) => code === 'reauthorization_required')).toHaveLength(4)
    expect(errors.filter(({ action }) => action === 'retry')).toHaveLength(6)
    await clock.advance(hour)
    server.faults.push(json({ access_token: 'back', token_type: 'Bearer', expires_in: 3600 }, 200))
    expect((await settle(sources[9]?.token() as Promise<Token>)).accessToken).toBe('back')
  })

  test('row 14: a wrong client secret: the grants are untouched, and the provider is not asked with each of them', async () => {
    const { server, store, start, settle, clock } = await late('strict')
    const process = start()
    const other = process.provider.tokenSource({ store, key: 'user:43' })
    await other.save(ended().with({ expiresAt: 1 }))
    server.faults.push(json({ error: 'invalid_client' }, 401))
    expect(await settle(errorOf(process.tokens.token()))).toMatchObject({
      code: 'token_error',
      action: 'fix_configuration',
    })
    expect(await settle(errorOf(other.token()))).toMatchObject({ code: 'token_error', action: 'fix_configuration' })
    expect(server.used).toHaveLength(1)
    await clock.advance(30_000)
    expect((await settle(process.tokens.token())).accessToken).toBe('at-1')
  })
})

describe('the provider is unwell', () => {
  test('a token that is still good is served, whatever happens to its refresh', async () => {
    const { server, start, clock } = await fleet('strict')
    const process = start()
    await clock.advance(hour - 25_000)
    server.faults.push(new Response('<html>', { status: 502 }), new Response('<html>', { status: 502 }))
    expect((await process.tokens.token()).accessToken).toBe('at-0')
    await expect.poll(() => server.used.length).toBe(2)
    expect((await process.tokens.token({ minValid: 30 })).accessToken).toBe('at-0')
    expect(process.types()).toEqual([])
  })

  test('an answer that is lost is asked for once more, with the same refresh token', async () => {
    const { server, start, settle } = await late('grace')
    server.faults.push('lost answer')
    expect((await settle(start().tokens.token())).accessToken).toBe('at-2')
    expect(server.used).toEqual(['rt-0', 'rt-0'])
  })

  test('lost twice, it is transient: nothing is burned, and the next process recovers', async () => {
    const { server, start, settle, clock } = await late('strict')
    server.faults.push('lost request', 'lost request')
    const [first, second] = [start(), start()]
    expect(await settle(errorOf(first.tokens.token()))).toMatchObject({ code: 'network_error', action: 'retry' })
    await clock.advance(20_000)
    expect((await settle(second.tokens.token())).accessToken).toBe('at-1')
    expect(new Set(server.used)).toEqual(new Set(['rt-0']))
  })

  test('a server that hangs is given up at the deadline', async () => {
    const { server, start, settle } = await late('strict')
    server.faults.push('hang', 'hang')
    expect((await settle(errorOf(start().tokens.token()))).code).toBe('timeout')
  })

  test('429 and 503: nobody asks again before the time that the server named', async () => {
    const { server, start, settle, clock } = await late('strict')
    server.faults.push(json({}, 429, { 'retry-after': '60' }))
    const [first, second] = [start(), start()]
    expect(await settle(errorOf(first.tokens.token()))).toMatchObject({ code: 'rate_limited', retryAfter: 60 })
    const { retryAfter, code } = await errorOf(second.tokens.token())
    expect(code).toBe('rate_limited')
    expect(retryAfter).toBeGreaterThan(30)
    expect(server.used).toHaveLength(1)
    await clock.advance(60_000)
    expect((await settle(second.tokens.token())).accessToken).toBe('at-1')
  })

  test('a broken answer with a new refresh token does not lose it', async () => {
    const { server, start, settle, clock } = await late('strict')
    server.faults.push(json({ access_token: '', token_type: 'Bearer', refresh_token: 'rt-rescued' }, 200))
    const process = start()
    const error = await settle(errorOf(process.tokens.token()))
    expect(error.code).toBe('token_response_invalid')
    expect((await process.tokens.peek())?.refreshToken).toBe('rt-rescued')
    await clock.advance(hour)
    await settle(process.tokens.token().catch(() => undefined))
    expect(server.used.at(-1)).toBe('rt-rescued')
  })
})

describe('somebody else acts meanwhile', () => {
  test('row 15: a caller who gives up does not stop the refresh', async () => {
    const { server, start, settle } = await late('strict')
    const process = start()
    const { reached, resume } = process.stopAt('compareAndSet', 'before', 2)
    const controller = new AbortController()
    const aborted = errorOf(process.tokens.token({ signal: controller.signal }))
    await reached
    controller.abort()
    expect((await aborted).code).toBe('aborted')
    resume()
    expect((await settle(process.tokens.token())).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
  })

  test('row 17: a user who logs in again during a refresh keeps the new login', async () => {
    const { start, settle } = await late('strict')
    const [first, second] = [start(), start()]
    const { reached, resume } = first.stopAt('compareAndSet', 'before', 2)
    const pending = first.tokens.token()
    await reached
    await second.tokens.save(
      Token.from({ accessToken: 'new-login', refreshToken: 'rt-new', expiresAt: someTime + 10 * hour }),
    )
    resume()
    expect((await settle(pending)).accessToken).toBe('new-login')
    expect((await second.tokens.peek())?.refreshToken).toBe('rt-new')
  })

  test('row 18: a user who logs out during a refresh is logged out, and what came is revoked', async () => {
    const { server, start, settle } = await late('strict')
    const [first, second] = [start(), start()]
    const { reached, resume } = first.stopAt('compareAndSet', 'before', 2)
    const pending = errorOf(first.tokens.token())
    await reached
    await second.tokens.clear()
    resume()
    expect((await settle(pending)).code).toBe('reauthorization_required')
    expect(await second.tokens.peek()).toBeUndefined()
    await expect.poll(() => server.revocations).toContain('rt-1')
  })

  test('row 19: a fleet that wakes at once makes one request', async () => {
    const { server, start, settle } = await late('strict')
    const processes = Array.from({ length: 20 }, () => start())
    const tokens = await settle(Promise.all(processes.map((process) => process.tokens.token())))
    expect(new Set(tokens.map(({ accessToken }) => accessToken))).toEqual(new Set(['at-1']))
    expect(server.used).toEqual(['rt-0'])
  })

  test('row 20: an answer without a refresh token keeps the old one', async () => {
    const { server, start, settle, clock } = await late('static')
    const process = start()
    await settle(process.tokens.token())
    expect((await process.tokens.peek())?.refreshToken).toBe('rt-0')
    await clock.advance(hour)
    expect((await settle(process.tokens.token())).accessToken).toBe('at-2')
    expect(server.used).toEqual(['rt-0', 'rt-0'])
  })
})

test('a fleet of client credentials shares one token', async () => {
  const { server, start, settle } = await late('static')
  server.faults.push(json({ access_token: 'shared', token_type: 'Bearer', expires_in: 3600 }, 200))
  const processes = Array.from({ length: 5 }, () => start({ key: 'client', grant: ClientCredentials }))
  const tokens = await settle(Promise.all(processes.map((process) => process.tokens.token())))
  expect(new Set(tokens.map(({ accessToken }) => accessToken))).toEqual(new Set(['shared']))
  expect(server.used).toHaveLength(1)
})
