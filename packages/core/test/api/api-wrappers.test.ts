import {
  type ApiErrorHint,
  authorizedFetch,
  type ClearOptions,
  type ProviderDefinition,
  type SourceApi,
  Token,
  type TokenOptions,
  type TokenSource,
} from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { ok, unauthorized } from '../support/api-replies.ts'
import { apiStage } from '../support/api-stage.ts'
import { errorOf } from '../support/scene.ts'

// Sources of a user's own around a provider's: for logs, metrics, or a choice between users.

const hint: ApiErrorHint = { status: 403, message: 'the shop is closed: open it in the console' }
const shop: ProviderDefinition['api'] = {
  token: { header: 'X-Shop-Token' },
  headers: { 'shop-version': '2', 'client-id': '{client_id}' },
  rateLimit: { reset: 'x-reset', statuses: [403], remaining: 'x-remaining' },
  errors: [hint],
}

class Delegating implements TokenSource {
  readonly origins: readonly string[]
  readonly api: SourceApi | undefined
  readonly #tokens: TokenSource
  readonly #log: string[]

  constructor(tokens: TokenSource, log: string[]) {
    this.origins = tokens.origins
    this.api = tokens.api
    this.#tokens = tokens
    this.#log = log
  }

  async token(options?: TokenOptions): Promise<Token> {
    const token = await this.#tokens.token(options)
    this.#log.push('token')
    return token
  }

  save(token: Token): Promise<void> {
    return this.#tokens.save(token)
  }

  peek(): Promise<Token | undefined> {
    return this.#tokens.peek()
  }

  invalidate(token: Token): Promise<void> {
    return this.#tokens.invalidate(token)
  }

  clear(options?: ClearOptions): Promise<void> {
    return this.#tokens.clear(options)
  }
}

type Wrap = (tokens: TokenSource, log: string[]) => TokenSource

/** A literal with what a source needs, and the API's rules only if they are passed on. */
const literal = (tokens: TokenSource, log: string[], api?: SourceApi): TokenSource => ({
  origins: tokens.origins,
  ...(api && { api }),
  token: async (options) => (log.push('token'), tokens.token(options)),
  save: (token) => tokens.save(token),
  peek: () => tokens.peek(),
  invalidate: (token) => tokens.invalidate(token),
  clear: (options) => tokens.clear(options),
})

describe.each<[string, Wrap]>([
  ['a class that delegates', (tokens, log) => new Delegating(tokens, log)],
  ['an object literal', (tokens, log) => literal(tokens, log, tokens.api)],
  ['a spread', (tokens, log) => ({ ...tokens, token: async (options) => (log.push('token'), tokens.token(options)) })],
])('a wrapper that passes the API’s rules on: %s', (_, wrap) => {
  test('presents the token as the definition declares, with its headers', async () => {
    const { tokens, url, requests } = await apiStage([ok], { api: shop })
    const log: string[] = []
    expect((await authorizedFetch(wrap(tokens, log))(url)).status).toBe(200)
    const [request] = await requests()
    expect(request?.headers).toMatchObject({
      'x-shop-token': 'canary-token-0',
      'shop-version': '2',
      'client-id': 'cid',
    })
    expect(request?.headers).not.toHaveProperty('authorization')
    expect(log).toEqual(['token'])
  })

  test('knows its limits and its errors', async () => {
    const limited = { status: 403, headers: { 'x-remaining': '0', 'x-reset': '86400' } }
    const { tokens, url } = await apiStage([limited, { status: 403 }], { api: shop })
    const api = authorizedFetch(wrap(tokens, []), { retry: {} })
    expect(await errorOf(api(url))).toMatchObject({ code: 'rate_limited', retryAfter: 86_400, provider: 'acme' })
    expect(await errorOf(api(url))).toMatchObject({ code: 'api_error', message: hint.message, provider: 'acme' })
  })

  test('recovers from a 401 of its API, by the source inside', async () => {
    const { tokens, url, sent, refreshes } = await apiStage([unauthorized, ok])
    const log: string[] = []
    expect((await authorizedFetch(wrap(tokens, log))(url)).status).toBe(200)
    expect(await sent()).toEqual(['token-0', 'token-1'])
    expect([await refreshes(), log]).toEqual([1, ['token', 'token']])
  })

  test('saves, looks and clears by the source inside', async () => {
    const { tokens } = await apiStage([ok])
    const wrapped = wrap(tokens, [])
    await wrapped.save(Token.from({ accessToken: 'canary-saved' }))
    expect((await wrapped.peek())?.accessToken).toBe('canary-saved')
    await wrapped.clear()
    expect(await tokens.peek()).toBeUndefined()
  })
})

describe('a source of one’s own without the API’s rules', () => {
  test('is a plain Bearer source, and explains nothing', async () => {
    const { tokens, url, requests } = await apiStage([ok, { status: 403 }], { api: shop })
    const api = authorizedFetch(literal(tokens, []))
    await api(url)
    const [request] = await requests()
    expect(request?.headers['authorization']).toBe('Bearer canary-token-0')
    expect(Object.keys(request?.headers ?? {}).filter((name) => /shop|client-id/.test(name))).toEqual([])
    expect((await api(url)).status).toBe(403)
  })

  test('says what to write where it has no origins either', async () => {
    const { tokens } = await apiStage([ok])
    const error = await errorOf(() => authorizedFetch({ ...literal(tokens, []), origins: [] }))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(`{ origins: ['https://api.example'] }`)
  })

  test('may narrow the origins of its provider', async () => {
    const { tokens, url, requests } = await apiStage([ok])
    const api = authorizedFetch({ ...tokens, origins: ['https://only.acme.example'] })
    expect((await errorOf(api(url))).code).toBe('origin_not_allowed')
    expect(await requests()).toHaveLength(0)
  })

  test.each<[string, unknown]>([
    ['an access token', 'canary-token'],
    ['nothing', undefined],
    ['null', null],
    ['a promise', Promise.resolve(Token.from({ accessToken: 'canary' }))],
    ['the fields of a token', { accessToken: 'canary-token' }],
    ['a part of a source', { token: async () => Token.from({ accessToken: 'canary' }) }],
  ])('is not %s: that is refused at once', async (_, source) => {
    const error = await errorOf(() => authorizedFetch(source as TokenSource, { origins: ['https://api.acme.example'] }))
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining('tokenSource') })
  })
})

test('an event of a call has the key of its source; a source without a store has none', async () => {
  const { provider, tokens, url, events } = await apiStage([unauthorized])
  const upload = { method: 'POST', body: new Blob(['hello']).stream(), duplex: 'half' } as RequestInit
  const refused: typeof fetch = async () => new Response(null, { status: 401 })
  const alone = provider.tokenSource({ token: Token.from({ accessToken: 'canary-alone' }) })
  for (const source of [tokens, { ...tokens }, alone]) await authorizedFetch(source, { fetch: refused })(url, upload)
  const keys = events.filter(({ type }) => type === 'not_replayed').map(({ key, provider: name }) => [key, name])
  expect(keys).toEqual([
    ['user:42', 'acme'],
    ['user:42', 'acme'],
    [undefined, 'acme'],
  ])
})
