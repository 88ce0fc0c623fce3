import { AuthorizationCode, Pkce } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { begin } from '../support/begun-login.ts'
import { errorOf, goodToken, publicClient, redirectUri, scene } from '../support/scene.ts'

const issuer = 'https://honest.as.example'

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

  test.each([[undefined], [null], [42], [[]], [{}], [{ state: '' }], [{ state: 1 }]])(
    'R30: %j is not a transaction',
    async (changed) => {
      const { finish, state } = await begin()
      expect((await finish(`?code=canary-code&state=${state}`, (changed as never) ?? null)).code).toBe('state_mismatch')
    },
  )

  test('as its JSON string says to parse it first', async () => {
    const { finish, state, transaction } = await begin()
    const error = await finish(`?code=canary-code&state=${state}`, JSON.stringify(transaction))
    expect(error).toMatchObject({ code: 'callback_invalid', action: 'reauthorize' })
    expect(error.message).toContain('parse it first')
  })

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

  test.each([
    [{ redirectUri: 1 }],
    [{ scope: 'read' }],
    [{ createdAt: 'now' }],
    [{ maxAge: 'x' }],
    [{ maxAge: null }],
    [{ nonce: 1 }],
    [{ resource: 7 }],
    [{ resource: [7] }],
  ])('A69: tampered with: %j', async (change) => {
    const { finish, state, transaction } = await begin()
    const tampered = { ...transaction, ...change }
    expect((await finish(`?code=canary-code&state=${state}`, tampered)).code).toBe('callback_invalid')
  })

  test.each([[{ codeVerifier: undefined }], [{ codeVerifier: 'short' }]])(
    'A6: without its verifier nothing is redeemed: %j',
    async (change) => {
      const { finish, state, transaction } = await begin()
      const tampered = { ...transaction, ...change }
      expect((await finish(`?code=canary-code&state=${state}`, tampered)).code).toBe('config_invalid')
    },
  )

  test('A9: is valid for ten minutes', async () => {
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
