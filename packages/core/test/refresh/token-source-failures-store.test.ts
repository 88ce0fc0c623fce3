import { ClientCredentials, memoryStore } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { fleet, hour, late } from '../support/fleet.ts'
import { errorOf } from '../support/scene.ts'
import { json } from '../support/simulated-server.ts'

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

  test('row 8: and an expired one is not refreshed, so that no refresh token is burned', async () => {
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

  test('row 11: a store that has lost its last write gets it back from a process that knows it', async () => {
    const { server, start, settle, store, clock } = await late('strict')
    const before = await store.read('user:42')
    const process = start()
    await settle(process.tokens.token())
    const rolledBack = memoryStore({ clock })
    await rolledBack.compareAndSet('user:42', 0, { value: before?.value })
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
