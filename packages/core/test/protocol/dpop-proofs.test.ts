import { AuthorizationCode, ClientCredentials, Grant, type ProviderOptions, Refresh, type Token } from '@grantkit/core'
import type { FaultyRequest, Reply } from '@grantkit/testing/server'
import { describe, expect, test, vi } from 'vitest'
import { someTime, testClock } from '../support/clock.ts'
import { boundToken, keyPair, proofIn, readProof, rsa } from '../support/dpop.ts'
import { confidential, errorOf, goodToken, type Scene, scene } from '../support/scene.ts'
import { vectorsOf } from '../support/vectors.ts'

const bound: Reply = { json: boundToken() }
const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'

class Exchange extends Grant {
  static readonly grantType = exchange
  requestToken(): Promise<Token> {
    return this.tokenRequest({ subject_token: 'canary-subject' })
  }
}

const ask = ({ provider }: Scene, options: ProviderOptions = { dpop: true }): Promise<Token> =>
  provider(confidential, {}, options).grant(ClientCredentials).requestToken()

describe('the proof of a token request', () => {
  test('R154, R158: is one header with a fresh proof for each request', async () => {
    const { provider, tokenRequests } = await scene(bound)
    const acme = provider(confidential, {}, { dpop: true })
    await Promise.all(Array.from({ length: 98 }, () => acme.grant(ClientCredentials).requestToken()))
    await acme.grant(AuthorizationCode).exchangeCode({ code: 'canary-code' })
    await acme.grant(Refresh).requestToken('canary-refresh-token')
    const proofs = await Promise.all((await tokenRequests()).map(readProof))
    expect(new Set(proofs.map(({ claims }) => claims.jti)).size).toBe(100)
  })

  test('R155: is typed, is signed with an asymmetric key, and shows its public part alone', async () => {
    const stage = await scene(bound)
    await ask(stage)
    const { algorithm, jwk } = await proofIn(await stage.lastRequest()) // which refuses any other field
    expect([algorithm, jwk.kty, jwk.crv]).toEqual(['ES256', 'EC', 'P-256'])
  })

  test('R156: names the method, the URL without its query, whole seconds of the clock of the provider, and 128 random bits', async () => {
    const { server, provider } = await scene(bound)
    const metadata = { token_endpoint: `${server.url}/token?tenant=1` }
    const options = { dpop: true, clock: testClock(someTime + 999) } as const
    await provider(confidential, { metadata }, options).grant(ClientCredentials).requestToken()
    const [request] = await server.requests()
    expect(request?.url).toBe(`${server.url}/token?tenant=1`)
    const { claims } = await proofIn(request as FaultyRequest)
    expect(claims).toEqual({
      htm: 'POST',
      htu: `${server.url}/token`,
      iat: someTime / 1000,
      jti: expect.stringMatching(/^[\w-]{22}$/) as string,
    })
  })

  test.each([
    [{ name: 'ECDSA', namedCurve: 'P-256' }, 'ES256'],
    [{ name: 'ECDSA', namedCurve: 'P-384' }, 'ES384'],
    [{ name: 'ECDSA', namedCurve: 'P-521' }, 'ES512'],
    [rsa('RSA-PSS'), 'PS256'],
    [rsa('RSA-PSS', 'SHA-512'), 'PS512'],
    [rsa('RSASSA-PKCS1-v1_5'), 'RS256'],
    [{ name: 'Ed25519' }, 'Ed25519'],
  ])('is signed with the key pair that the provider was given: %o signs %s', async (key, algorithm) => {
    const stage = await scene(bound)
    expect((await ask(stage, { dpop: await keyPair(key) })).tokenType).toBe('DPoP')
    expect((await proofIn(await stage.lastRequest())).algorithm).toBe(algorithm)
  })

  test('is signed by the older name of Ed25519 where the server knows no other', async () => {
    const { server, provider, lastRequest } = await scene(bound)
    const listed = { dpop_signing_alg_values_supported: ['RS256', 'EdDSA'] }
    const metadata = { token_endpoint: `${server.url}/token`, ...listed }
    const acme = provider(confidential, { metadata }, { dpop: await keyPair({ name: 'Ed25519' }) })
    await acme.grant(ClientCredentials).requestToken()
    expect((await proofIn(await lastRequest())).algorithm).toBe('EdDSA')
  })

  test('R169: comes from a key that cannot be read, and that no other provider has', async () => {
    const made = vi.spyOn(crypto.subtle, 'generateKey')
    const stage = await scene(bound)
    await Promise.all([ask(stage), ask(stage)])
    const pairs = (await Promise.all(made.mock.results.map(({ value }) => value as unknown))) as CryptoKeyPair[]
    made.mockRestore()
    expect(pairs).toHaveLength(2)
    for (const { privateKey } of pairs)
      for (const format of ['jwk', 'pkcs8'] as const)
        await expect(crypto.subtle.exportKey(format, privateKey)).rejects.toThrow()
    const [one, other] = await Promise.all((await stage.tokenRequests()).map(proofIn))
    expect(one?.thumbprint).not.toBe(other?.thumbprint)
  })

  test('is made with one key, however many requests begin at once', async () => {
    const { provider, tokenRequests } = await scene(bound)
    const acme = provider(confidential, {}, { dpop: true })
    await Promise.all(Array.from({ length: 20 }, () => acme.grant(ClientCredentials).requestToken()))
    const proofs = await Promise.all((await tokenRequests()).map(proofIn))
    expect(new Set(proofs.map(({ thumbprint }) => thumbprint)).size).toBe(1)
  })
})

describe('the thumbprint', () => {
  test.each(vectorsOf('DPoP jkt'))('$name ($source)', async ({ input, expected }) => {
    const { proofsOf } = await import('../../src/protocol/authentication/dpop.ts')
    const curve = { name: 'ECDSA', namedCurve: 'P-256' }
    const publicKey = await crypto.subtle.importKey('jwk', input['jwk'] as JsonWebKey, curve, true, ['verify'])
    const { privateKey } = await keyPair()
    expect(await proofsOf({ dpop: { privateKey, publicKey }, clock: testClock() })?.thumbprint()).toBe(expected)
  })
})

describe('the type of a token', () => {
  const read = async (
    token_type: string,
    options: ProviderOptions,
    kind: new (port: never) => Grant = ClientCredentials,
  ) => {
    const { provider } = await scene({ json: { ...goodToken, token_type } })
    const grant = provider(confidential, {}, options).grant(kind as typeof Exchange)
    return grant.requestToken()
  }

  test.each(['DPoP', 'dpop', 'DPOP'])('is DPoP where the response says %s', async (type) => {
    expect((await read(type, { dpop: true })).tokenType).toBe('DPoP')
  })

  test('R159, A45, G2: Bearer is refused where the tokens are to be bound', async () => {
    expect(await errorOf(read('Bearer', { dpop: true }))).toMatchObject({
      code: 'token_type_mismatch',
      action: 'report',
      message: expect.stringContaining('is not bound to the DPoP key') as string,
    })
  })

  test('A45: DPoP is refused where there is no key', async () => {
    expect((await errorOf(read('DPoP', {}))).code).toBe('token_type_mismatch')
  })

  test('N_A is taken of a token exchange alone', async () => {
    expect((await read('N_A', { dpop: true }, Exchange)).tokenType).toBe('N_A')
    expect((await errorOf(read('N_A', { dpop: true }))).code).toBe('token_type_unsupported')
  })

  test.each([
    ['DPoP', { dpop: true }, 'DPoP'],
    ['DPoP', {}, 'token_type_mismatch'],
    ['Bearer', { dpop: true }, 'token_type_mismatch'],
    ['bot', { dpop: true }, 'token_type_mismatch'],
    ['bot', {}, 'Bearer'],
  ] as const)(
    '%s of a provider with the declared type Bearer, with %o, is %s',
    async (token_type, options, expected) => {
      const { provider } = await scene({ json: { ...goodToken, token_type } })
      const acme = provider(confidential, { tokenResponse: { tokenType: 'Bearer' } }, options)
      const token = acme.grant(ClientCredentials).requestToken()
      const outcome = await token.then(
        ({ tokenType }) => tokenType,
        ({ code }: { code: string }) => code,
      )
      expect(outcome).toBe(expected)
    },
  )
})
