import { describe, expect, test } from 'vitest'
import { someTime } from '../support/clock.ts'
import { errorOf } from '../support/scene.ts'
import { answer, fresh, stage } from '../support/source-stage.ts'

describe('when a token is refreshed', () => {
  test('not while it is fresh', async () => {
    const { source, clock, tokenRequests } = await stage()
    await source().save(fresh())
    await clock.advance(3_500_000)
    expect((await source().token()).accessToken).toBe('at-0')
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('in the background while it is stale, and nobody waits for that', async () => {
    const { source, clock, tokenRequests, types } = await stage()
    const tokens = source()
    await tokens.save(fresh())
    await clock.advance(3_600_000 - 25_000)
    expect((await tokens.token()).accessToken).toBe('at-0')
    await expect.poll(async () => (await tokens.peek())?.accessToken).toBe('at-1')
    expect((await tokens.token()).accessToken).toBe('at-1')
    expect(await tokenRequests()).toHaveLength(1)
    expect(types()).toEqual(['refreshed'])
  })

  test('not in the background where that is switched off', async () => {
    const { source, clock, tokenRequests } = await stage()
    const tokens = source({ background: false })
    await tokens.save(fresh())
    await clock.advance(3_600_000 - 25_000)
    expect((await tokens.token()).accessToken).toBe('at-0')
    await clock.advance(20_000)
    expect((await tokens.token()).accessToken).toBe('at-1')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('what outlives its caller is handed to waitUntil', async () => {
    const { source, clock } = await stage()
    const handed: Promise<unknown>[] = []
    const tokens = source({ waitUntil: (work) => handed.push(work) })
    await tokens.save(fresh())
    await clock.advance(3_600_000 - 25_000)
    await tokens.token()
    expect(handed).toHaveLength(1)
    await Promise.all(handed)
    expect((await tokens.peek())?.accessToken).toBe('at-1')
  })

  test('so is what goes on after its caller has given up', async () => {
    const { source, clock } = await stage()
    const handed: Promise<unknown>[] = []
    const tokens = source({ waitUntil: (work) => handed.push(work), background: false })
    await tokens.save(fresh())
    await clock.advance(3_600_000)
    const controller = new AbortController()
    const given = errorOf(tokens.token({ signal: controller.signal }))
    controller.abort()
    expect((await given).code).toBe('aborted')
    expect(handed).toHaveLength(1)
    await Promise.all(handed)
    expect((await tokens.peek())?.accessToken).toBe('at-1')
  })

  test('before it is served, once it has expired', async () => {
    const { source, clock, lastRequest } = await stage()
    await source().save(fresh())
    await clock.advance(3_600_000)
    expect((await source().token()).accessToken).toBe('at-1')
    expect((await lastRequest()).form).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'rt-0' })
  })

  test('before it is served, when the caller needs more of it', async () => {
    const { source, clock, tokenRequests } = await stage()
    await source().save(fresh())
    await clock.advance(1_800_000)
    expect((await source().token({ minValid: 1700 })).accessToken).toBe('at-0')
    expect((await source().token({ minValid: 1900 })).accessToken).toBe('at-1')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('more than a whole lifetime is not requested again and again', async () => {
    const { source, clock, tokenRequests } = await stage()
    const tokens = source()
    await tokens.save(fresh({ authorizedAt: clock.now() }))
    for (let i = 0; i < 5; i++) expect((await tokens.token({ minValid: 1_000_000 })).accessToken).toBe('at-0')
    await clock.advance(1_800_000)
    for (let i = 0; i < 5; i++) expect((await tokens.token({ minValid: 1_000_000 })).accessToken).toBe('at-1')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('once, when a token of unknown age is said to have less left than is needed', async () => {
    const { source, tokenRequests } = await stage()
    const tokens = source()
    await tokens.save(fresh({ expiresAt: someTime + 120_000 }))
    for (let i = 0; i < 5; i++) expect((await tokens.token({ minValid: 300 })).accessToken).toBe('at-1')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('never in a loop, when its end is unknown', async () => {
    const { source, clock, tokenRequests } = await stage()
    await source().save(fresh({ expiresAt: undefined }))
    for (let i = 0; i < 5; i++) {
      await clock.advance(1e9)
      expect((await source().token({ minValid: 60 })).accessToken).toBe('at-0')
    }
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('early by a fifth of a short lifetime at most', async () => {
    const { source, clock, tokenRequests } = await stage()
    await source().save(fresh({ expiresAt: someTime + 10_000 }))
    await clock.advance(7999)
    await source().token()
    expect(await tokenRequests()).toHaveLength(0)
    await clock.advance(1600)
    await source().token()
    await expect.poll(async () => (await tokenRequests()).length).toBe(1)
  })

  test('not early again, when the server gave the same access token', async () => {
    const { source, clock, tokenRequests } = await stage([answer(0, { expires_in: 20 })])
    const tokens = source()
    await tokens.save(fresh())
    await clock.advance(3_600_000 - 25_000)
    await tokens.token()
    await expect.poll(async () => (await tokenRequests()).length).toBe(1)
    await expect.poll(async () => (await tokens.peek())?.expiresAt).toBe(clock.now() + 20_000)
    await clock.advance(18_000)
    await tokens.token()
    await tokens.token()
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('A43: when the clock jumped back, so that nobody knows', async () => {
    const { source, clock, tokenRequests } = await stage()
    await source().save(fresh())
    await clock.advance(-60_000)
    expect((await source().token()).accessToken).toBe('at-0')
    await clock.advance(-3_600_000)
    expect((await source().token()).accessToken).toBe('at-1')
    expect((await source().token()).accessToken).toBe('at-1')
    expect(await tokenRequests()).toHaveLength(1)
  })
})
