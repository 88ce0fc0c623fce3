import { type ClientRegistration, Provider, type ProviderDefinition, Refresh } from '@grantkit/core'
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import { metadata } from '../support/acme.ts'
import { assertionStage, clientKey, signer } from '../support/client-keys.ts'
import { errorOf } from '../support/scene.ts'

const [es256, rsa, agreement] = [await clientKey('ES256'), await clientKey('RS256'), await clientKey('ECDH-ES')]
const make =
  (client: ClientRegistration, definition: Partial<ProviderDefinition> = {}) =>
  () =>
    new Provider({ name: 'acme', ...definition, metadata: { ...metadata, ...definition.metadata } }, client)
const refusal = async (client: ClientRegistration, definition: Partial<ProviderDefinition> = {}) => {
  const { code, message } = await errorOf(make(client, definition))
  expect(code).toBe('config_invalid')
  return message
}

/** An RSA key that is too small, as PEM and as JSON Web Key. */
async function smallKey() {
  const algorithm = { name: 'RSA-PSS', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  return { privateKey, pem: await exportPKCS8(privateKey), jwk: (await exportJWK(privateKey)) as never }
}

describe('a signing key that does not fit is refused at once', () => {
  test.each([
    ['an RSA key as PEM for ES256', signer(rsa.pem, { algorithm: 'ES256' }), 'is not for "ES256"'],
    ['an RSA key as JWK for ES256', signer(rsa.jwk, { algorithm: 'ES256' }), 'is not for "ES256"'],
    ['an RSA key of WebCrypto for ES256', signer(rsa.privateKey, { algorithm: 'ES256' }), 'is not for "ES256"'],
    ['an RS256 key of WebCrypto for PS256', signer(rsa.privateKey, { algorithm: 'PS256' }), 'is not for "PS256"'],
    [
      'a JWK for RS256 where PS256 is wanted',
      signer({ ...rsa.jwk, alg: 'RS256' }, { algorithm: 'PS256' }),
      'is not for "PS256"',
    ],
    ['a P-256 key for ES384', signer(es256.pem, { algorithm: 'ES384' }), 'it is for ES256'],
    ['a key with an algorithm of its own that cannot be', signer({ ...es256.jwk, alg: 'ES384' }), 'it is for ES256'],
    ['no signature at all', signer(es256.jwk, { algorithm: 'none' }), 'it is for ES256'],
    ['an algorithm for secrets', signer(es256.jwk, { algorithm: 'HS256' }), 'it is for ES256'],
  ])('R116: %s', async (_, client, message) => {
    expect(await refusal(client)).toContain(message)
  })

  test.each([
    ['a public CryptoKey', signer(es256.publicKey)],
    ['a public JWK', signer({ ...es256.jwk, d: undefined })],
    ['a secret', signer({ kty: 'oct', k: 'canary-key' })],
  ])('R116: %s is not a private key', async (_, client) => {
    expect(await refusal(client)).toBe(
      'signingKey.privateKey: this is not a private key: write the private one of the pair',
    )
  })

  test('a key that was made for encryption', async () => {
    expect(await refusal(signer(agreement.privateKey))).toContain('it is a key for something else')
    expect(await refusal(signer({ ...agreement.jwk, crv: 'X25519' }))).toContain(
      '"X25519" is not a kind of key for this',
    )
  })

  test('R259: an RSA key of 1024 bits', async () => {
    const { privateKey, jwk, pem } = await smallKey()
    for (const key of [privateKey, jwk])
      expect(await refusal(signer(key, { algorithm: 'PS256' }))).toContain('1024 bits is too small: it needs 2048')
    const { provider, tokenRequests } = await assertionStage() // what PEM holds shows when it is imported
    const grant = provider(signer(pem, { algorithm: 'PS256' })).grant(Refresh)
    expect((await errorOf(grant.requestToken('canary-refresh-token'))).message).toContain('1024 bits is too small')
    expect(await tokenRequests()).toHaveLength(0)
  })

  test.each([
    ['RSA in PEM', signer(rsa.pem)],
    ['RSA as JWK', signer(rsa.jwk)],
  ])('%s without an algorithm', async (_, client) => {
    expect(await refusal(client)).toBe(
      `signingKey needs its algorithm: write algorithm: 'PS256', or the one it is registered with`,
    )
  })

  test.each([
    ['an older PEM', '-----BEGIN RSA PRIVATE KEY-----\ncanary'],
    ['nonsense in PEM', '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----'],
    ['a number', 5],
    ['null', null],
    ['an object', { canary: true }],
  ])('%s', async (_, key) => {
    expect(await refusal(signer(key as never))).toBe(
      'signingKey.privateKey: this is not a valid key: write PKCS #8 in PEM, a private JSON Web Key or a CryptoKey',
    )
  })

  test('what is not written as a signing key', async () => {
    const client = { clientId: 'cid' }
    expect(await refusal({ ...client, signingKey: es256.pem as never })).toContain('write signingKey: { privateKey }')
    expect(await refusal(signer(es256.pem, { kid: 'a' }))).toContain('write "keyId"')
    expect(await refusal(signer(es256.pem, { keyId: 5 }))).toBe('signingKey.keyId is a string')
  })
})

test('a key that is changed afterwards signs as it was', async () => {
  const jwk = { ...es256.jwk }
  const { provider, lastRequest } = await assertionStage()
  const acme = provider(signer(jwk))
  jwk['d'] = 'canary'
  await acme.grant(Refresh).requestToken('canary-refresh-token')
  expect((await lastRequest()).form?.['client_assertion']).toBeDefined()
})

describe('a method that cannot work is refused at once', () => {
  const key = { clientId: 'cid', signingKey: { privateKey: es256.jwk } }
  const secret = { clientId: 'cid', clientSecret: 'canary-secret' }

  test.each([
    [
      'private_key_jwt without a key',
      { clientId: 'cid', authentication: 'private_key_jwt' },
      {},
      'private_key_jwt needs a signingKey',
    ],
    [
      'private_key_jwt with a secret alone',
      { ...secret, authentication: 'private_key_jwt' },
      {},
      'private_key_jwt needs a signingKey',
    ],
    [
      'client_secret_jwt without a secret',
      { ...key, authentication: 'client_secret_jwt' },
      {},
      'client_secret_jwt needs a clientSecret',
    ],
    [
      'client_secret_basic with a key alone',
      { ...key, authentication: 'client_secret_basic' },
      {},
      'client_secret_basic needs a clientSecret',
    ],
    [
      'one that the definition declares for a grant',
      secret,
      { grants: { refresh_token: { authentication: 'private_key_jwt' } } },
      'needs a signingKey',
    ],
    ['an assertion for nobody', key, { metadata: { issuer: undefined } }, 'clientAuthentication: { audience }'],
    [
      'an assertion of a secret for nobody',
      { ...secret, authentication: 'client_secret_jwt' },
      { metadata: { issuer: undefined } },
      'write the issuer',
    ],
  ])('R79, R112: %s', async (_, client, definition, message) => {
    expect(await refusal(client as ClientRegistration, definition as never)).toContain(message)
  })
})

describe('a decryption key', () => {
  const decrypting = (privateKey: unknown, more: object = {}) =>
    ({ clientId: 'cid', decryptionKey: { privateKey, ...more } }) as ClientRegistration

  test.each([
    ['an elliptic one', decrypting(agreement.jwk)],
    ['an elliptic one of WebCrypto', decrypting(agreement.privateKey, { algorithm: 'ECDH-ES+A256KW' })],
    ['RSA with its algorithm', decrypting(rsa.pem, { algorithm: 'RSA-OAEP-256' })],
  ])('%s is taken', (_, client) => {
    expect(make(client)()).toBeInstanceOf(Provider)
  })

  test('RSA of WebCrypto tells its algorithm', async () => {
    const { privateKey } = await generateKeyPair('RSA-OAEP-256')
    expect(make(decrypting(privateKey))()).toBeInstanceOf(Provider)
    expect(await refusal(decrypting(privateKey, { algorithm: 'RSA-OAEP' }))).toContain('is not for "RSA-OAEP"')
  })

  test.each([
    ['with the padding of PKCS #1', decrypting(rsa.pem, { algorithm: 'RSA1_5' }), 'is not for "RSA1_5"'],
    ['of the wrong kind', decrypting(es256.jwk, { algorithm: 'RSA-OAEP' }), 'is not for "RSA-OAEP"'],
    ['that signs', decrypting(es256.privateKey), 'it is a key for something else'],
    ['that has an issuer', decrypting(es256.jwk, { issuer: 'a' }), '"issuer" is not a field of the decryptionKey'],
  ])('%s is refused', async (_, client, message) => {
    expect(await refusal(client)).toContain(message)
  })
})
