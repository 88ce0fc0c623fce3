import {
  ClientCredentials,
  Grant,
  type GrantEvent,
  type GrantOptions,
  memoryStore,
  Provider,
  type ProviderDefinition,
  type ProviderOptions,
  Refresh,
  Token,
  type TokenSourceOptions,
  type TokenStore,
} from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { someTime, testClock } from './support/clock.ts'
import { confidential, errorOf, scene } from './support/scene.ts'

const answer = (n: number, more: object = {}) => ({
  json: { access_token: `at-${n}`, token_type: 'Bearer', expires_in: 3600, refresh_token: `rt-${n}`, ...more },
})

/** A token that was obtained now and lives an hour. */
const fresh = (more: object = {}) =>
  Token.from({
    accessToken: 'at-0',
    refreshToken: 'rt-0',
    expiresAt: someTime + 3_600_000,
    scope: ['read', 'write'],
    ...more,
  })

/** A provider whose token endpoint gives these answers, and a source over a store that holds a token. */
async function stage(
  replies: readonly Reply[] = [answer(1), answer(2), answer(3)],
  definition: Partial<ProviderDefinition> = {},
  options: ProviderOptions = {},
) {
  const { provider: make, tokenRequests, lastRequest, server } = await scene(...replies)
  const clock = testClock()
  const events: GrantEvent[] = []
  const provider = make(confidential, definition, { clock, onEvent: (event) => events.push(event), ...options })
  const store = memoryStore({ clock })
  const source = (more: TokenSourceOptions = {}) => provider.tokenSource({ store, key: 'user:42', ...more })
  const types = () => events.map(({ type }) => type)
  return { provider, store, source, clock, events, types, tokenRequests, lastRequest, server }
}

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

  test('E-34: a grant that can be asked again, which is when its token ends', async () => {
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

  test('a grant of your own', async () => {
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

  test('E-68: a request of your own', async () => {
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
    const error = await errorOf(() => provider.tokenSource(options))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })

  test('a key of another provider or client is refused, and kept', async () => {
    const { store, source } = await stage()
    await source().save(fresh())
    const metadata = { token_endpoint: 'https://other.example/token' }
    const other = new Provider({ name: 'other', metadata }, { clientId: 'cid' }).tokenSource({ store, key: 'user:42' })
    for (const action of [() => other.token(), () => other.save(fresh()), () => other.peek(), () => other.clear()])
      expect((await errorOf(action)).code).toBe('config_invalid')
    expect((await source().token()).accessToken).toBe('at-0')
  })

  test.each(['not json', '{}', '{"format":2}', '[]', 'null'])(
    'a text that no source wrote is refused, and kept: %s',
    async (text) => {
      const { store, source } = await stage()
      await store.compareAndSet('user:42', 0, text)
      for (const action of [() => source().token(), () => source().save(fresh()), () => source().clear()])
        expect(await errorOf(action)).toMatchObject({ code: 'store_failed', action: 'fix_configuration' })
      expect((await store.read('user:42'))?.value).toBe(text)
    },
  )

  test('the origins are those of the definition', async () => {
    const { source } = await stage([], { apiOrigins: ['https://api.acme.example'] })
    expect(source().origins).toEqual(['https://api.acme.example'])
  })
})

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

  test('before it is served, once it has ended', async () => {
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

  test('more than a whole life is not asked for again and again', async () => {
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

  test('early by a fifth of a short life at most', async () => {
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

describe('who asks at the same time', () => {
  test('A46: a thousand callers with an ended token make one refresh', async () => {
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
  test('R124: each resource has a token of its own, from one refresh token', async () => {
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

test('refreshing by hand still works beside a source', async () => {
  const { provider } = await stage()
  expect((await provider.grant(Refresh).requestToken(fresh())).accessToken).toBe('at-1')
})
