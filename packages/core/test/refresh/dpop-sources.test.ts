import { ClientCredentials, memoryStore, type ProviderOptions, Refresh, Token, type TokenStore } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { someTime, testClock } from '../support/clock.ts'
import { boundToken, claimsOf, keyPair, proofIn, serverWants } from '../support/dpop.ts'
import { confidential, errorOf, eventLog, goodToken, scene } from '../support/scene.ts'

const hour = 3_600_000
const answer = (n: number) => ({ json: boundToken(n, { refresh_token: `canary-refresh-${n}` }) })
const login = Token.from({
  accessToken: 'canary-bound-0',
  tokenType: 'DPoP',
  refreshToken: 'canary-refresh-0',
  expiresAt: someTime + hour,
})

/** A store that outlives its process, as far as anybody can tell. */
const persistent = (clock = testClock()): TokenStore => {
  const store = memoryStore({ clock })
  const names = ['read', 'compareAndSet', 'acquire', 'renew', 'release', 'now'] as const
  return Object.fromEntries(names.map((name) => [name, store[name].bind(store)])) as unknown as TokenStore
}

async function stage(...replies: readonly Reply[]) {
  const clock = testClock()
  const set = await scene(...(replies.length > 0 ? replies : [answer(1), answer(2)]))
  const store = persistent(clock)
  /** Another process over the same store. */
  const start = (dpop?: ProviderOptions['dpop']) => {
    const { events, onEvent } = eventLog()
    const provider = set.provider(confidential, {}, { clock, onEvent, ...(dpop && { dpop }) })
    return { provider, events, tokens: provider.tokenSource({ store, key: 'user:42' }) }
  }
  const record = async () => JSON.parse((await store.read('user:42'))?.value ?? '{}') as Record<string, unknown>
  return { ...set, clock, store, start, record }
}

describe('a stored token that is bound to a key', () => {
  test('R158, R160: is refreshed with a proof of the same key, by every process that has it', async () => {
    const { start, clock, tokenRequests, record } = await stage()
    const keys = await keyPair()
    await start(keys).tokens.save(login)
    await clock.advance(hour)
    expect((await start(keys).tokens.token()).tokenType).toBe('DPoP')
    await clock.advance(hour)
    expect((await start(keys).tokens.token()).accessToken).toBe('canary-bound-2')
    const proofs = await Promise.all((await tokenRequests()).map(proofIn))
    expect(new Set(proofs.map(({ thumbprint }) => thumbprint))).toEqual(new Set([(await record())['boundTo']]))
  })

  test.each(['another key', 'no key'])(
    'R160: is not used by a process with %s: nothing is sent, and nothing is lost',
    async (kind) => {
      const { start, clock, tokenRequests, record } = await stage()
      const keys = await keyPair()
      await start(keys).tokens.save(login)
      const before = await record()
      const { tokens } = start(kind === 'no key' ? undefined : await keyPair())
      for (const ask of [() => tokens.token(), () => tokens.peek()]) {
        const error = await errorOf(ask)
        expect(error).toMatchObject({ code: 'config_invalid', action: 'fix_configuration' })
        expect(error.message).toContain(
          'pass the key pair that it was obtained with, { dpop: keyPair }, or log in again',
        )
      }
      expect(await tokenRequests()).toHaveLength(0)
      expect(await record()).toEqual(before)
      await clock.advance(hour)
      expect((await start(keys).tokens.token()).accessToken).toBe('canary-bound-1')
    },
  )

  test('is not served from memory to a provider with another key in the same process', async () => {
    const { start } = await stage()
    const mine = start(await keyPair())
    await mine.tokens.save(login)
    expect((await mine.tokens.token()).accessToken).toBe('canary-bound-0')
    expect((await errorOf(start(await keyPair()).tokens.token())).code).toBe('config_invalid')
    expect((await errorOf(start().tokens.token())).code).toBe('config_invalid')
  })

  test('is replaced by a login with another key, and forgotten by a logout', async () => {
    const { start } = await stage()
    await start(await keyPair()).tokens.save(login)
    const { tokens } = start(await keyPair())
    await tokens.save(login)
    expect((await tokens.token()).accessToken).toBe('canary-bound-0')
    await start(await keyPair()).tokens.clear()
    expect((await errorOf(tokens.peek().then((token) => token ?? tokens.token({ minValid: 7200 })))).code).toBe(
      'reauthorization_required',
    )
  })

  test('is kept by a source without a key that it is given: it could not be used', async () => {
    const { start, provider, store } = await stage()
    const message =
      'the token is bound to a DPoP key: give the provider the key pair that it was obtained with, { dpop: keyPair }'
    for (const act of [() => start().tokens.save(login), () => provider().tokenSource({ token: login })])
      expect(await errorOf(act)).toMatchObject({ code: 'config_invalid', message })
    expect(await store.read('user:42')).toBeUndefined()
  })
})

describe('a refresh', () => {
  test('answers the nonce of the server, and refreshes once', async () => {
    const { start, clock, tokenRequests } = await stage(serverWants('one'), answer(1))
    const { tokens } = start(await keyPair())
    await tokens.save(login)
    await clock.advance(hour)
    const all = await Promise.all(Array.from({ length: 20 }, () => tokens.token()))
    expect(new Set(all.map(({ accessToken }) => accessToken))).toEqual(new Set(['canary-bound-1']))
    expect((await claimsOf(await tokenRequests())).map(({ nonce }) => nonce)).toEqual([undefined, 'one'])
  })

  test('R159: that brings a Bearer token keeps the new refresh token, and hands the token to nobody', async () => {
    const { start, clock, lastRequest } = await stage(
      { json: { ...goodToken, refresh_token: 'canary-rotated' } },
      answer(2),
    )
    const { tokens } = start(await keyPair())
    await tokens.save(login)
    await clock.advance(hour)
    expect((await errorOf(tokens.token())).code).toBe('token_type_mismatch')
    await clock.advance(hour)
    expect((await tokens.token()).accessToken).toBe('canary-bound-2')
    expect((await lastRequest()).form?.['refresh_token']).toBe('canary-rotated')
  })

  test('binds a token from before the provider had a key', async () => {
    const { start, clock, record } = await stage()
    await start().tokens.save(Token.from({ ...login, tokenType: 'Bearer' }))
    const { provider, tokens } = start(await keyPair())
    expect((await tokens.token()).tokenType).toBe('Bearer')
    expect((await record())['boundTo']).toBeUndefined()
    await clock.advance(hour)
    expect((await tokens.token()).tokenType).toBe('DPoP')
    expect((await record())['boundTo']).toBe(await provider.tokenSource({ token: login }).api?.proofs?.thumbprint())
  })

  test('does not bind a Bearer token that is only saved: whoever shares the store can use it', async () => {
    const { start, record } = await stage()
    await start(await keyPair()).tokens.save(Token.from({ ...login, tokenType: 'Bearer' }))
    expect((await record())['boundTo']).toBeUndefined()
    for (const keys of [undefined, await keyPair()])
      expect((await start(keys).tokens.token()).accessToken).toBe('canary-bound-0')
  })

  test('by the grant itself carries a proof, too', async () => {
    const { provider, lastRequest } = await stage()
    const token = await provider(confidential, {}, { dpop: true }).grant(Refresh).requestToken(login)
    expect(token).toMatchObject({ accessToken: 'canary-bound-1', tokenType: 'DPoP' })
    await proofIn(await lastRequest())
  })
})

describe('a key that this process has made', () => {
  test('is refused over a store, or an escrow, that outlives it', async () => {
    const { provider, store } = await stage()
    const acme = provider(confidential, {}, { dpop: true })
    const key = 'user:42'
    const volatile = memoryStore()
    for (const options of [
      { store, key },
      { store: volatile, key, escrow: store },
      { store, key, grant: ClientCredentials },
    ])
      expect(await errorOf(() => acme.tokenSource(options))).toMatchObject({
        code: 'config_invalid',
        message: expect.stringContaining('pass a key pair to the provider, { dpop: keyPair }') as string,
      })
    provider(confidential, {}, { dpop: await keyPair() }).tokenSource({ store, key })
    provider(confidential).tokenSource({ store, key })
  })

  test('is good for a store in memory, a token alone, and a grant that can be asked again', async () => {
    const { provider, clock } = await stage()
    const acme = provider(confidential, {}, { dpop: true, clock })
    const sources = [
      acme.tokenSource({ store: memoryStore({ clock }), key: 'user:42', refreshToken: 'canary-refresh-0' }),
      acme.tokenSource({ token: login }),
      acme.tokenSource({ grant: ClientCredentials }),
    ]
    for (const source of sources) expect((await source.token()).tokenType).toBe('DPoP')
  })
})
