import { AuthorizationCode, type Callback, Pkce, type ProviderDefinition, type Transaction } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test, vi } from 'vitest'
import { equalInConstantTime } from '../src/protocol/base64url.ts'
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
  ])('R15: the callback may be %s, and what is unknown in it is ignored', async (_, callbackOf) => {
    const { login, transaction, state, lastRequest } = await begin()
    await login.requestToken(callbackOf(`?code=canary-code&state=${state}&foo=1&session_state=2`), transaction)
    expect((await lastRequest()).form).toMatchObject({ code: 'canary-code', redirect_uri: redirectUri })
  })

  test('R241: form_post: the callback may be a POST whose query says something else', async () => {
    const { login, transaction, state, lastRequest } = await begin()
    const body = new URLSearchParams({ code: 'canary-code', state })
    await login.requestToken(
      new Request('https://app.example/cb?code=evil&state=evil', { method: 'POST', body }),
      transaction,
    )
    expect((await lastRequest()).form?.['code']).toBe('canary-code')
  })

  test('R241: the content type of a form is read in any case', async () => {
    const { login, transaction, state, lastRequest } = await begin()
    const headers = { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' }
    const body = new TextEncoder().encode(`code=canary-code&state=${state}`)
    await login.requestToken(new Request('https://app.example/cb', { method: 'POST', headers, body }), transaction)
    expect((await lastRequest()).form?.['code']).toBe('canary-code')
  })

  test('R17: a code with reserved characters arrives as it was issued', async () => {
    const { login, transaction, state, lastRequest } = await begin()
    await login.requestToken(`?code=${encodeURIComponent('canary/0A+b=c&d e')}&state=${state}`, transaction)
    expect((await lastRequest()).form?.['code']).toBe('canary/0A+b=c&d e')
  })

  test('R16: a denial is an error of its own', async () => {
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

  test.each([
    'invalid_request',
    'unauthorized_client',
    'unsupported_response_type',
    'invalid_scope',
    'server_error',
    'temporarily_unavailable',
    'interaction_required',
    'login_required',
    'account_selection_required',
    'consent_required',
    'invalid_request_uri',
    'registration_not_supported',
  ])('R16, R242: the error %s is authorization_error', async (name) => {
    const { finish, state } = await begin()
    expect(await finish(`?error=${name}&state=${state}`)).toMatchObject({
      code: 'authorization_error',
      oauth: { error: name },
    })
  })

  test.each([
    ['no state', '?code=canary-code'],
    ['an empty state', '?code=canary-code&state='],
    ['another state', '?code=canary-code&state=other'],
    ['an error without a state', '?error=access_denied'],
    ['an error with another state', '?error=access_denied&state=other'],
  ])('R30, G8, G33: %s is state_mismatch', async (_, callback) => {
    const { finish } = await begin()
    expect((await finish(callback)).code).toBe('state_mismatch')
  })

  test.each(['__proto__', 'constructor', 'toString', '../../etc/passwd', '%00', 'a%0D%0Ab', 'x'.repeat(10_000)])(
    'R31, A10: the state %.20s is only compared',
    async (hostile) => {
      const { finish } = await begin()
      expect((await finish(`?code=canary-code&state=${hostile}`)).code).toBe('state_mismatch')
    },
  )

  test.each([0, 1, 42, 43, 44, 86, 15_000, 1_000_000])(
    'A11: a state of %i characters is refused like any other',
    async (length) => {
      const { finish, state } = await begin()
      const { code } = await finish(
        `?code=canary-code&state=${state
          .repeat(1 + length / 43)
          .slice(0, length)
          .toLowerCase()}`,
      )
      expect(code).toBe(length > 15_000 ? 'callback_invalid' : 'state_mismatch')
    },
  )

  test('A11: as many characters are compared, wherever the first difference is', () => {
    const state = 'a'.repeat(43)
    const work = [0, 21, 42].map((index) => {
      const spy = vi.spyOn(String.prototype, 'charCodeAt')
      const equal = equalInConstantTime(`${state.slice(0, index)}b${state.slice(index + 1)}`, state)
      const { length } = spy.mock.calls
      spy.mockRestore()
      expect(equal).toBe(false)
      return length
    })
    expect(new Set(work)).toEqual(new Set([2 * 43]))
  })

  test.each([0, 7, 42])('R186, A11: a state that differs in its character %i is refused', async (index) => {
    const { finish, state } = await begin()
    const changed = state.slice(0, index) + (state[index] === 'A' ? 'B' : 'A') + state.slice(index + 1)
    expect((await finish(`?code=canary-code&state=${changed}`)).code).toBe('state_mismatch')
  })

  test.each([
    ['neither a code nor an error', '?state={state}'],
    ['an empty code', '?code=&state={state}'],
    ['a control character in the code', '?code=canary%00&state={state}'],
    ['a line break in the code', '?code=canary%0D%0A&state={state}'],
    ['a code that is no ASCII', '?code=canary%C3%A9&state={state}'],
  ])('R33: %s is refused', async (_, callback) => {
    const { finish, state } = await begin()
    expect((await finish(callback.replaceAll('{state}', state))).code).toBe('callback_invalid')
  })

  test.each([
    '?code=canary-code&code=canary-other-code&state={state}',
    '?code=canary-code&code=canary-code&state={state}',
    '?code=canary-code&state={state}&state={state}',
    '?code=canary-code&state={state}&iss=a&iss=b',
    '?error=a&error=b&state={state}',
    '?error=a&error_description=b&error_description=c&state={state}',
    '?error=a&error_uri=b&error_uri=c&state={state}',
  ])('A12, G33: a parameter that stands twice is refused: %s', async (callback) => {
    const { finish, state } = await begin()
    expect((await finish(callback.replaceAll('{state}', state))).code).toBe('callback_invalid')
  })

  test.each(['access_token', 'id_token', 'token', 'response'])(
    'R148, G33: %s, which belongs to another response type, is refused',
    async (name) => {
      const { finish, state } = await begin()
      const callback = `?code=canary-code&state=${state}&${name}=canary-token`
      expect((await finish(callback)).code).toBe('callback_invalid')
    },
  )

  test.each(['/cb', '', 'https://app.example/cb#code=canary-code&state={state}', '#?code=canary-code&state={state}'])(
    'a callback without a query says what to pass: %s',
    async (callback) => {
      const { finish, state } = await begin()
      const error = await finish(callback.replaceAll('{state}', state))
      expect(error.code).toBe('callback_invalid')
      expect(error.message).toContain('the whole URL')
    },
  )

  test.each([
    ['a code of 20,000 characters', `?code=${'x'.repeat(20_000)}&state={state}`],
    ['200,000 parameters', `?${'a=1&'.repeat(200_000)}code=canary-code&state={state}`],
    ['2 MB', `?code=canary-code&state={state}&x=${'y'.repeat(2_000_000)}`],
    ['2 MB before the query', `https://app.example/${'y'.repeat(2_000_000)}?code=canary-code&state={state}`],
  ])('G34: %s are refused before they are read', async (_, callback) => {
    const { finish, state } = await begin()
    expect((await finish(callback.replaceAll('{state}', state))).code).toBe('callback_invalid')
  })

  test.each([[undefined], [null], [42], [{}]])('%j is no callback', async (callback) => {
    const { finish } = await begin()
    expect((await finish(callback as never)).code).toBe('callback_invalid')
  })

  test('R241: a POST that is no form, too large or read already is refused', async () => {
    const { finish, state } = await begin()
    const url = 'https://app.example/cb'
    const json = new Request(url, {
      method: 'POST',
      body: JSON.stringify({ code: 'canary-code', state }),
      headers: { 'content-type': 'application/json' },
    })
    expect((await finish(json)).code).toBe('callback_invalid')
    const read = new Request(url, { method: 'POST', body: new URLSearchParams({ code: 'canary-code', state }) })
    await read.text()
    expect((await finish(read)).message).toContain('URLSearchParams')
    const large = new Request(url, { method: 'POST', body: new URLSearchParams({ code: 'x'.repeat(100_000), state }) })
    expect((await finish(large)).code).toBe('response_too_large')
  })
})

describe('the issuer of a callback', () => {
  const promising = (promised: boolean | undefined): Partial<ProviderDefinition> =>
    ({ metadata: { issuer, authorization_response_iss_parameter_supported: promised } }) as never

  test.each(vectorsOf('iss check'))('R143: $name', async ({ input, expected }) => {
    const { login, transaction, state } = await begin(
      promising(Boolean(input['authorization_response_iss_parameter_supported'])),
    )
    const iss = input['iss'] === undefined ? '' : `&iss=${encodeURIComponent(String(input['iss']))}`
    const outcome = login.requestToken(`?code=canary-code&state=${state}${iss}`, transaction).then(
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
    expect((await finish(`?code=canary-code&state=${state}&iss=${encodeURIComponent(iss)}`)).code).toBe(
      'issuer_mismatch',
    )
  })

  test('R144: a promised iss that is missing is refused, in error responses too', async () => {
    const { finish, state } = await begin(promising(true))
    expect((await finish(`?code=canary-code&state=${state}`)).code).toBe('issuer_missing')
    expect((await finish(`?error=access_denied&state=${state}`)).code).toBe('issuer_missing')
  })

  test('R146: the text of an error from another issuer is not shown', async () => {
    const { finish, state } = await begin(promising(true))
    const text = 'error_description=canary-text&error_uri=https://evil.example/canary'
    const error = await finish(`?error=canary_error&${text}&state=${state}&iss=https://evil.example`)
    expect(error.code).toBe('issuer_mismatch')
    expect(error).not.toHaveProperty('oauth') // and the leak oracle looks for the rest
  })

  test('R145: an iss that was not promised is compared: the same one proceeds', async () => {
    const { login, transaction, state, tokenRequests } = await begin(promising(undefined))
    await login.requestToken(`?code=canary-code&state=${state}&iss=${issuer}`, transaction)
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('A3: a code that comes from another server is not redeemed anywhere', async () => {
    const evil = await scene()
    const { finish, state } = await begin(promising(true))
    expect((await finish(`?code=canary-code&state=${state}&iss=${evil.server.url}`)).code).toBe('issuer_mismatch')
    expect(await evil.server.requests()).toHaveLength(0)
  })

  test('a provider without an issuer gets no iss check', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    await login.requestToken(`?code=canary-code&state=${state}&iss=https://whatever.example`, transaction)
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
      expect((await finish(`?code=canary-code&state=${state}`, (changed as never) ?? null)).code).toBe('state_mismatch')
    },
  )

  test('A1: of another login does not fit, and each keeps its own callback', async () => {
    const { finish, state, login, transaction, lastRequest } = await begin()
    const { transaction: other } = await login.authorize()
    expect((await finish(`?code=canary-code&state=${state}`, other)).code).toBe('state_mismatch')
    await login.requestToken(`?code=canary-code&state=${state}`, transaction)
    expect((await lastRequest()).form?.['code_verifier']).toBe(transaction.codeVerifier)
  })

  test('A68: two logins that end in the other order each get their own token', async () => {
    const { login, transaction: first, tokenRequests } = await begin()
    const { transaction: second } = await login.authorize({ scope: ['write'] })
    const results = []
    for (const transaction of [second, first])
      results.push(
        await login.requestToken(`?code=canary-code-${transaction.scope}&state=${transaction.state}`, transaction),
      )
    expect(results.map(({ requestedScope }) => requestedScope)).toEqual([['write'], ['read']])
    expect((await tokenRequests()).map(({ form }) => [form?.['code'], form?.['code_verifier']])).toEqual([
      ['canary-code-write', second.codeVerifier],
      ['canary-code-read', first.codeVerifier],
    ])
  })

  test('A5: of another provider does not fit', async () => {
    const { finish, state, transaction } = await begin()
    const other = { ...transaction, provider: 'other' }
    expect((await finish(`?code=canary-code&state=${state}`, other)).code).toBe('state_mismatch')
  })

  test('R57, R147, R177, A4: at a provider without iss, the transaction tells which server the callback is from', async () => {
    const honest = await begin()
    const evil = await scene()
    const attacker = evil.provider(publicClient, { name: 'evil' }, { clock: honest.clock }).grant(Pkce)
    const callback = `?code=canary-code&state=${honest.state}`
    expect((await errorOf(attacker.requestToken(callback, honest.transaction))).code).toBe('state_mismatch')
    const { transaction } = await attacker.authorize()
    expect((await honest.finish(`?code=canary-code&state=${transaction.state}`, transaction)).code).toBe(
      'state_mismatch',
    )
    expect(await evil.server.requests()).toHaveLength(0)
  })

  test('R147, R177: two servers of one issuer are told apart by the names of their providers', async () => {
    const definition = { metadata: { issuer } as never }
    const honest = await begin(definition)
    const evil = await scene()
    const attacker = evil.provider(publicClient, { ...definition, name: 'evil' }, { clock: honest.clock }).grant(Pkce)
    const callback = `?code=canary-code&state=${honest.state}&iss=${issuer}`
    expect((await errorOf(attacker.requestToken(callback, honest.transaction))).code).toBe('state_mismatch')
    expect(await evil.server.requests()).toHaveLength(0)
  })

  test('R184: of another issuer does not fit', async () => {
    const { finish, state, transaction } = await begin()
    const other = { ...transaction, issuer: 'https://evil.example' }
    expect((await finish(`?code=canary-code&state=${state}`, other)).code).toBe('issuer_mismatch')
  })

  test('R184, A41: the token request goes to the server and with the redirect URI of the login, whatever the callback says', async () => {
    const { login, transaction, state, lastRequest } = await begin()
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' }
    await login.requestToken(
      new Request(`https://evil.example/?code=canary-code&state=${state}`, { headers }),
      transaction,
    )
    expect((await lastRequest()).form?.['redirect_uri']).toBe(redirectUri)
  })

  test.each([[{ redirectUri: 1 }], [{ scope: 'read' }], [{ createdAt: 'now' }]])(
    'A69: tampered with: %j',
    async (change) => {
      const { finish, state, transaction } = await begin()
      const tampered = { ...transaction, ...change }
      expect((await finish(`?code=canary-code&state=${state}`, tampered)).code).toBe('callback_invalid')
    },
  )

  test.each([[{ codeVerifier: undefined }], [{ codeVerifier: 'short' }]])(
    'A6: without its verifier nothing is redeemed: %j',
    async (change) => {
      const { finish, state, transaction } = await begin()
      const tampered = { ...transaction, ...change }
      expect((await finish(`?code=canary-code&state=${state}`, tampered)).code).toBe('config_invalid')
    },
  )

  test('A9: lives ten minutes', async () => {
    const { login, state, transaction, clock } = await begin()
    await clock.advance(599_999)
    await login.requestToken(`?code=canary-code&state=${state}`, transaction)
    await clock.advance(1)
    const { transaction: second } = await login.authorize()
    await clock.advance(600_000)
    const error = await errorOf(login.requestToken(`?code=canary-code&state=${second.state}`, second))
    expect(error.code).toBe('transaction_expired')
  })

  test.each([
    { expiresAt: Number.MAX_SAFE_INTEGER },
    { expiresAt: Number.MAX_SAFE_INTEGER, createdAt: Number.MAX_SAFE_INTEGER - 1 },
    { expiresAt: 'never' },
  ])('A69: a prolonged one does not live longer: %j', async (change) => {
    const { finish, state, transaction, clock } = await begin()
    await clock.advance(600_000)
    const prolonged = { ...transaction, ...change }
    expect((await finish(`?code=canary-code&state=${state}`, prolonged)).code).toBe('transaction_expired')
  })

  test('A9: a state of your own is taken as it is, and tells nothing about another login with the same one', async () => {
    const { login } = await begin()
    const [first, second] = [await login.authorize({ state: 'S' }), await login.authorize({ state: 'S' })]
    expect([first.transaction.state, second.transaction.state]).toEqual(['S', 'S'])
    for (const { transaction } of [first, second])
      expect((await login.requestToken('?code=canary-code&state=S', transaction)).accessToken).toBe(
        goodToken['access_token'],
      )
  })

  test('a login that began with PKCE is not finished without it', async () => {
    const { provider } = await scene()
    const { transaction } = await provider().grant(Pkce).authorize()
    const error = await errorOf(
      provider().grant(AuthorizationCode).requestToken(`?code=canary-code&state=${transaction.state}`, transaction),
    )
    expect(error.message).toContain('provider.grant(Pkce)')
  })
})

describe('one exchange per transaction', () => {
  test('A8: completed twice at the same time, it shares one exchange', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    const callback = `?code=canary-code&state=${state}`
    const [first, second] = await Promise.all([
      login.requestToken(callback, transaction),
      login.requestToken(callback, { ...transaction }),
    ])
    expect(second).toBe(first)
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('A8: another provider of the same options shares it, too', async () => {
    const { provider, login, transaction, state, clock, tokenRequests } = await begin()
    const again = provider(publicClient, {}, { clock }).grant(Pkce)
    const callback = `?code=canary-code&state=${state}`
    await Promise.all([login.requestToken(callback, transaction), again.requestToken(callback, transaction)])
    expect(await tokenRequests()).toHaveLength(1)
    expect((await errorOf(again.requestToken(callback, transaction))).code).toBe('transaction_used')
  })

  test('R14, R183, E-35: once the server has answered, it is used up, and says so', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    await login.requestToken(`?code=canary-code&state=${state}`, transaction)
    const error = await errorOf(login.requestToken(`?code=canary-code&state=${state}`, transaction))
    expect(error).toMatchObject({ code: 'transaction_used', action: 'reauthorize' })
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('another code of the same transaction is refused, also while the first is redeemed', async () => {
    const { login, transaction, state } = await begin()
    const first = login.requestToken(`?code=canary-code&state=${state}`, transaction)
    const second = login.requestToken(`?code=canary-other-code&state=${state}`, transaction)
    expect((await errorOf(second)).code).toBe('transaction_used')
    await first
  })

  test('R14: an OAuth error uses it up', async () => {
    const { login, transaction, state, tokenRequests } = await begin(
      {},
      { status: 400, json: { error: 'invalid_grant' } },
    )
    const callback = `?code=canary-code&state=${state}`
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
      login.requestToken(reply ? `?code=canary-code&state=${state}` : '?code=canary-code&state=other', transaction),
    )
    expect(error.action).toBe(reply ? 'retry' : 'reauthorize')
    expect((await login.requestToken(`?code=canary-code&state=${state}`, transaction)).accessToken).toBe(
      '2YotnFZFEjr1zCsicMWpAA',
    )
  })

  test('a caller who gives up leaves the others their token', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    const controller = new AbortController()
    const callback = `?code=canary-code&state=${state}`
    const impatient = login.requestToken(callback, transaction, { signal: controller.signal })
    const patient = login.requestToken(callback, transaction)
    controller.abort()
    expect((await errorOf(impatient)).code).toBe('aborted')
    expect((await patient).accessToken).toBe('2YotnFZFEjr1zCsicMWpAA')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('a caller who gave up before sends nothing, and the login stays usable', async () => {
    const { login, transaction, state } = await begin()
    const callback = `?code=canary-code&state=${state}`
    expect((await errorOf(login.requestToken(callback, transaction, { signal: AbortSignal.abort() }))).code).toBe(
      'aborted',
    )
    expect((await login.requestToken(callback, transaction)).accessToken).toBe('2YotnFZFEjr1zCsicMWpAA')
  })
})

describe('vectors', () => {
  test.each([...vectorsOf('authorization response with iss'), ...vectorsOf('authorization error response')])(
    'R143: $name',
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
      if (error === undefined) expect((await result).code).toBe(code)
      else expect((await errorOf(result)).oauth?.error).toBe(error)
    },
  )
})
