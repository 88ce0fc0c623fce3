import {
  ClientCredentials,
  Grant,
  type GrantOptions,
  memoryStore,
  Provider,
  Token,
  type TokenSourceOptions,
} from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { errorOf } from '../support/scene.ts'
import { answer, fresh, stage } from '../support/source-stage.ts'

describe('where a source has its token from', () => {
  test('a store and a key', async () => {
    const { source, tokenRequests } = await stage()
    await source().save(fresh())
    expect((await source().token()).accessToken).toBe('at-0')
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('a token alone, which is refreshed in memory', async () => {
    const { provider, clock, lastRequest } = await stage()
    const tokens = provider.tokenSource({ token: fresh() })
    expect((await tokens.token()).accessToken).toBe('at-0')
    await clock.advance(3_600_000)
    expect((await tokens.token()).accessToken).toBe('at-1')
    expect((await lastRequest()).form).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'rt-0' })
  })

  test('E-34: a grant that can be asked again, which happens when its token expires', async () => {
    const { provider, clock, tokenRequests, lastRequest } = await stage([
      answer(1, { refresh_token: undefined }),
      answer(2, { refresh_token: undefined }),
    ])
    const tokens = provider.tokenSource({ grant: ClientCredentials, scope: ['reports'] })
    expect((await tokens.token()).accessToken).toBe('at-1')
    expect((await tokens.token()).accessToken).toBe('at-1')
    await clock.advance(3_600_000)
    expect((await tokens.token()).accessToken).toBe('at-2')
    expect(await tokenRequests()).toHaveLength(2)
    expect((await lastRequest()).form).toEqual({ grant_type: 'client_credentials', scope: 'reports' })
  })

  test('a custom grant', async () => {
    class Machine extends Grant {
      static readonly grantType = 'urn:acme:machine'
      requestToken(options?: GrantOptions): Promise<Token> {
        return this.tokenRequest({ machine: 'm-1' }, options)
      }
    }
    const { provider, clock, lastRequest, tokenRequests } = await stage()
    const tokens = provider.tokenSource({ grant: Machine, scope: ['print'] })
    expect((await tokens.token()).accessToken).toBe('at-1')
    await clock.advance(3_600_000)
    expect((await tokens.token()).accessToken).toBe('at-2')
    expect((await lastRequest()).form).toEqual({ grant_type: 'urn:acme:machine', machine: 'm-1', scope: 'print' })
    expect(await tokenRequests()).toHaveLength(2)
  })

  test('E-68: a custom request', async () => {
    const { provider, clock } = await stage()
    let count = 0
    const tokens = provider.tokenSource({
      request: async () => Token.from({ accessToken: `own-${++count}`, expiresAt: clock.now() + 1000 }),
    })
    expect((await tokens.token()).accessToken).toBe('own-1')
    await clock.advance(1000)
    expect((await tokens.token()).accessToken).toBe('own-2')
  })

  test('R20: a refresh token that comes with client credentials is not used', async () => {
    const { provider, clock, lastRequest } = await stage()
    const tokens = provider.tokenSource({ grant: ClientCredentials })
    await tokens.token()
    await clock.advance(3_600_000)
    await tokens.token()
    expect((await lastRequest()).form?.['grant_type']).toBe('client_credentials')
  })

  test.each([
    [{}, '{ store, key }'],
    [{ store: memoryStore() }, 'one user would get'],
    [{ store: memoryStore(), key: '' }, 'one user would get'],
    [{ key: 'user:42' }, 'without a store'],
    [{ escrow: memoryStore() }, 'without a store'],
    [{ token: fresh(), grant: ClientCredentials }, 'one origin'],
    [{ store: memoryStore(), key: 'k', token: fresh() }, 'source.save(token)'],
    [{ token: fresh(), leeway: -1 }, 'seconds'],
    [{ grant: Date as never }, 'extends Grant'],
  ])('anything else says what to write: %j', async (options, advice) => {
    const { provider } = await stage()
    const error = await errorOf(() => provider.tokenSource(options as TokenSourceOptions))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })

  test('a key of another provider or client is refused, and kept', async () => {
    const { store, source } = await stage()
    await source().save(fresh())
    const metadata = { token_endpoint: 'https://other.example/token' }
    const other = new Provider({ name: 'other', metadata }, { clientId: 'cid' }).tokenSource({ store, key: 'user:42' })
    for (const action of [() => other.token(), () => other.peek()])
      expect((await errorOf(action)).code).toBe('config_invalid')
    expect((await source().token()).accessToken).toBe('at-0')
  })

  test('after a client id has changed, a login stores and a logout clears under the old keys', async () => {
    const { store, source } = await stage()
    await source().save(fresh())
    const metadata = { token_endpoint: 'https://other.example/token' }
    const changed = new Provider({ name: 'acme', metadata }, { clientId: 'new' }).tokenSource({ store, key: 'user:42' })
    await changed.save(fresh({ accessToken: 'at-new', expiresAt: undefined }))
    expect((await changed.token()).accessToken).toBe('at-new')
    const again = new Provider({ name: 'acme', metadata }, { clientId: 'newer' }).tokenSource({ store, key: 'user:42' })
    await again.clear({ revoke: true }) // nothing of another client is revoked
    expect((await store.read('user:42'))?.value).toBeUndefined()
  })

  test('a record that a later version wrote is refused, and never overwritten', async () => {
    const { store, source } = await stage()
    await store.compareAndSet('user:42', 0, { value: '{"format":2}' })
    for (const action of [() => source().token(), () => source().save(fresh()), () => source().clear()])
      expect(await errorOf(action)).toMatchObject({ code: 'store_failed', action: 'fix_configuration' })
    expect((await store.read('user:42'))?.value).toBe('{"format":2}')
  })

  test('the origins are those of the definition', async () => {
    const { source } = await stage([], { apiOrigins: ['https://api.acme.example'] })
    expect(source().origins).toEqual(['https://api.acme.example'])
  })
})
