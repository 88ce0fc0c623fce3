import { Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { ended, fleet, hour, late } from '../support/fleet.ts'
import { errorOf } from '../support/scene.ts'
import { json } from '../support/simulated-server.ts'

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
    for (const source of sources) await source.save(ended().with({ expiresAt: 1_000_000_000_000 }))
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
    await other.save(ended().with({ expiresAt: 1_000_000_000_000 }))
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

  test('a lost response is requested once more, with the same refresh token', async () => {
    const { server, start, settle } = await late('grace')
    server.faults.push('lost response')
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

  test('a broken response with a new refresh token does not lose it', async () => {
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
