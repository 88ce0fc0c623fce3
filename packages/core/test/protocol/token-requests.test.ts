import { AuthorizationCode, ClientCredentials, Grant, Pkce, Refresh, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { clientSecret, confidential, errorOf, publicClient, redirectUri, scene } from '../support/scene.ts'
import { vectorsOf } from '../support/vectors.ts'

const basic = `Basic ${btoa(`cid:${clientSecret}`)}`
const checked = { code: 'canary-code', redirectUri: 'https://app.example/cb?a=1' }
const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

describe('5.4 token requests', () => {
  test('R8, R17: a code is sent with its redirect URI, and Basic', async () => {
    const { provider, lastRequest } = await scene()
    await provider().grant(AuthorizationCode).exchangeCode(checked)
    const { method, headers, form } = await lastRequest()
    expect(method).toBe('POST')
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(headers['accept']).toBe('application/json')
    expect(headers['authorization']).toBe(basic)
    expect(form).toEqual({
      grant_type: 'authorization_code',
      code: 'canary-code',
      redirect_uri: 'https://app.example/cb?a=1',
    })
  })

  test('R1: with post, id and secret are in the body and nowhere else', async () => {
    const { provider, lastRequest } = await scene()
    await provider({ ...confidential, authentication: 'client_secret_post' })
      .grant(AuthorizationCode)
      .exchangeCode(checked)
    const { headers, form } = await lastRequest()
    expect(headers['authorization']).toBeUndefined()
    expect(form).toMatchObject({ client_id: 'cid', client_secret: clientSecret })
  })

  test('R9, R47: a PKCE exchange of a public client has the id and the verifier, and no header', async () => {
    const { provider, lastRequest } = await scene()
    await provider(publicClient).grant(Pkce).exchangeCode({ code: 'canary-code', codeVerifier })
    const { headers, form } = await lastRequest()
    expect(headers['authorization']).toBeUndefined()
    expect(form).toEqual({
      client_id: 'cid',
      grant_type: 'authorization_code',
      code: 'canary-code',
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
    })
  })

  test('R9, R27, E-56: a refresh of a public client has the id, and no header', async () => {
    const { provider, lastRequest } = await scene()
    await provider(publicClient).grant(Refresh).requestToken('canary-refresh-token')
    const { headers, form } = await lastRequest()
    expect(headers['authorization']).toBeUndefined()
    expect(form).toEqual({ client_id: 'cid', grant_type: 'refresh_token', refresh_token: 'canary-refresh-token' })
  })

  test('R27: a refresh with a secret has Basic', async () => {
    const { provider, lastRequest } = await scene()
    await provider().grant(Refresh).requestToken('canary-refresh-token')
    const { headers, form } = await lastRequest()
    expect(headers['authorization']).toBe(basic)
    expect(form).toEqual({ grant_type: 'refresh_token', refresh_token: 'canary-refresh-token' })
  })

  test('R10, R11, R19: client credentials have a scope only when there is one', async () => {
    const { provider, lastRequest } = await scene()
    const grant = provider().grant(ClientCredentials)
    await grant.requestToken()
    expect((await lastRequest()).form).toEqual({ grant_type: 'client_credentials' })
    await grant.requestToken({ scope: [] })
    expect((await lastRequest()).form).toEqual({ grant_type: 'client_credentials' })
    await grant.requestToken({ scope: ['a', 'b'] })
    expect((await lastRequest()).body).toContain('scope=a+b')
  })

  class Swap extends Grant {
    static readonly grantType = 'urn:example:swap'
    requestToken(options?: Parameters<ClientCredentials['requestToken']>[0]): Promise<Token> {
      return this.tokenRequest({ assertion: 'x' }, options)
    }
  }

  test.each([
    ['refresh', Refresh, ['canary-refresh-token']],
    ['client credentials', ClientCredentials, []],
    ['a custom grant', Swap, []],
  ] as const)('a further parameter is sent by %s', async (_, Class, input) => {
    const { provider, lastRequest } = await scene()
    const grant = provider().grant(Class as typeof Swap) as unknown as {
      requestToken(...input: unknown[]): Promise<Token>
    }
    await grant.requestToken(...input, { parameters: further })
    expect(furtherIn((await lastRequest()).body)).toEqual(sentFurther)
  })

  test('a further parameter is sent with a code', async () => {
    const { provider, lastRequest } = await scene()
    await provider().grant(AuthorizationCode).exchangeCode(checked, { parameters: further })
    expect(furtherIn((await lastRequest()).body)).toEqual(sentFurther)
  })

  const further = { custom_param: 'custom_value', empty: '', absent: undefined, twice: ['1', '2'] }

  const sentFurther = { custom_param: ['custom_value'], empty: [], absent: [], twice: ['1', '2'] }

  function furtherIn(body: string): Record<string, string[]> {
    const sent = new URLSearchParams(body)
    return Object.fromEntries(Object.keys(further).map((name) => [name, sent.getAll(name)]))
  }

  test('several resources repeat the parameter, in order', async () => {
    const { provider, lastRequest } = await scene()
    const resource = ['https://cal.example/', 'https://contacts.example/']
    await provider().grant(ClientCredentials).requestToken({ resource })
    expect(new URLSearchParams((await lastRequest()).body).getAll('resource')).toEqual(resource)
  })

  test('a resource of the authorization request is asked for in the token request, too', async () => {
    const { provider, lastRequest } = await scene()
    const login = provider().grant(Pkce)
    const { transaction } = await login.authorize({ resource: 'https://api.example' })
    await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
    expect((await lastRequest()).form?.['resource']).toBe('https://api.example')
  })

  test("a preset's token parameters are sent unless the caller gives another value", async () => {
    const { provider, lastRequest } = await scene()
    const grant = provider(confidential, { parameters: { token: { audience: 'api', mode: 'x' } } }).grant(
      ClientCredentials,
    )
    await grant.requestToken({ parameters: { mode: 'y' } })
    expect((await lastRequest()).form).toEqual({ grant_type: 'client_credentials', audience: 'api', mode: 'y' })
  })

  test.each([
    'grant_type',
    'client_id',
    'client_secret',
    'code',
    'redirect_uri',
    'code_verifier',
    'refresh_token',
    'scope',
    'resource',
    'assertion',
  ])('A39: %s among the free parameters is refused, and nothing is sent', async (name) => {
    const { provider, tokenRequests } = await scene()
    const error = await errorOf(
      provider()
        .grant(Swap)
        .requestToken({ parameters: { [name]: 'evil' } }),
    )
    expect(error.code).toBe('config_invalid')
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('R8: characters of every alphabet reach the server as they are', async () => {
    const { provider, lastRequest } = await scene()
    await provider()
      .grant(ClientCredentials)
      .requestToken({ parameters: { note: '😀 ä+&=%' } })
    expect(new URLSearchParams((await lastRequest()).body).get('note')).toBe('😀 ä+&=%')
  })

  test.each(vectorsOf('authorization code token request body'))('R17: $name', async ({ input, expected }) => {
    const { provider, lastRequest } = await scene()
    await provider()
      .grant(AuthorizationCode)
      .exchangeCode({ code: String(input['code']), redirectUri: String(input['redirect_uri']) })
    expect((await lastRequest()).form).toEqual(expected)
  })
})

describe('what is sent, and where', () => {
  test.each([
    'https://app.example',
    'https://app.example/',
    'https://App.Example:443/cb',
    'https://app.example/cb/?a=1&b=%2f%2F',
    'https://app.example/caf%c3%a9/../cb',
    'http://127.0.0.1:8888/callback/',
    'com.example.app:/cb',
  ])('R17, R200: the redirect URI is that of the authorization URL, byte for byte: %s', async (registered) => {
    const { provider, lastRequest } = await scene()
    const login = provider({ ...publicClient, redirectUri: registered }).grant(Pkce)
    const { url, transaction } = await login.authorize()
    expect(url.searchParams.get('redirect_uri')).toBe(registered)
    await login.requestToken(`https://proxy.example/x?code=canary-code&state=${transaction.state}`, transaction)
    expect((await lastRequest()).form?.['redirect_uri']).toBe(registered)
  })

  test.each([
    ['basic', confidential],
    ['post', { ...confidential, authentication: 'client_secret_post' as const }],
    ['no secret', publicClient],
  ])('R3, R38, R51: with %s, no URL holds a secret, whatever the grant', async (_, client) => {
    const { provider, tokenRequests, server } = await scene()
    const login = provider(client).grant(Pkce)
    const { transaction } = await login.authorize({ parameters: { login_hint: 'ada' } })
    await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
    await provider(client).grant(Refresh).requestToken('canary-refresh-token')
    await provider(client).grant(ClientCredentials).requestToken()
    expect((await tokenRequests()).map(({ url }) => url)).toEqual(Array(3).fill(`${server.url}/token`))
  })

  test('R21: no grant takes a password', async () => {
    const exported: Record<string, unknown> = await import('@grantkit/core')
    const grantTypes = Object.values(exported).map((value) => (value as { grantType?: unknown } | null)?.grantType)
    expect(
      grantTypes
        .filter((type) => type !== undefined)
        .map(String)
        .toSorted(),
    ).toEqual([
      'authorization_code',
      'authorization_code',
      'client_credentials',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:ietf:params:oauth:grant-type:saml2-bearer',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:openid:params:grant-type:ciba',
    ])
  })

  test('A39: what the transaction or the server says cannot add a parameter', async () => {
    const { provider, lastRequest } = await scene()
    const login = provider(publicClient).grant(Pkce)
    const { transaction } = await login.authorize()
    const code = 'canary&redirect_uri=https://evil.example&client_id=evil'
    await login.requestToken(new URLSearchParams({ code, state: transaction.state }), transaction)
    expect((await lastRequest()).form).toMatchObject({ code, redirect_uri: redirectUri, client_id: 'cid' })
  })
})

describe('refreshing', () => {
  const token = Token.from({ accessToken: 'old', refreshToken: 'canary-refresh-token', scope: ['a', 'b'] })

  test('R27: a scope beyond what was granted is refused, and nothing is sent', async () => {
    const { provider, tokenRequests } = await scene()
    const error = await errorOf(
      provider()
        .grant(Refresh)
        .requestToken(token, { scope: ['a', 'c'] }),
    )
    expect(error.code).toBe('config_invalid')
    expect(error.action).toBe('reauthorize')
    expect(error.message).toContain('c')
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('a narrower scope is requested, and assumed when the response does not say', async () => {
    const { provider, lastRequest } = await scene()
    const fresh = await provider()
      .grant(Refresh)
      .requestToken(token, { scope: ['a'] })
    expect((await lastRequest()).form?.['scope']).toBe('a')
    expect(fresh.scope).toEqual(['a'])
  })

  test.each([[Token.from({ accessToken: 'a' })], ['']])(
    'without a refresh token, it says to log in again: %s',
    async (input) => {
      const { provider, tokenRequests } = await scene()
      const error = await errorOf(provider().grant(Refresh).requestToken(input))
      expect(error).toMatchObject({ code: 'config_invalid', action: 'reauthorize' })
      expect(await tokenRequests()).toHaveLength(0)
    },
  )
})
