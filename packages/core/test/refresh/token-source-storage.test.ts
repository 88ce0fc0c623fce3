import { memoryStore, Provider, type TokenStore } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { confidential, errorOf } from '../support/scene.ts'
import { fresh, stage } from '../support/source-stage.ts'

describe('save, peek, invalidate, clear', () => {
  test('peek shows what is stored, and changes nothing', async () => {
    const { source, store, clock, tokenRequests } = await stage()
    expect(await source().peek()).toBeUndefined()
    await source().save(fresh())
    await clock.advance(1e9)
    expect(await source().peek()).toEqual(fresh())
    expect((await store.read('user:42'))?.version).toBe(1)
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('a new login replaces the old one', async () => {
    const { source } = await stage()
    await source().save(fresh())
    await source().save(fresh({ accessToken: 'new-login' }))
    expect((await source().token()).accessToken).toBe('new-login')
  })

  test('an invalidated token is refreshed, also when its end is unknown', async () => {
    const { source, tokenRequests } = await stage()
    const tokens = source()
    await tokens.save(fresh({ expiresAt: undefined }))
    await tokens.invalidate(await tokens.token())
    expect((await tokens.token()).accessToken).toBe('at-1')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('invalidating a token that is not the current one any more does nothing', async () => {
    const { source, store, clock, tokenRequests } = await stage()
    const tokens = source()
    await tokens.save(fresh())
    const old = await tokens.token()
    await clock.advance(3_600_000)
    await tokens.token()
    const version = (await store.read('user:42'))?.version
    await Promise.all(Array.from({ length: 100 }, () => tokens.invalidate(old)))
    expect((await store.read('user:42'))?.version).toBe(version)
    expect((await tokens.token()).accessToken).toBe('at-1')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('clear forgets the token, and the next call says to log in', async () => {
    const { source, store } = await stage()
    await source().save(fresh())
    await source().clear()
    expect(await store.read('user:42')).toEqual({ version: 2, value: undefined })
    expect(await source().peek()).toBeUndefined()
    expect((await errorOf(source().token())).code).toBe('reauthorization_required')
    await source().clear()
  })

  test('clear tells the provider if asked: the refresh token first', async () => {
    const { server, source, provider } = await stage()
    await server.reply('/revoke', { status: 200, text: 'ok' })
    const revocable = new Provider(
      {
        ...provider.definition,
        metadata: { ...provider.definition.metadata, revocation_endpoint: `${server.url}/revoke` },
      },
      confidential,
    )
    const store = memoryStore()
    const tokens = revocable.tokenSource({ store, key: 'k' })
    await tokens.save(fresh())
    await tokens.clear({ revoke: true })
    const revoked = (await server.requests()).filter(({ path }) => path === '/revoke')
    expect(revoked.map(({ form }) => form)).toEqual([
      { token: 'rt-0', token_type_hint: 'refresh_token' },
      { token: 'at-0', token_type_hint: 'access_token' },
    ])
    expect(revoked[0]?.headers['authorization']).toBeDefined()
    expect(await tokens.peek()).toBeUndefined()
    expect(source).toBeDefined()
  })

  test('without a place to tell, clear forgets all the same, and says so', async () => {
    const { source } = await stage()
    await source().save(fresh())
    expect((await errorOf(source().clear({ revoke: true }))).message).toContain('revocation_endpoint')
    expect(await source().peek()).toBeUndefined()
  })
})

test('a store that throws is store_failed, with what it said as the cause', async () => {
  const broken = new Proxy({} as TokenStore, {
    get: () => async () => {
      throw new Error('connection refused')
    },
  })
  const { provider } = await stage()
  const error = await errorOf(provider.tokenSource({ store: broken, key: 'k' }).token())
  expect(error).toMatchObject({ code: 'store_failed', action: 'retry', cause: { message: 'connection refused' } })
})
