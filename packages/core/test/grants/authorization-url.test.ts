import { AuthorizationCode, Pkce, Provider, type ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { clientSecret, errorOf, scene } from '../support/scene.ts'
import { vectorsOf } from '../support/vectors.ts'

const seed: ProviderDefinition = {
  name: 'seed',
  metadata: {
    authorization_endpoint: 'https://provider.example/oauth2/auth?grant=pkce',
    token_endpoint: 'https://provider.example/token',
  },
}
const music: ProviderDefinition = {
  name: 'music',
  metadata: {
    authorization_endpoint: 'https://accounts.music.example/authorize',
    token_endpoint: 'https://accounts.music.example/api/token',
  },
}
const client = {
  clientId: 'cid',
  clientSecret,
  redirectUri: ['https://app.example/cb', 'https://app.example/callback?a=1'],
}
const code = (definition = seed) => new Provider(definition, client).grant(AuthorizationCode)
const pkce = (definition = seed) => new Provider(definition, client).grant(Pkce)
const parameters = (url: URL) => Object.fromEntries(url.searchParams)

const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

describe('5.3 authorize URLs', () => {
  test('own state, scope and a further parameter reach the URL, and its query stays', async () => {
    const { url } = await code().authorize({
      state: 'st ate~*',
      scope: ['scope-1', 'scope-2'],
      parameters: { custom_param: 'v' },
    })
    expect(url.origin + url.pathname).toBe('https://provider.example/oauth2/auth')
    expect(parameters(url)).toEqual({
      grant: 'pkce',
      client_id: 'cid',
      redirect_uri: 'https://app.example/cb',
      response_type: 'code',
      scope: 'scope-1 scope-2',
      state: 'st ate~*',
      custom_param: 'v',
    })
  })

  test('R10, R180: without a scope there is no empty scope parameter', async () => {
    const { url } = await code().authorize({ state: 'S' })
    expect(parameters(url)).toEqual({
      grant: 'pkce',
      client_id: 'cid',
      redirect_uri: 'https://app.example/cb',
      response_type: 'code',
      state: 'S',
    })
  })

  test('R45, R46: PKCE adds the challenge of the verifier and its method', async () => {
    const { url } = await pkce(music).authorize({ codeVerifier: verifier, scope: ['a', 'b'], state: 'S' })
    expect(parameters(url)).toEqual({
      client_id: 'cid',
      redirect_uri: 'https://app.example/cb',
      response_type: 'code',
      scope: 'a b',
      state: 'S',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })
  })

  test('R17, A38: a redirect URI with a query and a hostile state round-trip exactly', async () => {
    const { url, transaction } = await code(music).authorize({
      scope: ['playlist-read-private', 'user-read-private'],
      state: 'st ate&x',
      redirectUri: 'https://app.example/callback?a=1',
      parameters: { show_dialog: 'true' },
    })
    expect(parameters(url)).toEqual({
      client_id: 'cid',
      redirect_uri: 'https://app.example/callback?a=1',
      response_type: 'code',
      scope: 'playlist-read-private user-read-private',
      show_dialog: 'true',
      state: 'st ate&x',
    })
    expect(transaction.redirectUri).toBe('https://app.example/callback?a=1')
  })

  test('a ready-made challenge is sent as it is', async () => {
    const { url, transaction } = await pkce(music).authorize({
      codeChallenge: challenge,
      scope: ['a', 'b'],
      state: 'st',
    })
    expect(parameters(url)).toMatchObject({
      scope: 'a b',
      state: 'st',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })
    expect(transaction).not.toHaveProperty('codeVerifier')
  })

  test('A38: a state cannot inject parameters', async () => {
    const { url } = await code(music).authorize({ state: 'some&state=evil' })
    expect(url.searchParams.getAll('state')).toEqual(['some&state=evil'])
  })
})

describe('what a URL always has', () => {
  test('R13: it asks for a code, for this client', async () => {
    const { url } = await code().authorize()
    expect(url.searchParams.getAll('response_type')).toEqual(['code'])
    expect(url.searchParams.getAll('client_id')).toEqual(['cid'])
  })

  test('R49, R176: at a provider that says nothing of PKCE, there are a challenge and a state all the same', async () => {
    const { url, transaction } = await pkce(music).authorize()
    expect(url.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/)
    expect(url.searchParams.get('state')).toBe(transaction.state)
  })

  test('A38, A67: what a user types reaches the URL as one value', async () => {
    const hostile = "a\r\nSet-Cookie: x&redirect_uri=https://evil.example#\u202E'\u{1F600}"
    const { url } = await pkce(music).authorize({ parameters: { login_hint: hostile } })
    expect(url.searchParams.getAll('login_hint')).toEqual([hostile])
    expect(url.searchParams.getAll('redirect_uri')).toEqual(['https://app.example/cb'])
    expect(url.href).toMatch(/^[!-~]+$/)
  })

  test('R178, E-25: no options at all still make a state, and a verifier of its own for every login', async () => {
    const first = await pkce().authorize()
    const second = await pkce().authorize()
    expect(first.transaction.state).toMatch(/^[\w-]{43}$/)
    expect(first.transaction.state).not.toBe(second.transaction.state)
    expect(first.transaction.codeVerifier).not.toBe(second.transaction.codeVerifier)
    expect(first.url.searchParams.get('code_challenge_method')).toBe('S256')
  })

  test('R51: the verifier is not in the URL', async () => {
    const { url, transaction } = await pkce().authorize()
    expect(url.href).not.toContain(transaction.codeVerifier)
  })

  test("a preset's parameters are sent unless the caller gives another value", async () => {
    const preset = { ...music, parameters: { authorization: { access_type: 'offline', prompt: 'consent' } } }
    const { url } = await pkce(preset).authorize({ parameters: { prompt: 'none', login_hint: '' } })
    expect(parameters(url)).toMatchObject({ access_type: 'offline', prompt: 'none' })
    expect(url.searchParams.has('login_hint')).toBe(false)
  })

  test.each(vectorsOf('two resource parameters'))('$name', async ({ input, expected }) => {
    const { url } = await pkce(music).authorize({ resource: input['resource'] as string[] })
    expect(url.search).toContain(String(expected))
  })
})

describe('what is refused before a URL is made', () => {
  test.each(['token', 'id_token', 'code token', 'none'])('R179: the response type %s', async (response_type) => {
    expect((await errorOf(pkce().authorize({ parameters: { response_type } }))).code).toBe('config_invalid')
  })

  test.each([
    'response_type',
    'client_id',
    'redirect_uri',
    'scope',
    'state',
    'nonce',
    'code_challenge',
    'code_challenge_method',
    'request',
    'request_uri',
    'client_secret',
    'resource',
  ])('A39: %s among the free parameters', async (name) => {
    const error = await errorOf(pkce().authorize({ parameters: { [name]: 'https://evil.example' } }))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(`"${name}"`)
  })

  test.each([
    [{ scope: 'a b' as never }, `['a', 'b']`],
    [{ scope: 'a,b' as never }, `['a', 'b']`],
    [{ scope: ['a b'] }, `['a', 'b']`],
    [{ scope: [''] }, 'not a valid scope'],
    [{ scope: ['a"b'] }, 'not a valid scope'],
    [{ scope: ['a\\b'] }, 'not a valid scope'],
    [{ scope: ['a\tb'] }, `['a', 'b']`],
    [{ scope: ['ä'] }, 'not a valid scope'],
    [{ scope: [1 as never] }, 'not a valid scope'],
    [{ state: '' }, 'not empty'],
    [{ state: 'a\r\nb' }, 'printable ASCII'],
    [{ state: 'é' }, 'printable ASCII'],
    [{ codeVerifier: 'short' }, 'between 43 and 128'],
    [{ codeChallenge: 'short' }, '43 characters'],
    [{ codeChallenge: challenge, codeVerifier: verifier }, 'not both'],
    [{ redirectUri: 'https://evil.example/cb' }, 'not among'],
    [{ resource: 'api.example' }, 'absolute URI'],
    [{ resource: 'https://api.example/#x' }, 'absolute URI'],
    [{ parameters: { show_dialog: true as never } }, 'the parameter "show_dialog" is a bool'],
  ])('%j', async (options, advice) => {
    const error = await errorOf(pkce().authorize(options))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })

  test('the array of scopes that the caller gave is neither kept nor changed', async () => {
    const scope = ['b', 'a', 'b']
    const { transaction } = await pkce().authorize({ scope })
    scope.push('c')
    expect(transaction.scope).toEqual(['b', 'a'])
    expect(scope).toEqual(['b', 'a', 'b', 'c'])
  })

  test.each(vectorsOf('resource value'))('$name', async ({ input, expected }) => {
    const accepted = await pkce()
      .authorize({ resource: String(input['resource']) })
      .then(
        () => true,
        () => false,
      )
    expect({ valid: accepted }).toEqual(expected)
  })

  test.each(vectorsOf('scope syntax'))('R11: $name', async ({ input, expected }) => {
    const scope = String(input['scope']).split(' ')
    const accepted = await pkce()
      .authorize({ scope })
      .then(
        () => true,
        () => false,
      )
    expect({ valid: accepted }).toEqual(expected)
  })
})

describe('PKCE support', () => {
  test('R48, A6: a server that lists no S256 is refused, never fallen back to plain', async () => {
    const { provider, server } = await scene()
    const plain = provider(client, { metadata: { code_challenge_methods_supported: ['plain'] } as never })
    const error = await errorOf(plain.grant(Pkce).authorize())
    expect(error.code).toBe('pkce_unsupported')
    expect(await server.requests()).toHaveLength(0)
  })

  test('a provider that refuses PKCE says to use AuthorizationCode, and one that requires it says to use Pkce', async () => {
    expect((await errorOf(pkce({ ...music, pkce: 'refused' }).authorize())).message).toContain(
      'provider.grant(AuthorizationCode)',
    )
    expect((await errorOf(code({ ...music, pkce: 'required' }).authorize())).message).toContain('provider.grant(Pkce)')
  })

  test('R52, R199: a public client cannot leave PKCE out', async () => {
    const login = new Provider(music, { clientId: 'cid', redirectUri: 'https://app.example/cb' }).grant(
      AuthorizationCode,
    )
    const error = await errorOf(login.authorize())
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain('provider.grant(Pkce)')
  })
})

describe('redirect URIs', () => {
  const registered = ['http://127.0.0.1:8888/callback', 'http://[::1]/cb', 'com.example.app:/cb']
  const login = () => new Provider(music, { clientId: 'cid', redirectUri: registered }).grant(Pkce)

  test('the first is the default', async () => {
    expect((await login().authorize()).transaction.redirectUri).toBe('http://127.0.0.1:8888/callback')
  })

  test.each([
    'http://[::1]/cb',
    'com.example.app:/cb',
    'http://127.0.0.1:51234/callback',
    'http://127.0.0.1/callback',
    'http://[::1]:9/cb',
  ])('R53: %s may be picked', async (redirectUri) => {
    const { url, transaction } = await login().authorize({ redirectUri })
    expect(url.searchParams.get('redirect_uri')).toBe(redirectUri)
    expect(transaction.redirectUri).toBe(redirectUri)
  })

  test.each([
    'http://127.0.0.1:8888/other',
    'http://127.0.0.2:8888/callback',
    'http://localhost:8888/callback',
    'https://127.0.0.1:8888/callback',
    'http://127.0.0.1:8888/callback#x',
    'com.example.app:/other',
  ])('R56: %s may not', async (redirectUri) => {
    expect((await errorOf(login().authorize({ redirectUri }))).code).toBe('config_invalid')
  })

  describe('where the provider takes paths below the registered one', () => {
    const below = { ...music, redirectUri: { paths: 'below' } } as const
    const two = ['http://127.0.0.1/callback', 'https://app.example/cb']
    const provider = new Provider(below, { clientId: 'cid', redirectUri: two })
    const pick = (redirectUri: string) => provider.grant(Pkce).authorize({ redirectUri })

    test.each([
      'http://127.0.0.1:51234/callback/a',
      'http://127.0.0.1/callback/a/b',
      'https://app.example/cb/',
      'https://app.example/cb/a',
    ])('R53: %s may be picked', async (redirectUri) => {
      expect((await pick(redirectUri)).transaction.redirectUri).toBe(redirectUri)
    })

    test.each([
      'http://127.0.0.1/callbacks',
      'http://127.0.0.1/callback/../other',
      'http://127.0.0.1/callback/%2e%2e/other',
      'https://app.example:444/cb/a',
      'https://evil.example/cb/a',
      'https://app.example/cb/a?to=x',
      'https://app.example/cb/a#x',
    ])('R56: %s may not', async (redirectUri) => {
      expect((await errorOf(pick(redirectUri))).code).toBe('config_invalid')
    })
  })

  test('without one, the error says where to write it', async () => {
    const error = await errorOf(new Provider(music, { clientId: 'cid' }).grant(Pkce).authorize())
    expect(error.message).toContain('redirectUri:')
  })
})

describe('vectors', () => {
  test.each(vectorsOf('authorization request'))('R13: $name', async ({ input, expected }) => {
    const wanted = new URL(String(input['url']), 'https://provider.example')
    const redirectUri = wanted.searchParams.get('redirect_uri') ?? ''
    const provider = new Provider(music, {
      clientId: String(wanted.searchParams.get('client_id')),
      clientSecret,
      redirectUri,
    })
    const { url } = await provider
      .grant(AuthorizationCode)
      .authorize({ state: String(wanted.searchParams.get('state')) })
    expect(parameters(url)).toEqual(expected)
  })
})
