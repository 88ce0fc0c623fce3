import {
  AuthorizationCode,
  ClientCredentials,
  type ClientRegistration,
  generateVerifier,
  Grant,
  Pkce,
  Provider,
  type ProviderOptions,
  Refresh,
  Token,
} from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { testClock } from './support/clock.ts'
import { clientSecret, errorOf, eventLog, scene } from './support/scene.ts'
import { vectorsOf } from './support/vectors.ts'

const metadata = {
  issuer: 'https://id.acme.example',
  authorization_endpoint: 'https://id.acme.example/authorize',
  token_endpoint: 'https://id.acme.example/token',
}
const client = { clientId: 'cid', redirectUri: 'https://app.example/callback' }
const withMetadata = (changes: object) => () =>
  new Provider({ name: 'acme', metadata: { ...metadata, ...changes } }, client)
const withRedirectUri = (redirectUri: unknown) => () =>
  new Provider({ name: 'acme', metadata }, { clientId: 'cid', redirectUri } as ClientRegistration)

describe('the endpoints of a provider', () => {
  test.each([
    [{ token_endpoint: undefined }, 'metadata_invalid', 'needs a token_endpoint'],
    [{ token_endpoint: '/token' }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: '//id.acme.example/token' }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: 42 }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: '' }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: ' https://id.acme.example/token' }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: `https://id.acme.example/${'x'.repeat(9000)}` }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: 'https://id.acme.example/token#x' }, 'metadata_invalid', 'without "#…"'],
    [{ token_endpoint: 'https://id.acme.example/token#' }, 'metadata_invalid', 'without "#…"'],
    [{ token_endpoint: 'https://user:canary@id.acme.example/token' }, 'metadata_invalid', 'without "user:password@"'],
    [{ authorization_endpoint: 'javascript:alert(1)' }, 'metadata_invalid', 'https'],
    [{ authorization_endpoint: 'data:text/html,x' }, 'metadata_invalid', 'https'],
    [{ authorization_endpoint: 'ftp://id.acme.example/a' }, 'metadata_invalid', 'https'],
    [{ jwks_uri: 'file:///etc/keys' }, 'metadata_invalid', 'https'],
    [{ revocation_endpoint: 'nonsense' }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: 'http://id.acme.example/token' }, 'insecure_url', 'use https'],
    [{ authorization_endpoint: 'http://192.168.1.2/authorize' }, 'insecure_url', 'use https'],
    [{ token_endpoint: 'http://localhost.acme.example/token' }, 'insecure_url', 'use https'],
    [{ token_endpoint: 'http://127.0.0.1.acme.example/token' }, 'insecure_url', 'use https'],
    [{ token_endpoint: 'http://[::ffff:127.0.0.1]/token' }, 'insecure_url', 'use https'],
    [{ authorization_endpoint: 'https://id.acme.example/a?client_id=evil' }, 'config_invalid', '"client_id"'],
    [{ token_endpoint: 'https://id.acme.example/token?grant_type=x' }, 'config_invalid', '"grant_type"'],
    [{ issuer: 'https://id.acme.example/?x=1' }, 'metadata_invalid', 'no query'],
    [{ issuer: 'acme' }, 'metadata_invalid', 'absolute'],
    [{ issuer: 'http://id.acme.example' }, 'insecure_url', 'use https'],
    [{ token_endpoint_auth_methods_supported: 'client_secret_post' }, 'metadata_invalid', 'array of texts'],
    [{ code_challenge_methods_supported: [1] }, 'metadata_invalid', 'array of texts'],
  ])('%j is %s', async (changes, code, advice) => {
    const error = await errorOf(withMetadata(changes))
    expect(error.code).toBe(code)
    expect(error.action).toBe('fix_configuration')
    expect(error.message).toContain(advice)
  })

  test.each([
    ['token_endpoint', 'https://id.acme.example/token#x'],
    ['token_endpoint', 'https://id.acme.example/token#'],
    ['authorization_endpoint', 'https://id.acme.example/authorize#x'],
    ['jwks_uri', 'https://id.acme.example/keys#x'],
    ['issuer', 'https://id.acme.example#x'],
  ])('R5: a fragment in %s is refused: %s', async (member, url) => {
    expect((await errorOf(withMetadata({ [member]: url }))).code).toBe('metadata_invalid')
  })

  test.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'vbscript:x', 'mailto:a@b.example'])(
    'R61, A21, G40: an endpoint with the scheme of %s is refused',
    async (url) => {
      for (const member of ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'revocation_endpoint'])
        expect((await errorOf(withMetadata({ [member]: url }))).code).toBe('metadata_invalid')
    },
  )

  test('R61: what would mean something to a shell reaches the URL as it is written', async () => {
    const authorization_endpoint = 'https://id.acme.example/authorize?x=1&calc;$(id)`id`'
    const login = new Provider({ name: 'acme', metadata: { ...metadata, authorization_endpoint } }, client).grant(Pkce)
    const { url } = await login.authorize()
    expect(url.searchParams.get('calc;$(id)`id`')).toBe('')
    expect(url.href).not.toContain(' ')
  })

  test.each([
    ['https://id.acme.example/a?client_id=x', 'authorization_endpoint'],
    ['https://id.acme.example/a?state=x', 'authorization_endpoint'],
    ['https://id.acme.example/a?code_challenge=x', 'authorization_endpoint'],
    ['https://id.acme.example/t?client_secret=x', 'token_endpoint'],
    ['https://id.acme.example/t?grant_type=x', 'token_endpoint'],
  ])('R4, G23: a parameter of the protocol in the query of an endpoint is refused: %s', async (url, member) => {
    expect((await errorOf(withMetadata({ [member]: url }))).code).toBe('config_invalid')
  })

  test.each([
    'http://id.acme.example/token',
    'http://10.0.0.1/token',
    'http://127.0.0.1.acme.example/token',
    'http://localhost.acme.example/token',
  ])('R34, R202, A70: %s is refused, and no option allows it', async (token_endpoint) => {
    const loose = { allowInsecureRequests: true, insecure: true, privateAddresses: 'allowed' } as ProviderOptions
    const make = () => new Provider({ name: 'acme', metadata: { ...metadata, token_endpoint } }, client, loose)
    expect((await errorOf(make)).code).toBe('insecure_url')
  })

  test('A35: an https issuer whose token endpoint is http is refused', async () => {
    const error = await errorOf(withMetadata({ token_endpoint: 'http://id.acme.example/token' }))
    expect(error.code).toBe('insecure_url')
  })

  test.each([
    'http://127.0.0.1:1/token',
    'http://127.255.0.1/token',
    'http://[::1]:1/token',
    'http://localhost:1/token',
    'http://0x7f000001/token',
    'https://id.acme.example/token?tenant=1',
  ])('R34: %s is fine', (token_endpoint) => expect(withMetadata({ token_endpoint })).not.toThrow())

  test('R4: a query of the authorization endpoint stays, and each parameter stands once', async () => {
    const provider = new Provider(
      {
        name: 'acme',
        metadata: { ...metadata, authorization_endpoint: `${metadata.authorization_endpoint}?tenant=1` },
      },
      client,
    )
    const { url } = await provider.grant(Pkce).authorize()
    expect(url.searchParams.getAll('tenant')).toEqual(['1'])
    expect(new Set(url.searchParams.keys()).size).toBe([...url.searchParams.keys()].length)
  })

  test('without an authorization endpoint, grants without a user work', async () => {
    const provider = new Provider({ name: 'acme', metadata: { token_endpoint: metadata.token_endpoint } }, client)
    expect((await errorOf(provider.grant(Pkce).authorize())).message).toContain('authorization_endpoint')
    expect(provider.grant(ClientCredentials)).toBeInstanceOf(ClientCredentials)
  })
})

describe('redirect URIs', () => {
  test.each([
    ['/cb', 'config_invalid', 'absolute'],
    ['app.example/cb', 'config_invalid', 'absolute'],
    [42, 'config_invalid', 'absolute'],
    [[42], 'config_invalid', 'absolute'],
    ['https://app.example/cb#f', 'config_invalid', 'write "https://app.example/cb"'],
    ['https://user:pw@app.example/cb', 'config_invalid', 'without "user:password@"'],
    ['https://app.example/a b', 'config_invalid', 'absolute'],
    ['javascript:alert(1)', 'config_invalid', 'use https'],
    ['data:text/html,x', 'config_invalid', 'use https'],
    ['http://app.example/cb', 'insecure_url', 'use "https://app.example/cb"'],
    ['http://192.168.1.2/cb', 'insecure_url', 'http://127.0.0.1:8888/cb'],
  ])('R6, R60: %j is %s', async (uri, code, advice) => {
    const error = await errorOf(withRedirectUri(uri))
    expect(error.code).toBe(code)
    expect(error.message).toContain(advice)
  })

  test.each(vectorsOf('native redirect URI'))('R53, R60: $name', async ({ input, expected }) => {
    const { events: warnings, onEvent } = eventLog()
    const make = () =>
      new Provider(
        { name: 'acme', metadata },
        { clientId: 'cid', redirectUri: String(input['redirect_uri']) },
        { onEvent },
      )
    const refused = await Promise.resolve()
      .then(make)
      .then(
        () => false,
        () => true,
      )
    expect({ recommended: !refused && warnings.length === 0 }).toEqual(expected)
  })

  test('R60: a scheme that another app can claim is an event that says what to use', () => {
    const { events, onEvent } = eventLog()
    new Provider({ name: 'acme', metadata }, { clientId: 'cid', redirectUri: 'myapp://cb' }, { onEvent })
    expect(events).toMatchObject([
      { type: 'discouraged', provider: 'acme', message: expect.stringContaining('reversed domain') },
    ])
  })
})

describe('what else cannot work', () => {
  test.each([
    [() => new Provider(undefined as never, client), '{ name, metadata }'],
    [() => new Provider({ name: '', metadata }, client), `name, such as 'acme'`],
    [() => new Provider({ name: 'acme', metadata }, undefined as never), 'clientId'],
    [() => new Provider({ name: 'acme', metadata }, { clientId: '' }), 'clientId'],
    [() => new Provider({ name: 'acme', metadata }, { clientId: 'cid', clientSecret: 1 as never }), 'clientSecret'],
    [
      () => new Provider({ name: 'acme', metadata, apiOrigins: ['https://api.acme.example/v1'] }, client),
      '"https://api.acme.example"',
    ],
    [() => new Provider({ name: 'acme', metadata, apiOrigins: ['api.acme.example'] }, client), 'origin'],
  ])('%s says what to write', async (make, advice) => {
    const error = await errorOf(make)
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })

  test.each(['none', 'None', 'HS256', 'dir', 'PBES2-HS256+A128KW', ''])(
    'R223, A22, G36: an ID token cannot be signed with %j',
    async (idTokenSigningAlgorithm) => {
      const error = await errorOf(
        () => new Provider({ name: 'acme', metadata }, { clientId: 'cid', idTokenSigningAlgorithm }),
      )
      expect(error.code).toBe('config_invalid')
      expect(error.message).toContain('ES256')
    },
  )

  test('metadata that is none is metadata_invalid', async () => {
    for (const none of [undefined, null, [], 'x'])
      expect((await errorOf(() => new Provider({ name: 'a', metadata: none as never }, client))).code).toBe(
        'metadata_invalid',
      )
  })

  test.each<[ProviderOptions, string]>([
    [{ timeout: 0 }, 'milliseconds'],
    [{ timeout: Number.NaN }, 'milliseconds'],
    [{ timeout: '5' as never }, 'milliseconds'],
    [{ fetch: 'x' as never }, 'function'],
    [{ clock: {} as never }, 'now()'],
    [{ onEvent: 'x' as never }, 'function'],
  ])('the option %j', async (options, advice) => {
    const error = await errorOf(() => new Provider({ name: 'acme', metadata }, client, options))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })
})

describe('a value of a kind that nobody expected', () => {
  const circular: unknown[] = []
  circular.push(circular)
  test.each([[1n], [Symbol('x')], [{ toString: null }], [Object.create(null)], [circular], [() => {}], [NaN]])(
    'is refused like any other: %s',
    async (value) => {
      const odd = value as never
      const provider = new Provider({ name: 'acme', metadata }, client)
      for (const action of [
        () => withRedirectUri(odd)(),
        () => withRedirectUri([odd])(),
        () => withMetadata({ token_endpoint: odd })(),
        () => withMetadata({ issuer: odd })(),
        () =>
          new Provider({ name: 'acme', metadata }, {
            clientId: 'cid',
            clientSecret,
            authentication: 'x',
            ...(typeof value !== 'function' && { authentication: odd }),
          } as never),
        () => new Provider({ name: 'acme', metadata }, { clientId: 'cid', idTokenSigningAlgorithm: odd }),
        () => provider.grant(odd),
        () => provider.grant(Pkce).authorize({ scope: [odd] }),
        () => provider.grant(Pkce).authorize({ scope: odd }),
        () => provider.grant(Pkce).authorize({ resource: odd }),
        () => provider.grant(Pkce).authorize({ resource: [odd] }),
        () => provider.grant(Pkce).authorize({ parameters: { x: odd } }),
        () => provider.grant(Pkce).authorize({ state: odd }),
        () => provider.grant(Pkce).authorize({ codeVerifier: odd }),
        () => provider.grant(Pkce).requestToken(odd, odd),
        () => provider.grant(Refresh).requestToken(odd),
        () => generateVerifier(odd),
        () => Token.from(odd),
      ])
        expect(await errorOf(action)).toHaveProperty('code')
    },
  )
})

describe('a definition', () => {
  test('is copied and frozen, so that a later change has no effect', async () => {
    const mutable = { name: 'acme', metadata: { ...metadata } }
    const provider = new Provider(mutable, client)
    mutable.metadata.authorization_endpoint = 'https://evil.example/authorize'
    expect((await provider.grant(Pkce).authorize()).url.origin).toBe('https://id.acme.example')
    expect(() => Object.assign(provider.definition.metadata, { token_endpoint: 'https://evil.example' })).toThrow(
      TypeError,
    )
  })

  test('that was checked is shared by further providers', () => {
    const { definition } = new Provider({ name: 'acme', metadata }, client)
    expect(new Provider(definition, client).definition).toBe(definition)
  })

  test('without any deviation makes no event', () => {
    const { events, onEvent } = eventLog()
    new Provider({ name: 'acme', metadata }, client, { onEvent })
    expect(events).toEqual([])
  })
})

describe('provider.grant', () => {
  const provider = new Provider({ name: 'acme', metadata }, client)

  test.each([[Pkce], [AuthorizationCode], [ClientCredentials], [Refresh]])(
    '%o makes an instance of that class',
    (Class) => {
      expect(provider.grant(Class as typeof Pkce)).toBeInstanceOf(Class)
    },
  )

  test('E-02: refuses a class that is no grant, before it is constructed', async () => {
    let constructed = false
    class Impostor {
      constructor() {
        constructed = true
      }
    }
    const error = await errorOf(() => provider.grant(Impostor as never))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain('Impostor')
    expect(constructed).toBe(false)
  })

  test.each([[undefined], [null], ['Pkce'], [{}], [() => {}], [Token], [Grant]])('refuses %s', async (value) => {
    expect((await errorOf(() => provider.grant(value as never))).code).toBe('config_invalid')
  })
})

describe('events', () => {
  test('say what happened, when, and at which provider', async () => {
    const { provider } = await scene({
      json: { access_token: 'canary-at', token_type: 'Bearer', scope: 'read', refresh_token: 'canary-rt' },
    })
    const { events, onEvent } = eventLog()
    const clock = testClock()
    const acme = provider({ clientId: 'cid', clientSecret }, {}, { clock, onEvent })
    const token = await acme.grant(ClientCredentials).requestToken()
    await acme.grant(Refresh).requestToken(token)
    const at = clock.now()
    expect(events).toEqual([
      { type: 'issued', provider: 'acme', at, grantType: 'client_credentials', scope: ['read'] },
      { type: 'refreshed', provider: 'acme', at, grantType: 'refresh_token', scope: ['read'] },
    ])
  })

  test.each([
    [
      () => {
        throw new Error('listener')
      },
    ],
    [
      async () => {
        throw new Error('listener')
      },
    ],
  ])('whose listener fails fail nothing', async (onEvent) => {
    const { provider } = await scene()
    const token = await provider({ clientId: 'cid', clientSecret }, {}, { onEvent })
      .grant(ClientCredentials)
      .requestToken()
    expect(token.accessToken).toBe('2YotnFZFEjr1zCsicMWpAA')
  })
})

describe('what a definition declares', () => {
  test.each([
    [{ authorization: { client_id: 'evil' } }],
    [{ authorization: { code_challenge_method: 'plain' } }],
    [{ token: { client_secret: 'x' } }],
    [{ token: { code_verifier: 'x' } }],
    [{ token: { audience: 1 as never } }],
  ])('A39: parameters cannot stand for those of the protocol: %j', async (parameters) => {
    expect((await errorOf(() => new Provider({ name: 'acme', metadata, parameters }, client))).code).toBe(
      'config_invalid',
    )
  })

  test.each([
    [{ localhost: 'refused' } as const, 'http://localhost:8888/cb?x=1', 'use "http://127.0.0.1:8888/cb?x=1"'],
    [{ localhost: 'refused' } as const, 'http://%6cocalhost:8888/cb', 'use "http://127.0.0.1:8888/cb"'],
    [{ localhost: 'refused' } as const, 'https://localhost/cb', 'use "https://127.0.0.1/cb"'],
    [{ loopback: 'refused' } as const, 'http://127.0.0.1:8888/cb', 'https'],
    [{ loopback: 'refused', localhost: 'refused' } as const, 'http://localhost:8888/cb', 'https'],
    [{ customScheme: 'refused' } as const, 'com.example.app:/cb', 'https'],
  ])('redirect URI rules are kept: %j', async (redirectUriRules, redirectUri, advice) => {
    const error = await errorOf(
      () => new Provider({ name: 'acme', metadata, redirectUri: redirectUriRules }, { clientId: 'cid', redirectUri }),
    )
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })

  test('what is refused is not suggested', async () => {
    const rules = { loopback: 'refused' } as const
    const error = await errorOf(
      () =>
        new Provider(
          { name: 'acme', metadata, redirectUri: rules },
          { clientId: 'cid', redirectUri: 'http://app.example/cb' },
        ),
    )
    expect(error.message).not.toContain('127.0.0.1')
  })

  test('a frozen preset is held once by all its providers', () => {
    const preset = Object.freeze({ name: 'acme', metadata: Object.freeze({ ...metadata }) })
    expect(new Provider(preset, client).definition).toBe(new Provider(preset, client).definition)
    const halfFrozen = Object.freeze({ name: 'acme', metadata: { ...metadata } })
    expect(new Provider(halfFrozen, client).definition).not.toBe(new Provider(halfFrozen, client).definition)
  })
})
