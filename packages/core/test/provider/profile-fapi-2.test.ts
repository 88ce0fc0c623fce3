import { AuthorizationCode, type ClientRegistration, Provider, type ProviderDefinition, Refresh } from '@grantkit/core'
import { decodeJwt, generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import { assertionStage, clientKey } from '../support/client-keys.ts'
import { certified, fapiMetadata, fapiProvider, Seen } from '../support/fapi.ts'
import { clientSecret, errorOf, scene } from '../support/scene.ts'

const [es256, rs256, ps256, es384] = [
  await clientKey('ES256'),
  await clientKey('RS256'),
  await clientKey('PS256'),
  await clientKey('ES384'),
]
const signing = (privateKey: CryptoKey): Partial<ClientRegistration> => ({
  authentication: 'private_key_jwt',
  signingKey: { privateKey, keyId: 'k' },
})
const refusal = async (...how: Parameters<typeof fapiProvider>) => {
  const { code, message } = await errorOf(() => fapiProvider(...how))
  expect(code).toBe('config_invalid')
  return message
}
const without = (field: string) => ({ metadata: { [field]: undefined } as never })

describe('tokens are bound to a key', () => {
  test('R246: of the client’s proofs or its certificate, or nothing works', async () => {
    expect(fapiProvider()).toBeInstanceOf(Provider)
    expect(fapiProvider({}, signing(es256.privateKey), { dpop: true })).toBeInstanceOf(Provider)
    expect(await refusal({}, signing(es256.privateKey))).toContain('tokens have to be bound to a key: set dpop')
  })

  test('R246, R252: of a certificate that is not what the client authenticates with, where the metadata promises that', async () => {
    const aliases = { token_endpoint: 'https://mtls.acme.example/token' }
    const metadata = { tls_client_certificate_bound_access_tokens: true, mtls_endpoint_aliases: aliases } as never
    const acme = fapiProvider({ metadata }, signing(es256.privateKey), { fetch: globalThis.fetch })
    expect(acme.grant(Seen).provider.metadata.token_endpoint).toBe(aliases.token_endpoint)
    const proving = fapiProvider({ metadata }, signing(es256.privateKey), { dpop: true })
    expect(proving.grant(Seen).provider.metadata.token_endpoint).toBe(fapiMetadata.token_endpoint)
  })
})

describe('a client authenticates with a key of its own', () => {
  test.each<[string, Partial<ClientRegistration>, string]>([
    ['a secret', { clientSecret, authentication: undefined }, 'not with client_secret_basic'],
    ['a secret in the form', { clientSecret, authentication: 'client_secret_post' }, 'not with client_secret_post'],
    ['a secret that signs', { clientSecret, authentication: 'client_secret_jwt' }, 'not with client_secret_jwt'],
    ['a function', { authentication: () => undefined }, 'not with a function'],
    ['nothing: a public client', { authentication: undefined }, 'not with none'],
  ])('R247: and never with %s', async (_, client, message) => {
    expect(await refusal({}, client, { dpop: true })).toContain(message)
  })

  test('R250, R112: for whom the issuer alone is the audience, as a string', async () => {
    const { provider, lastRequest, server } = await assertionStage()
    const metadata = { pushed_authorization_request_endpoint: `${server.url}/par` } as never
    const client = { ...certified, ...signing(es256.privateKey) }
    const bound = { metadata: { ...(metadata as object), tls_client_certificate_bound_access_tokens: true } as never }
    const acme = provider(client, bound, { profile: 'fapi-2.0', fetch: globalThis.fetch })
    await acme.grant(Refresh).requestToken('canary-refresh-token')
    expect(decodeJwt((await lastRequest()).form?.['client_assertion'] ?? '').aud).toBe(server.url)
  })
})

describe('signatures', () => {
  test.each([
    ['RS256', rs256, 'cannot sign'],
    ['ES384', es384, 'cannot sign'],
  ])('R259: of assertions are not %s', async (_, { privateKey }, message) => {
    expect(await refusal({}, signing(privateKey), { dpop: true })).toContain(message)
  })

  test.each([ps256, es256])('R259: of assertions are $algorithm', ({ privateKey }) => {
    expect(fapiProvider({}, signing(privateKey), { dpop: true })).toBeInstanceOf(Provider)
  })

  test('R259: of proofs and ID tokens are no others either', async () => {
    const pair = await generateKeyPair('RS256')
    expect(await refusal({}, {}, { dpop: pair })).toContain('"RS256" cannot sign')
    expect(await refusal({}, { idTokenSigningAlgorithm: 'RS256' })).toContain('"RS256" cannot sign')
    expect(fapiProvider({}, { idTokenSigningAlgorithm: 'EdDSA' })).toBeInstanceOf(Provider)
  })
})

describe('the server', () => {
  test.each([
    ['issuer', 'the metadata of acme needs its issuer'],
    ['pushed_authorization_request_endpoint', 'needs a pushed_authorization_request_endpoint (RFC 9126)'],
  ])('R254, R256: has its %s in the metadata', async (field, message) => {
    expect(await refusal(without(field))).toContain(message)
  })

  test('without a login needs no endpoint for one', () => {
    const metadata = { pushed_authorization_request_endpoint: undefined, authorization_endpoint: undefined } as never
    expect(fapiProvider({ metadata })).toBeInstanceOf(Provider)
  })

  test.each<[string, Partial<ProviderDefinition>]>([
    ['grants.*.endpoint', { grants: { refresh_token: { endpoint: 'https://id.acme.example/refresh' } } }],
    ['grants.*.authentication', { grants: { refresh_token: { authentication: 'client_secret_post' } } }],
    ['revocation.endpoint', { revocation: { endpoint: 'https://id.acme.example/revoke' } }],
    ['revocation.authentication', { revocation: { authentication: 'bearer' } }],
    ['callback.tokenHost', { callback: { tokenHost: { parameter: 'host', hosts: ['id.acme.example'] } } }],
    ['clientAuthentication.audience', { clientAuthentication: { audience: 'endpoint' } }],
    ['idToken.issuer', { idToken: { issuer: 'https://id.acme.example/{tid}' } }],
    ['idToken.nonce', { idToken: { nonce: 'missing' }, pkce: 'required' }],
  ])('R254: is what its metadata says, and not what %s does', async (path, definition) => {
    expect(await refusal(definition)).toBe(`the profile fapi-2.0: the definition of acme may not say ${path}`)
  })

  test('R254: that is discovered keeps the endpoints that it publishes', async () => {
    const definition = { metadata: { token_endpoint: 'https://id.acme.example/token' } }
    const discovery = Provider.discover('https://id.acme.example', certified, { profile: 'fapi-2.0', definition })
    expect((await errorOf(discovery)).message).toBe(
      'the profile fapi-2.0: token_endpoint comes from the metadata that the issuer publishes: leave it out',
    )
  })

  test('R256: has its requests pushed, and its name in every callback', () => {
    const acme = fapiProvider()
    expect(acme.grant(Seen).provider).toMatchObject({
      pkce: 'required',
      metadata: {
        require_pushed_authorization_requests: true,
        authorization_response_iss_parameter_supported: true,
      },
    })
    expect(acme.definition.metadata).toEqual(fapiMetadata)
  })
})

test('R256: every rule of OAuth 2.1 holds as well', async () => {
  expect(await refusal({ pkce: 'refused' })).toContain('every login needs PKCE')
  expect(await refusal({}, {}, { httpHosts: ['keycloak:8080'] })).toContain('httpHosts has to be left out')
  const login = fapiProvider().grant(AuthorizationCode)
  expect((await errorOf(login.authorize())).message).toBe('acme requires PKCE: use provider.grant(Pkce)')
})

test('a redirect URI is https, or http on a loopback address', async () => {
  expect(await refusal({}, { redirectUri: 'com.example.app:/callback' })).toContain(
    'a redirect URI has the scheme https',
  )
  expect(fapiProvider({}, { redirectUri: 'http://127.0.0.1:8888/callback' })).toBeInstanceOf(Provider)
})

test('two providers of one definition have each its own profile', async () => {
  const { provider } = await scene()
  const definition = Object.freeze({ metadata: Object.freeze({ ...fapiMetadata }) })
  const [strict, plain] = [provider(certified, definition, { profile: 'fapi-2.0' }), provider(certified, definition)]
  expect(strict.grant(Seen).provider.pkce).toBe('required')
  expect(plain.grant(Seen).provider.pkce).toBeUndefined()
  expect(plain.grant(Seen).provider.metadata).not.toHaveProperty('require_pushed_authorization_requests')
})
