import {
  ClientCredentials,
  Grant,
  type GrantOptions,
  memoryStore,
  Token,
  type TokenSource,
  type TokenSourceOptions,
} from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { someTime } from '../support/clock.ts'
import { errorOf } from '../support/scene.ts'
import { answer, fresh, stage } from '../support/source-stage.ts'

const store = memoryStore()
const request = async () => Token.from({ accessToken: 'own' })

describe('a token source is refused, with what to write instead,', () => {
  test.each<[string, unknown, string]>([
    ['without options', undefined, 'a source needs options, such as { store, key }'],
    ['with null', null, 'a source needs options, such as { store, key }'],
    ['with a string', 'user:42', 'a source needs options, such as { store, key }'],
    ['with a misspelt option', { storee: store, key: 'k' }, '"storee" is not a field of a token source: write "store"'],
    ['with nothing to begin with', {}, 'a source needs { store, key }, { token }, { refreshToken }, { grant } or'],
    ['with a key that is a number', { store, key: 42 }, `one user would get another's token: write`],
    ['with an empty key', { store, key: '' }, `one user would get another's token: write { store, key: 'user:42' }`],
    ['with a key and no store', { token: fresh(), key: 'k' }, 'a key or an escrow without a store does nothing'],
    ['with an escrow and no store', { token: fresh(), escrow: store }, 'a key or an escrow without a store'],
    ['with an empty refresh token', { refreshToken: '' }, 'refreshToken has to be a non-empty string'],
    ['with a refresh token of another kind', { refreshToken: 42 }, 'refreshToken has to be a non-empty string'],
    ['with a grant that is not a class', { grant: () => undefined }, 'grant has to be a class that extends Grant'],
    ['with a leeway that is not a number', { token: fresh(), leeway: '60' }, 'leeway has to be a number of seconds'],
    ['with a leeway without end', { token: fresh(), leeway: Infinity }, 'leeway has to be a number of seconds'],
    ['with a negative leeway', { token: fresh(), leeway: -0.001 }, 'leeway has to be a number of seconds'],
    [
      'with a token and a store',
      { token: fresh(), store, key: 'k' },
      'a token goes into a store by source.save(token)',
    ],
    [
      'with replace and no refresh token',
      { store, key: 'k', replace: false },
      'replace is for a source with a refresh',
    ],
    ['with a scope and no grant', { store, key: 'k', scope: ['a'] }, 'scope and parameters are for a source with a'],
    ['with parameters and no grant', { request, parameters: {} }, 'scope and parameters are for a source with a grant'],
    ['with a token and a refresh token', { token: fresh(), refreshToken: 'rt' }, 'a source has one origin: token, '],
    ['with a grant and a request', { grant: ClientCredentials, request }, 'a source has one origin: token, refresh'],
    ['with a refresh token and a request', { refreshToken: 'rt', request }, 'a source has one origin: token, '],
  ])('%s', async (_, options, message) => {
    const { provider } = await stage([])
    const error = await errorOf(() => provider.tokenSource(options as TokenSourceOptions))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(message)
  })

  test.each<[string, TokenSourceOptions]>([
    ['a leeway of zero', { token: fresh(), leeway: 0 }],
    ['a request and a store', { request, store, key: 'k' }],
    ['a refresh token in memory that replaces nothing', { refreshToken: 'rt', replace: false }],
    [
      'a grant with a scope, parameters and a store',
      { grant: ClientCredentials, scope: ['a'], parameters: {}, store, key: 'k' },
    ],
    ['an escrow beside a store', { store, key: 'k', escrow: memoryStore() }],
    ['options that are undefined', { store, key: 'k', token: undefined, grant: undefined } as TokenSourceOptions],
  ])('but not with %s', async (_, options) => {
    const { provider } = await stage([])
    expect(provider.tokenSource(options)).toBeDefined()
  })
})

describe('a misspelt option is refused, and nothing is asked:', () => {
  test.each<[string, (tokens: TokenSource) => Promise<unknown>, string]>([
    [
      'token()',
      (tokens) => tokens.token({ minvalid: 60 } as object),
      '"minvalid" is not a field of the options of token(): write "minValid"',
    ],
    [
      'clear()',
      (tokens) => tokens.clear({ revoked: true } as object),
      '"revoked" is not a field of the options of clear(): write "revoke"',
    ],
  ])('%s', async (_, use, message) => {
    const { source, tokenRequests } = await stage()
    await source().save(fresh({ expiresAt: someTime }))
    const error = await errorOf(use(source()))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(message)
    expect(await source().peek()).toBeDefined()
    expect(await tokenRequests()).toHaveLength(0)
  })
})

describe('what a source was given', () => {
  test('is a copy: later changes of the options change nothing', async () => {
    const { provider, lastRequest } = await stage()
    const options: { grant: typeof ClientCredentials; parameters: Record<string, string> } = {
      grant: ClientCredentials,
      parameters: { audience: 'first' },
    }
    const tokens = provider.tokenSource(options)
    Object.assign(options, { parameters: { audience: 'second' } })
    await tokens.token()
    expect((await lastRequest()).form?.['audience']).toBe('first')
  })

  test('may be a token as it was stored, which becomes a Token', async () => {
    const { provider } = await stage([])
    const stored = JSON.parse(JSON.stringify(fresh())) as Token
    const token = await provider.tokenSource({ token: stored }).token()
    expect(token).toBeInstanceOf(Token)
    expect(token).toEqual(fresh())
  })

  test('may be a request that is a method of its options', async () => {
    const { provider } = await stage([])
    const options = {
      prefix: 'own',
      async request() {
        return Token.from({ accessToken: `${this.prefix}-token` })
      },
    }
    const { prefix: _, ...known } = options
    const given = Object.setPrototypeOf(known, { prefix: 'own' }) as typeof known
    expect((await provider.tokenSource(given).token()).accessToken).toBe('own-token')
  })

  test('reaches a grant and a request, with scope, resource, parameters and a signal', async () => {
    const seen: (GrantOptions | undefined)[] = []
    class Machine extends Grant {
      static readonly grantType = 'urn:acme:machine'
      async requestToken(options?: GrantOptions): Promise<Token> {
        seen.push(options)
        return Token.from({ accessToken: 'at' })
      }
    }
    const { provider } = await stage([])
    const tokens = provider.tokenSource({ grant: Machine, scope: ['a'], parameters: { audience: 'x' } })
    await tokens.token()
    await tokens.token({ scope: ['b'], resource: 'https://api.acme.example/' })
    const own = provider.tokenSource({ request: async (options) => (seen.push(options), fresh()) })
    await own.token()
    const signal = expect.any(AbortSignal) as AbortSignal
    expect(seen).toEqual([
      { scope: ['a'], resource: undefined, parameters: { audience: 'x' }, signal },
      { scope: ['b'], resource: ['https://api.acme.example/'], parameters: { audience: 'x' }, signal },
      { scope: undefined, resource: undefined, signal },
    ])
  })
})

describe('a custom request', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a token response', { access_token: 'at' }],
    ['a token without an access token', { accessToken: '' }],
  ])('that resolves to %s is told what to write', async (_, value) => {
    const { provider } = await stage([])
    const tokens = provider.tokenSource({ request: async () => value as Token })
    const error = await errorOf(tokens.token())
    expect(error).toMatchObject({ code: 'config_invalid', action: 'fix_configuration' })
    expect(error.message).toContain('a request has to resolve to a Token: write Token.from({ accessToken, … })')
  })

  test('that never ends is given up at the deadline of the provider', async () => {
    const { provider, clock } = await stage([], {}, { timeout: 4000 })
    const signals: (AbortSignal | undefined)[] = []
    const tokens = provider.tokenSource({
      request: ({ signal }) => {
        signals.push(signal)
        return new Promise(() => undefined)
      },
    })
    const failing = errorOf(tokens.token())
    for (const attempt of [1, 2]) {
      await expect.poll(() => signals.length).toBe(attempt) // it is asked once more, as any request is whose response is lost
      await clock.advance(4000)
    }
    const error = await failing
    expect(error).toMatchObject({ code: 'timeout', action: 'retry', provider: 'acme' })
    expect(error.message).toBe('the request brought no token within 4000 ms')
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true])
  })
})

test.each([
  [undefined, 61, 0],
  [undefined, 29, 1],
  [300, 301, 0],
  [300, 149, 1],
  [0, 29, 0],
])('with a leeway of %s seconds, a token that has %d left is refreshed early: %d', async (leeway, left, refreshes) => {
  const { source, clock } = await stage([answer(1)])
  const handed: Promise<unknown>[] = []
  const tokens = source({ leeway, waitUntil: (work) => handed.push(work) })
  await tokens.save(fresh())
  await clock.advance(3_600_000 - left * 1000)
  expect((await tokens.token()).accessToken).toBe('at-0')
  expect(handed).toHaveLength(refreshes)
  await Promise.all(handed)
})
