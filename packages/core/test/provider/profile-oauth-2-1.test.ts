import {
  AuthorizationCode,
  type ClientRegistration,
  ClientCredentials,
  Pkce,
  Provider,
  type ProviderDefinition,
  type ProviderOptions,
  Refresh,
} from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { metadata } from '../support/acme.ts'
import { clientSecret, confidential, errorOf, eventLog, goodToken, publicClient, scene } from '../support/scene.ts'

const redirectUri = 'https://app.example/callback'
const profile = 'oauth-2.1'

const make = (
  definition: Partial<ProviderDefinition> = {},
  client: Partial<ClientRegistration> = {},
  options: ProviderOptions = {},
) =>
  new Provider(
    { name: 'acme', ...definition, metadata: { ...metadata, ...definition.metadata } },
    { clientId: 'cid', redirectUri, ...client },
    { profile, ...options },
  )

test('a profile that does not exist is refused', async () => {
  const error = await errorOf(() => make({}, {}, { profile: 'fapi-1.0' as never }))
  expect(error).toMatchObject({ code: 'config_invalid' })
  expect(error.message).toBe(`"fapi-1.0" is not a profile: write 'oauth-2.1' or 'fapi-2.0'`)
})

describe('every login has PKCE', () => {
  test('R199: so that one without it is not begun, for a confidential client either', async () => {
    const login = make({}, { clientSecret }).grant(AuthorizationCode)
    expect(await errorOf(login.authorize())).toMatchObject({
      code: 'config_invalid',
      message: 'acme requires PKCE: use provider.grant(Pkce)',
    })
    expect(await errorOf(login.exchangeCode({ code: 'canary-code' }))).toMatchObject({ code: 'config_invalid' })
  })

  test('R199: with S256', async () => {
    const { url } = await make().grant(Pkce).authorize()
    expect(url.searchParams.get('code_challenge_method')).toBe('S256')
    const plain = make({ metadata: { ...metadata, code_challenge_methods_supported: ['plain'] } })
    expect(await errorOf(plain.grant(Pkce).authorize())).toMatchObject({ code: 'pkce_unsupported' })
  })

  test('which a provider that refuses it cannot do', async () => {
    expect((await errorOf(() => make({ pkce: 'refused' }))).message).toContain(
      'every login needs PKCE, which acme refuses',
    )
  })

  test('and the definition of the provider stays as it was', () => {
    expect(make({ pkce: 'supported' }).definition.pkce).toBe('supported')
  })
})

describe('a redirect URI is compared exactly', () => {
  const definition: Partial<ProviderDefinition> = { redirectUri: { paths: 'below' } }

  test('R200: though the provider would take a path below it', async () => {
    const below = { redirectUri: `${redirectUri}/below` }
    expect(await errorOf(make(definition).grant(Pkce).authorize(below))).toMatchObject({ code: 'config_invalid' })
    const without = new Provider({ name: 'acme', ...definition, metadata }, { clientId: 'cid', redirectUri })
    await expect(without.grant(Pkce).authorize(below)).resolves.toBeDefined()
  })
})

describe('everything goes over https, or stays on this machine', () => {
  test('R202: so that no host may have plain http', async () => {
    const error = await errorOf(() => make({}, {}, { httpHosts: ['keycloak:8080'] }))
    expect(error).toMatchObject({ code: 'config_invalid' })
    expect(error.message).toBe('the profile oauth-2.1: httpHosts has to be left out: use https, or loopback')
  })

  test('R202: and neither endpoints nor redirect URIs', async () => {
    const http = { ...metadata, token_endpoint: 'http://id.acme.example/token' }
    expect(await errorOf(() => make({ metadata: http }))).toMatchObject({ code: 'insecure_url' })
    const client = { redirectUri: 'http://app.example/callback' }
    expect(await errorOf(() => make({}, client))).toMatchObject({ code: 'insecure_url' })
    expect(make({}, { redirectUri: 'http://127.0.0.1:8888/callback' })).toBeInstanceOf(Provider)
  })
})

describe('no secret stands in a URL', () => {
  test.each<[string, Partial<ProviderDefinition>]>([
    ['tokenRequest.method', { tokenRequest: { method: 'GET' } }],
    ['tokenRequest.encoding', { tokenRequest: { encoding: 'query' } }],
    ['grants.*.method', { grants: { refresh_token: { method: 'GET' } } }],
    ['grants.*.encoding', { grants: { refresh_token: { encoding: 'query' } } }],
    ['revocation.method', { revocation: { method: 'GET' } }],
  ])('R203: %s', async (_, definition) => {
    expect((await errorOf(() => make(definition))).message).toContain('acme wants secrets in the query of a URL')
  })

  test('and what is no URL may deviate', () => {
    const definition: Partial<ProviderDefinition> = {
      tokenRequest: { encoding: 'json' },
      revocation: { method: 'DELETE' },
    }
    expect(make(definition)).toBeInstanceOf(Provider)
  })
})

describe('a refresh token of a public client', () => {
  const discouraged = (definition: Partial<ProviderDefinition>, client: Partial<ClientRegistration> = {}) => {
    const { events, onEvent } = eventLog()
    make(definition, client, { onEvent })
    return events.flatMap(({ type, message }) => (type === 'discouraged' ? [message] : []))
  }

  test('is discouraged where it is not known to rotate', () => {
    expect(discouraged({})).toEqual([
      'acme is not known to rotate refresh tokens, and those of a public client are bound to nothing: set dpop (OAuth 2.1 §4.3.1)',
    ])
    expect(discouraged({ refreshToken: { rotation: 'sometimes' } })).toHaveLength(1)
  })

  test('is fine where it rotates, or where the client authenticates', () => {
    expect(discouraged({ refreshToken: { rotation: 'always' } })).toEqual([])
    expect(discouraged({}, { clientSecret })).toEqual([])
  })
})

describe('what OAuth 2.1 asks of every client, profile or not', () => {
  test('R205: an access token that looks expired is not read', async () => {
    const { provider } = await scene({ json: { ...goodToken, access_token: `e30.${btoa('{"exp":1}')}.x` } })
    const token = await provider(confidential, {}, { profile }).grant(ClientCredentials).requestToken()
    expect(token.isExpired()).toBe(false)
  })

  test('R206: a token is not expected to live longer than the server said', async () => {
    const { provider } = await scene({ json: { ...goodToken, expires_in: 60 } })
    const token = await provider(confidential, {}, { profile }).grant(ClientCredentials).requestToken()
    expect(token.isExpired(0, Date.now() + 61_000)).toBe(true)
  })

  test('R204: an old refresh token is discarded once there is a new one', async () => {
    const { provider } = await scene({ json: { ...goodToken, refresh_token: 'canary-new' } })
    const token = await provider(publicClient, {}, { profile }).grant(Refresh).requestToken('canary-old')
    expect(token.refreshToken).toBe('canary-new')
  })

  test.each(['?code=canary-code&code=canary-other', '?code=canary-code&state=evil', '?error=a%0Ab'])(
    'R207: a callback is hostile until it is checked: %s',
    async (callback) => {
      const login = make().grant(Pkce)
      const { transaction } = await login.authorize()
      const error = await errorOf(login.requestToken(callback, transaction))
      expect(error.action).toBe('reauthorize')
    },
  )
})
