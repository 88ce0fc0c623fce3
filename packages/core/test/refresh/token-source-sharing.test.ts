import { ClientCredentials, type GrantEvent, memoryStore, Provider, Token, type TokenStore } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { someTime } from '../support/clock.ts'
import { over } from '../support/coordination.ts'
import { fleet, hour, late } from '../support/fleet.ts'
import { confidential, errorOf } from '../support/scene.ts'
import { answer, fresh, stage } from '../support/source-stage.ts'

describe('calls that are served from memory', () => {
  test('get the same token object, until it is refreshed', async () => {
    const { source, clock } = await stage()
    const tokens = source()
    await tokens.save(fresh())
    const first = await tokens.token()
    expect(await tokens.token()).toBe(first)
    expect(await source().token()).toBe(first)
    await clock.advance(hour)
    const second = await tokens.token()
    expect(second.accessToken).toBe('at-1')
    expect(await tokens.token()).toBe(second)
  })

  test('ask the store for nothing', async () => {
    const { source, store } = await stage()
    let calls = 0
    const counted = new Proxy(over(store, {}), {
      get: (target, name: keyof TokenStore) => {
        calls += 1
        return target[name]
      },
    })
    const tokens = source({ store: counted })
    await tokens.save(fresh())
    await tokens.token()
    const before = calls
    for (let i = 0; i < 10; i++) await tokens.token()
    await tokens.invalidate(fresh({ accessToken: 'at-long-gone' })) // a herd of late refusals is no load, either
    expect(calls).toBe(before)
  })
})

describe('callers who wait for one refresh', () => {
  test('ask the store as often as one does', async () => {
    const callsOf = async (callers: number) => {
      const { source, store, clock } = await stage()
      let calls = 0
      const counted = new Proxy(over(store, {}), {
        get: (target, name: keyof TokenStore) => {
          calls += 1
          return target[name]
        },
      })
      const tokens = source({ store: counted })
      await tokens.save(fresh())
      await clock.advance(hour)
      const all = await Promise.all(Array.from({ length: callers }, () => tokens.token()))
      expect(new Set(all.map(({ accessToken }) => accessToken))).toEqual(new Set(['at-1']))
      return calls
    }
    expect(await callsOf(20)).toBe(await callsOf(1))
  })

  test('get what came, and do not ask again one after the other where it has expired already', async () => {
    const { source, clock, tokenRequests } = await stage([answer(1, { expires_in: 0 }), answer(2, { expires_in: 0 })])
    const tokens = source()
    await tokens.save(fresh())
    await clock.advance(hour)
    const both = await Promise.all([tokens.token(), tokens.token()])
    expect(both.map(({ accessToken }) => accessToken)).toEqual(['at-1', 'at-1'])
    expect(await tokenRequests()).toHaveLength(1)
  })
})

describe('a process that has read nothing yet', () => {
  test('serves a stale token as well, and refreshes it early if it may', async () => {
    const { source, store, clock, tokenRequests } = await stage()
    await source().save(fresh())
    await clock.advance(hour - 25_000)
    const tokens = source({ store: over(store, {}), background: false })
    expect((await tokens.token()).accessToken).toBe('at-0')
    expect(await tokenRequests()).toHaveLength(0)
  })
})

test('a token that another process has refreshed in time is not refreshed early once more', async () => {
  const { server, start, settle, clock } = await fleet('strict')
  const [first, second] = [start(), start()]
  await second.tokens.token()
  await clock.advance(hour - 25_000)
  await settle(first.tokens.token({ minValid: 60 }))
  expect((await second.tokens.token()).accessToken).toBe('at-0')
  await expect.poll(async () => (await second.tokens.token()).accessToken).toBe('at-1')
  expect(server.used).toEqual(['rt-0'])
})

describe('somebody else who writes at the same moment', () => {
  /** A store in which another write comes before each of the first ones. */
  async function contested(times: number) {
    const all = await stage()
    let left = times
    const compareAndSet: TokenStore['compareAndSet'] = async (key, expected, write) => {
      const now = await all.store.read(key)
      if (left-- > 0) await all.store.compareAndSet(key, now?.version ?? 0, { value: now?.value })
      return all.store.compareAndSet(key, expected, write)
    }
    return { ...all, tokens: all.source({ store: over(all.store, { compareAndSet }) }) }
  }

  test('does not undo a login', async () => {
    const { tokens, source } = await contested(3)
    await tokens.save(fresh({ accessToken: 'at-login' }))
    expect((await source().token()).accessToken).toBe('at-login')
  })

  test('does not undo what an API has said of a token', async () => {
    const { tokens, source, tokenRequests } = await contested(2)
    await source().save(fresh())
    await tokens.invalidate(fresh())
    expect((await tokens.token()).accessToken).toBe('at-1')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('does not undo a logout', async () => {
    const { tokens, source, store } = await contested(3)
    await source().save(fresh())
    await tokens.clear()
    expect((await store.read('user:42'))?.value).toBeUndefined()
  })

  test('does not keep a refresh token that was given from being stored', async () => {
    const { store, provider } = await contested(0)
    let left = 2
    const compareAndSet: TokenStore['compareAndSet'] = async (key, expected, write) =>
      left-- > 0 ? false : store.compareAndSet(key, expected, write)
    const given = { refreshToken: 'rt-given', store: over(store, { compareAndSet }), key: 'user:42' }
    expect((await provider.tokenSource(given).token()).accessToken).toBe('at-1')
  })
})

describe('a token that an API has refused', () => {
  test('is the one for a resource alone, where it was that', async () => {
    const { source, tokenRequests, lastRequest } = await stage()
    const tokens = source()
    await tokens.save(fresh())
    const resource = 'https://a.example'
    await tokens.invalidate(await tokens.token({ resource }))
    expect((await tokens.token()).accessToken).toBe('at-0')
    expect((await tokens.token({ resource })).accessToken).toBe('at-2')
    expect(await tokenRequests()).toHaveLength(2)
    expect((await lastRequest()).form?.['resource']).toBe(resource)
  })

  test('of nobody whom the store knows is none of its business', async () => {
    const { source, store } = await stage()
    await source().invalidate(fresh())
    expect(await store.read('user:42')).toBeUndefined()
    await source().save(fresh())
    await source({ store: over(store, {}) }).invalidate(fresh({ accessToken: 'at-other' }))
    expect((await store.read('user:42'))?.version).toBe(1)
  })

  test('in a process that has not read anything yet, is found in the store', async () => {
    const { source, store } = await stage()
    await source().save(fresh())
    const elsewhere = source({ store: over(store, {}) })
    await elsewhere.invalidate(fresh())
    expect((await elsewhere.token()).accessToken).toBe('at-1')
  })
})

test('the token of a login for a resource is served for it, also by a process that has read nothing yet', async () => {
  const { source, store, tokenRequests } = await stage()
  const resource = 'https://a.example'
  await source().save(fresh({ resource }))
  expect((await source({ store: over(store, {}) }).token({ resource })).accessToken).toBe('at-0')
  expect((await source().token({ resource: [resource] })).accessToken).toBe('at-0')
  expect(await tokenRequests()).toHaveLength(0)
})

describe('what a source begins with', () => {
  test('is stored by the next call, where the store was away at the first', async () => {
    const { provider, store } = await stage()
    let isAway = true
    const read: TokenStore['read'] = async (key) => {
      if (isAway) throw new Error('away')
      return store.read(key)
    }
    const tokens = provider.tokenSource({ refreshToken: 'rt-given', store: over(store, { read }), key: 'user:42' })
    expect((await errorOf(tokens.token())).code).toBe('store_failed')
    isAway = false
    expect((await tokens.token()).accessToken).toBe('at-1')
  })

  test('is forgotten by a logout before the first call, and not stored after it', async () => {
    const { provider, store } = await stage()
    const tokens = provider.tokenSource({ refreshToken: 'rt-given', store, key: 'user:42' })
    await tokens.clear()
    expect((await errorOf(tokens.token())).code).toBe('reauthorization_required')
    expect((await store.read('user:42'))?.value).toBeUndefined()
  })

  test('is as old as the source: a token whose lifetime is short is refreshed in time', async () => {
    const { provider, clock, tokenRequests } = await stage()
    const tokens = provider.tokenSource({ token: fresh({ authorizedAt: someTime }), background: false })
    await clock.advance(1_800_000)
    expect((await tokens.token({ minValid: 1_800_000 })).accessToken).toBe('at-1')
    expect(await tokenRequests()).toHaveLength(1)
  })
})

describe('events of a source', () => {
  test('that its API calls emit have its key, and those of a source without one have none', async () => {
    const { provider, source, events } = await stage()
    source().api?.emit({ type: 'not_replayed' })
    provider.tokenSource({ token: fresh() }).api?.emit({ type: 'not_replayed' })
    expect(events.map(({ key }: GrantEvent) => key)).toEqual(['user:42', undefined])
    expect(events[1]).not.toHaveProperty('key')
    expect(Object.isFrozen(source().api)).toBe(true)
  })

  test('of its own and of its provider have its key, and say whose they are', async () => {
    const { source, clock, events, store } = await stage()
    await source().save(fresh())
    await clock.advance(hour)
    await source().token()
    await store.compareAndSet('user:42', 3, { value: 'damaged' })
    await errorOf(source({ store: over(store, {}) }).token())
    expect(events).toMatchObject([
      { type: 'refreshed', key: 'user:42', provider: 'acme' },
      { type: 'damaged', key: 'user:42', provider: 'acme' },
    ])
  })
})

describe('a logout', () => {
  test('tells the provider nothing where there is no token, and fails for nobody', async () => {
    const { source, tokenRequests, server } = await stage()
    await source().clear({ revoke: true })
    expect(await tokenRequests()).toHaveLength(0)
    expect(await server.requests()).toHaveLength(0)
  })

  test('revokes an access token that came alone', async () => {
    const { server, clock } = await stage()
    await server.reply('/revoke', { text: '' })
    const metadata = { token_endpoint: `${server.url}/token`, revocation_endpoint: `${server.url}/revoke` }
    const provider = new Provider({ name: 'acme', metadata }, confidential, { clock })
    const tokens = provider.tokenSource({ store: memoryStore({ clock }), key: 'k' })
    await tokens.save(Token.from({ accessToken: 'at-alone' }))
    await tokens.clear({ revoke: true })
    expect((await server.requests()).map(({ form }) => form?.['token'])).toEqual(['at-alone'])
  })
})

describe('a caller who needs more of a token than another', () => {
  test('does not take the result of a flight that found one that is too old', async () => {
    const { server, start, settle, clock } = await fleet('strict')
    const [first, second] = [start(), start()]
    await clock.advance(hour / 2)
    const { reached, resume } = first.stopAt('read', 'after')
    const modest = first.tokens.token({ minValid: 60 })
    await reached
    const greedy = first.tokens.token({ minValid: 3000 })
    resume()
    expect((await settle(modest)).accessToken).toBe('at-0')
    expect((await settle(greedy)).accessToken).toBe('at-1')
    expect((await settle(second.tokens.token({ minValid: 3000 }))).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
  })
})

describe('a token that another process has refreshed', () => {
  test('is an event, and one that was there before is not', async () => {
    const { start, settle } = await late('strict')
    const [first, second, third] = [start(), start(), start()]
    await second.tokens.peek()
    await settle(first.tokens.token())
    await settle(second.tokens.token())
    await settle(third.tokens.token())
    expect(second.types()).toEqual(['reused'])
    expect([first.types(), third.types()]).toEqual([['refreshed'], []])
  })
})

test('a store that is away, and a grant that can be asked, serve one token until the store is back', async () => {
  const { provider, store, tokenRequests, clock } = await stage([answer(1), answer(2)])
  let isAway = true
  const away = (): Promise<never> => Promise.reject(new Error('away'))
  const flaky = over(store, {
    read: (key) => (isAway ? away() : store.read(key)),
    acquire: (...input) => (isAway ? away() : store.acquire(...input)),
  })
  const tokens = provider.tokenSource({ grant: ClientCredentials, store: flaky, key: 'machine' })
  expect((await tokens.token()).accessToken).toBe('at-1')
  expect((await tokens.token()).accessToken).toBe('at-1')
  isAway = false
  await clock.advance(hour)
  expect((await tokens.token()).accessToken).toBe('at-2')
  expect(await tokenRequests()).toHaveLength(2)
})

test('a store that is away, and a server that refuses, is what the server says', async () => {
  const refusal = { status: 400, json: { error: 'invalid_scope' } }
  const { provider, store } = await stage([refusal])
  const read = (): Promise<never> => Promise.reject(new Error('away'))
  const tokens = provider.tokenSource({ grant: ClientCredentials, store: over(store, { read }), key: 'machine' })
  expect(await errorOf(tokens.token())).toMatchObject({ code: 'token_error', oauth: { error: 'invalid_scope' } })
})
