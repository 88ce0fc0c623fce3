import { AuthorizationCode, type Callback, Pkce, type ProviderDefinition, type Transaction } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { readCallback } from '../src/grants/callback.ts'
import type { GrantPort } from '../src/protocol/port.ts'
import { testClock } from './support/clock.ts'
import { errorOf, goodToken, publicClient, redirectUri, scene } from './support/scene.ts'
import { vectorsOf } from './support/vectors.ts'

const issuer = 'https://honest.as.example'

/** A login under way at a server that answers every code. */
async function begin(definition: Partial<ProviderDefinition> = {}, ...replies: readonly Reply[]) {
  const stage = await scene(...replies, { json: goodToken })
  const clock = testClock()
  const login = stage.provider(publicClient, definition, { clock }).grant(Pkce)
  const { transaction } = await login.authorize({ scope: ['read'] })
  const { state } = transaction
  /** Finishes with a callback; says what was sent. */
  const finish = async (callback: Callback, changed: unknown = transaction) => {
    const error = await errorOf(login.requestToken(callback, changed as Transaction))
    expect(await stage.tokenRequests(), 'nothing is sent').toHaveLength(0)
    return error
  }
  return { ...stage, login, transaction, state, clock, finish }
}

describe('5.8 callback parsing', () => {
  test.each([
    ['an absolute URL', (query: string) => `https://app.example/cb${query}`],
    ['a path', (query: string) => `/cb${query}`],
    ['a query', (query: string) => query],
    ['a custom scheme', (query: string) => `com.example://callback${query}`],
    ['pasted text without a scheme', (query: string) => `redir.example${query}`],
    ['a URL object', (query: string) => new URL(`https://app.example/cb${query}#fragment`)],
    ['a Request', (query: string) => new Request(`https://app.example/cb${query}`)],
    ['URLSearchParams', (query: string) => new URLSearchParams(query)],
  ])('the callback may be %s', async (_, callbackOf) => {
    const { login, transaction, state, lastRequest } = await begin()
    await login.requestToken(callbackOf(`?code=abc&state=${state}&foo=1&session_state=2`), transaction)
    expect((await lastRequest()).form).toMatchObject({ code: 'abc', redirect_uri: redirectUri })
  })

  test('form_post: the callback may be a POST whose query says something else', async () => {
    const { login, transaction, state, lastRequest } = await begin()
    const body = new URLSearchParams({ code: 'abc', state })
    await login.requestToken(
      new Request('https://app.example/cb?code=evil&state=evil', { method: 'POST', body }),
      transaction,
    )
    expect((await lastRequest()).form?.['code']).toBe('abc')
  })

  test('a code with reserved characters arrives as it was issued', async () => {
    const { login, transaction, state, lastRequest } = await begin()
    await login.requestToken(`?code=${encodeURIComponent('4/0A+b=c&d e')}&state=${state}`, transaction)
    expect((await lastRequest()).form?.['code']).toBe('4/0A+b=c&d e')
  })

  test('a denial is an error of its own', async () => {
    const { finish, state } = await begin()
    const error = await finish(
      `?error=access_denied&error_description=The+user+said+no&error_uri=https://id.example/e&state=${state}`,
    )
    expect(error).toMatchObject({
      code: 'authorization_denied',
      action: 'reauthorize',
      oauth: { error: 'access_denied', errorDescription: 'The user said no', errorUri: 'https://id.example/e' },
    })
  })

  test.each(['server_error', 'invalid_scope', 'login_required', 'interaction_required'])(
    'the error %s is authorization_error',
    async (name) => {
      const { finish, state } = await begin()
      expect(await finish(`?error=${name}&state=${state}`)).toMatchObject({
        code: 'authorization_error',
        oauth: { error: name },
      })
    },
  )

  test.each([
    ['?code=a', 'state_mismatch'],
    ['?code=a&state=', 'state_mismatch'],
    ['?code=a&state=other', 'state_mismatch'],
    ['?error=access_denied', 'state_mismatch'],
    ['?error=access_denied&state=other', 'state_mismatch'],
    ['?code=a&state=__proto__', 'state_mismatch'],
    [`?code=a&state=${'x'.repeat(10_000)}`, 'state_mismatch'],
    ['?state={state}', 'callback_invalid'],
    ['?code=&state={state}', 'callback_invalid'],
    ['?code=%00&state={state}', 'callback_invalid'],
    ['?code=%C3%A9&state={state}', 'callback_invalid'],
    ['?code=a&code=b&state={state}', 'callback_invalid'],
    ['?code=a&code=a&state={state}', 'callback_invalid'],
    ['?code=a&state={state}&state={state}', 'callback_invalid'],
    ['?code=a&state={state}&iss=a&iss=b', 'callback_invalid'],
    ['?error=a&error=b&state={state}', 'callback_invalid'],
    ['?code=a&state={state}&access_token=x', 'callback_invalid'],
    ['?code=a&state={state}&id_token=x', 'callback_invalid'],
    ['?response=x', 'callback_invalid'],
    ['/cb', 'callback_invalid'],
    ['', 'callback_invalid'],
    ['https://app.example/cb#code=a&state={state}', 'callback_invalid'],
    [`?code=${'x'.repeat(20_000)}&state={state}`, 'callback_invalid'],
    [`?${'a=1&'.repeat(200_000)}code=a&state={state}`, 'callback_invalid'],
  ])('%.60s is %s', async (callback, code) => {
    const { finish, state } = await begin()
    expect((await finish(callback.replaceAll('{state}', state))).code).toBe(code)
  })

  test.each([[undefined], [null], [42], [{}]])('%j is no callback', async (callback) => {
    const { finish } = await begin()
    expect((await finish(callback as never)).code).toBe('callback_invalid')
  })

  test('a POST that is no form, too large or read already is refused', async () => {
    const { finish, state } = await begin()
    const url = 'https://app.example/cb'
    const json = new Request(url, {
      method: 'POST',
      body: JSON.stringify({ code: 'a', state }),
      headers: { 'content-type': 'application/json' },
    })
    expect((await finish(json)).code).toBe('callback_invalid')
    const read = new Request(url, { method: 'POST', body: new URLSearchParams({ code: 'a', state }) })
    await read.text()
    expect((await finish(read)).message).toContain('URLSearchParams')
    const large = new Request(url, { method: 'POST', body: new URLSearchParams({ code: 'x'.repeat(100_000), state }) })
    expect((await finish(large)).code).toBe('response_too_large')
  })
})

describe('the issuer of a callback', () => {
  const promising = (promised: boolean | undefined): Partial<ProviderDefinition> =>
    ({ metadata: { issuer, authorization_response_iss_parameter_supported: promised } }) as never

  test.each(vectorsOf('iss check'))('$name', async ({ input, expected }) => {
    const { login, transaction, state } = await begin(
      promising(Boolean(input['authorization_response_iss_parameter_supported'])),
    )
    const iss = input['iss'] === undefined ? '' : `&iss=${encodeURIComponent(String(input['iss']))}`
    const outcome = login.requestToken(`?code=a&state=${state}${iss}`, transaction).then(
      () => 'proceed',
      () => 'reject',
    )
    expect(await outcome).toBe(expected)
  })

  test.each([
    'https://honest.as.example/',
    'HTTPS://honest.as.example',
    'https://honest.as.example:443',
    'https://Honest.as.example',
    'https://evil.example',
    '',
  ])('R143: %s is another issuer', async (iss) => {
    const { finish, state } = await begin(promising(undefined))
    expect((await finish(`?code=a&state=${state}&iss=${encodeURIComponent(iss)}`)).code).toBe('issuer_mismatch')
  })

  test('R144: a promised iss that is missing is refused, in error responses too', async () => {
    const { finish, state } = await begin(promising(true))
    expect((await finish(`?code=a&state=${state}`)).code).toBe('issuer_missing')
    expect((await finish(`?error=access_denied&state=${state}`)).code).toBe('issuer_missing')
  })

  test('R146: the text of an error from another issuer is not shown', async () => {
    const { finish, state } = await begin(promising(true))
    const error = await finish(`?error=evil&error_description=SECRETTEXT&state=${state}&iss=https://evil.example`)
    expect(error.code).toBe('issuer_mismatch')
    expect(JSON.stringify(error) + String(error)).not.toContain('SECRETTEXT')
  })

  test('a provider without an issuer gets no iss check', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    await login.requestToken(`?code=a&state=${state}&iss=https://whatever.example`, transaction)
    expect(await tokenRequests()).toHaveLength(1)
  })
})

describe('the transaction', () => {
  test('is plain JSON, with what the contract names and nothing else', async () => {
    const { transaction, clock } = await begin()
    expect(JSON.parse(JSON.stringify(transaction))).toEqual(transaction)
    expect(Object.keys(transaction).toSorted()).toEqual([
      'codeVerifier',
      'createdAt',
      'expiresAt',
      'provider',
      'redirectUri',
      'scope',
      'state',
    ])
    expect(transaction).toMatchObject({
      createdAt: clock.now(),
      expiresAt: clock.now() + 600_000,
      provider: 'acme',
      scope: ['read'],
    })
  })

  test.each([[undefined], [null], ['text'], [{}], [{ state: '' }], [{ state: 1 }]])(
    'R30: %j is none',
    async (changed) => {
      const { finish, state } = await begin()
      expect((await finish(`?code=a&state=${state}`, (changed as never) ?? null)).code).toBe('state_mismatch')
    },
  )

  test('of another login does not fit', async () => {
    const { finish, state, login } = await begin()
    const { transaction: other } = await login.authorize()
    expect((await finish(`?code=a&state=${state}`, other)).code).toBe('state_mismatch')
  })

  test('A5: of another provider does not fit', async () => {
    const { finish, state, transaction } = await begin()
    expect((await finish(`?code=a&state=${state}`, { ...transaction, provider: 'other' })).code).toBe('state_mismatch')
  })

  test('R184: of another issuer does not fit', async () => {
    const { finish, state, transaction } = await begin()
    expect((await finish(`?code=a&state=${state}`, { ...transaction, issuer: 'https://evil.example' })).code).toBe(
      'issuer_mismatch',
    )
  })

  test.each([[{ redirectUri: 1 }], [{ scope: 'read' }], [{ createdAt: 'now' }]])(
    'tampered with: %j',
    async (change) => {
      const { finish, state, transaction } = await begin()
      expect((await finish(`?code=a&state=${state}`, { ...transaction, ...change })).code).toBe('callback_invalid')
    },
  )

  test.each([[{ codeVerifier: undefined }], [{ codeVerifier: 'short' }]])(
    'A6: without its verifier nothing is redeemed: %j',
    async (change) => {
      const { finish, state, transaction } = await begin()
      expect((await finish(`?code=a&state=${state}`, { ...transaction, ...change })).code).toBe('config_invalid')
    },
  )

  test('lives ten minutes', async () => {
    const { login, state, transaction, clock } = await begin()
    await clock.advance(599_999)
    await login.requestToken(`?code=a&state=${state}`, transaction)
    await clock.advance(1)
    const { transaction: second } = await login.authorize()
    await clock.advance(600_000)
    const error = await errorOf(login.requestToken(`?code=a&state=${second.state}`, second))
    expect(error.code).toBe('transaction_expired')
  })

  test('a prolonged one does not live longer', async () => {
    const { finish, state, transaction, clock } = await begin()
    await clock.advance(600_000)
    const prolonged = { ...transaction, expiresAt: Number.MAX_SAFE_INTEGER }
    expect((await finish(`?code=a&state=${state}`, prolonged)).code).toBe('transaction_expired')
  })

  test('a login that began with PKCE is not finished without it', async () => {
    const { provider } = await scene()
    const { transaction } = await provider().grant(Pkce).authorize()
    const error = await errorOf(
      provider().grant(AuthorizationCode).requestToken(`?code=a&state=${transaction.state}`, transaction),
    )
    expect(error.message).toContain('provider.grant(Pkce)')
  })
})

describe('one exchange per transaction', () => {
  test('completed twice at the same time, it shares one exchange', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    const callback = `?code=abc&state=${state}`
    const [first, second] = await Promise.all([
      login.requestToken(callback, transaction),
      login.requestToken(callback, { ...transaction }),
    ])
    expect(second).toBe(first)
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('another provider of the same options shares it, too', async () => {
    const { provider, login, transaction, state, clock, tokenRequests } = await begin()
    const again = provider(publicClient, {}, { clock }).grant(Pkce)
    const callback = `?code=abc&state=${state}`
    await Promise.all([login.requestToken(callback, transaction), again.requestToken(callback, transaction)])
    expect(await tokenRequests()).toHaveLength(1)
    expect((await errorOf(again.requestToken(callback, transaction))).code).toBe('transaction_used')
  })

  test('E-35: once the server has answered, it is used up, and says so', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    await login.requestToken(`?code=abc&state=${state}`, transaction)
    const error = await errorOf(login.requestToken(`?code=abc&state=${state}`, transaction))
    expect(error).toMatchObject({ code: 'transaction_used', action: 'reauthorize' })
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('another code of the same transaction is refused, also while the first is redeemed', async () => {
    const { login, transaction, state } = await begin()
    const first = login.requestToken(`?code=abc&state=${state}`, transaction)
    expect((await errorOf(login.requestToken(`?code=def&state=${state}`, transaction))).code).toBe('transaction_used')
    await first
  })

  test('an OAuth error uses it up', async () => {
    const { login, transaction, state, tokenRequests } = await begin(
      {},
      { status: 400, json: { error: 'invalid_grant' } },
    )
    const callback = `?code=abc&state=${state}`
    expect((await errorOf(login.requestToken(callback, transaction))).oauth?.error).toBe('invalid_grant')
    expect((await errorOf(login.requestToken(callback, transaction))).code).toBe('transaction_used')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test.each([
    ['a refused callback', undefined],
    ['status 503', { status: 503 }],
    ['a lost connection', { reset: true as const }],
    ['too many requests', { status: 429 }],
  ])('%s leaves it usable', async (_, reply) => {
    const { login, transaction, state } = await begin({}, ...(reply ? [reply] : []))
    const error = await errorOf(
      login.requestToken(reply ? `?code=abc&state=${state}` : '?code=abc&state=other', transaction),
    )
    expect(error.action).toBe(reply ? 'retry' : 'reauthorize')
    expect((await login.requestToken(`?code=abc&state=${state}`, transaction)).accessToken).toBe(
      '2YotnFZFEjr1zCsicMWpAA',
    )
  })

  test('a caller who gives up leaves the others their token', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    const controller = new AbortController()
    const callback = `?code=abc&state=${state}`
    const impatient = login.requestToken(callback, transaction, { signal: controller.signal })
    const patient = login.requestToken(callback, transaction)
    controller.abort()
    expect((await errorOf(impatient)).code).toBe('aborted')
    expect((await patient).accessToken).toBe('2YotnFZFEjr1zCsicMWpAA')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('a caller who gave up before sends nothing, and the login stays usable', async () => {
    const { login, transaction, state } = await begin()
    const callback = `?code=abc&state=${state}`
    expect((await errorOf(login.requestToken(callback, transaction, { signal: AbortSignal.abort() }))).code).toBe(
      'aborted',
    )
    expect((await login.requestToken(callback, transaction)).accessToken).toBe('2YotnFZFEjr1zCsicMWpAA')
  })
})

describe('vectors', () => {
  test.each([...vectorsOf('authorization response with iss'), ...vectorsOf('authorization error response')])(
    '$name',
    async ({ input, expected }) => {
      const { state, iss, code, error } = expected as Record<string, string>
      const transaction = {
        state,
        redirectUri,
        scope: [],
        provider: 'acme',
        createdAt: 0,
        expiresAt: 1,
      } as unknown as Transaction
      const port = {
        provider: { name: 'acme', metadata: { issuer: iss, token_endpoint: 'https://as.example/token' } },
      } as unknown as GrantPort
      const result = readCallback(String(input['url']), transaction, port)
      if (error === undefined) expect(await result).toBe(code)
      else expect((await errorOf(result)).oauth?.error).toBe(error)
    },
  )
})
