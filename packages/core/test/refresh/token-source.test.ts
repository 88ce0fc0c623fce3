import { ClientCredentials, Refresh } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { someTime } from '../support/clock.ts'
import { errorOf } from '../support/scene.ts'
import { answer, fresh, stage } from '../support/source-stage.ts'

describe('concurrent calls', () => {
  test('A46: a thousand callers with an expired token make one refresh', async () => {
    const { source, clock, tokenRequests } = await stage()
    const tokens = source()
    await tokens.save(fresh())
    await clock.advance(3_600_000)
    const all = await Promise.all(Array.from({ length: 1000 }, () => tokens.token()))
    expect(new Set(all.map(({ accessToken }) => accessToken))).toEqual(new Set(['at-1']))
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('a thousand callers of a cold client credentials grant make one request', async () => {
    const { provider, tokenRequests } = await stage()
    const tokens = provider.tokenSource({ grant: ClientCredentials })
    const all = await Promise.all(Array.from({ length: 1000 }, () => tokens.token()))
    expect(new Set(all.map(({ accessToken }) => accessToken)).size).toBe(1)
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('many sources of one key are as one', async () => {
    const { source, clock, tokenRequests } = await stage()
    await source().save(fresh())
    await clock.advance(3_600_000)
    await Promise.all(Array.from({ length: 20 }, () => source().token()))
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('a caller who needs more does not get less, and one who gives up leaves the others theirs', async () => {
    const { source, clock, tokenRequests } = await stage()
    const tokens = source()
    await tokens.save(fresh())
    await clock.advance(3_600_000)
    const controller = new AbortController()
    const impatient = errorOf(tokens.token({ signal: controller.signal }))
    const others = [tokens.token(), tokens.token({ minValid: 3000 })]
    controller.abort()
    expect((await impatient).code).toBe('aborted')
    for (const token of await Promise.all(others)) expect(token.accessToken).toBe('at-1')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('a caller who gave up before asks for nothing', async () => {
    const { source, clock, tokenRequests } = await stage()
    await source().save(fresh())
    await clock.advance(3_600_000)
    expect((await errorOf(source().token({ signal: AbortSignal.abort() }))).code).toBe('aborted')
    expect(await tokenRequests()).toHaveLength(0)
  })
})

describe('what a token is for', () => {
  test('R123, R124: each resource has a token of its own, from one refresh token', async () => {
    const { source, clock, tokenRequests, lastRequest } = await stage()
    const tokens = source()
    await tokens.save(fresh())
    const a = await tokens.token({ resource: 'https://a.example' })
    expect((await lastRequest()).form).toMatchObject({ refresh_token: 'rt-0', resource: 'https://a.example' })
    const b = await tokens.token({ resource: 'https://b.example' })
    expect((await lastRequest()).form).toMatchObject({ refresh_token: 'rt-1', resource: 'https://b.example' })
    expect([a.accessToken, b.accessToken]).toEqual(['at-1', 'at-2'])
    expect((await tokens.token({ resource: 'https://a.example' })).accessToken).toBe('at-1')
    expect((await tokens.token()).accessToken).toBe('at-0')
    expect(await tokenRequests()).toHaveLength(2)
    await clock.advance(3_600_000)
    await tokens.token()
    expect((await lastRequest()).form).toMatchObject({ refresh_token: 'rt-2' })
  })

  test('row 16: two resources at the same time are refreshed one after the other', async () => {
    const { source, tokenRequests } = await stage()
    const tokens = source()
    await tokens.save(fresh())
    const both = await Promise.all([
      tokens.token({ resource: 'https://a.example' }),
      tokens.token({ resource: 'https://b.example' }),
    ])
    expect(both.map(({ accessToken }) => accessToken).toSorted()).toEqual(['at-1', 'at-2'])
    const used = (await tokenRequests()).map(({ form }) => form?.['refresh_token'])
    expect(used).toEqual(['rt-0', 'rt-1'])
  })

  test('E-71: a scope that the grant lacks is the user’s to give', async () => {
    const { source, tokenRequests } = await stage()
    await source().save(fresh())
    expect((await source().token({ scope: ['read'] })).accessToken).toBe('at-0')
    const error = await errorOf(source().token({ scope: ['read', 'admin'] }))
    expect(error).toMatchObject({ code: 'scope_insufficient', action: 'reauthorize' })
    expect(error.message).toContain('admin')
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('a grant that can be asked is asked for each set of scopes', async () => {
    const { provider, lastRequest, tokenRequests } = await stage()
    const tokens = provider.tokenSource({ grant: ClientCredentials, scope: ['a'] })
    await tokens.token()
    expect((await lastRequest()).form?.['scope']).toBe('a')
    await tokens.token({ scope: ['c', 'b'] })
    expect((await lastRequest()).form?.['scope']).toBe('b c')
    await tokens.token({ scope: ['b', 'c'] })
    expect(await tokenRequests()).toHaveLength(2)
  })
})

describe('the provider’s own limit of a grant', () => {
  const day = 24 * 3600
  test('is announced once, two weeks before', async () => {
    const { source, clock, events } = await stage([answer(1, { expires_in: 1000 * day })], {
      refreshToken: { absoluteLifetime: 180 * day },
    })
    const tokens = source()
    await tokens.save(fresh({ authorizedAt: someTime, expiresAt: someTime + 400 * day * 1000 }))
    await clock.advance(165 * day * 1000)
    await tokens.token()
    expect(events).toEqual([])
    await clock.advance(day * 1000)
    await tokens.token()
    await tokens.token()
    expect(events).toMatchObject([{ type: 'reauthorization_soon', endsAt: someTime + 180 * day * 1000 }])
  })
})

test('refreshing by hand still works beside a source', async () => {
  const { provider } = await stage()
  expect((await provider.grant(Refresh).requestToken(fresh())).accessToken).toBe('at-1')
})
