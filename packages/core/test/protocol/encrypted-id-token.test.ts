import { type ClientRegistration, Pkce } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { base64url } from '../../src/wire/base64url.ts'
import { encrypt, encryptionKey } from '../support/encrypted.ts'
import { openid, sign } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'

const rsa = await encryptionKey('RSA-OAEP-256')
const ec = await encryptionKey('ECDH-ES')

const pem = async (key: CryptoKey) => {
  const octets = new Uint8Array(await crypto.subtle.exportKey('pkcs8', key))
  return `-----BEGIN PRIVATE KEY-----\n${btoa(String.fromCharCode(...octets))}\n-----END PRIVATE KEY-----`
}
const rsaPem = await pem(rsa.privateKey)

type DecryptionKey = NonNullable<ClientRegistration['decryptionKey']>
type Make = (idToken: string) => Promise<string> | string

/** Logs in; the ID token is what the test makes of a signed one. */
async function logIn(make: Make, decryptionKey: DecryptionKey | undefined, change: object = {}) {
  const stage = await openid({ client: { decryptionKey } })
  const login = stage.provider.grant(Pkce)
  const { transaction } = await login.authorize({ scope: ['openid'] })
  const signed = await sign({ ...stage.claims(), nonce: transaction.nonce ?? '', ...change })
  await stage.answer(await make(signed))
  return { signed, result: login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction) }
}

describe('an encrypted ID token', () => {
  test.each<[string, DecryptionKey, Make]>([
    ['RSA-OAEP-256, a JSON Web Key', { privateKey: rsa.privateJwk }, (jwt) => encrypt(jwt, rsa.publicKey)],
    ['RSA-OAEP-256, a CryptoKey', { privateKey: rsa.privateKey }, (jwt) => encrypt(jwt, rsa.publicKey)],
    [
      'RSA-OAEP-256, PEM',
      { privateKey: rsaPem, algorithm: 'RSA-OAEP-256' },
      (jwt) => encrypt(jwt, rsa.publicKey, { enc: 'A256GCM' }),
    ],
    [
      'ECDH-ES, a JSON Web Key',
      { privateKey: ec.privateJwk },
      (jwt) => encrypt(jwt, ec.publicKey, { alg: 'ECDH-ES', enc: 'A256GCM' }),
    ],
    [
      'ECDH-ES+A256KW, a CryptoKey',
      { privateKey: ec.privateKey },
      (jwt) => encrypt(jwt, ec.publicKey, { alg: 'ECDH-ES+A256KW', cty: 'jwt' }),
    ],
  ])('is decrypted and verified: %s', async (_, key, make) => {
    const { signed, result } = await logIn(make, key)
    const token = await result
    expect(token.claims?.sub).toBe('ada')
    expect(token.idToken).toBe(signed) // as a provider takes it for a hint
  })

  test('that is not encrypted is taken as well: its signature says whose it is', async () => {
    expect((await (await logIn((jwt) => jwt, { privateKey: rsa.privateJwk })).result).claims?.sub).toBe('ada')
  })

  test.each<[string, object]>([
    ['R219: of another issuer', { iss: 'https://evil.example' }],
    ['R220: for another client', { aud: 'other' }],
    ['R225: of another login', { nonce: 'of another login' }],
    ['R224: that has expired', { exp: 1 }],
  ])('%s is refused all the same', async (_, change) => {
    const { result } = await logIn((jwt) => encrypt(jwt, rsa.publicKey), { privateKey: rsa.privateJwk }, change)
    expect((await errorOf(result)).code).toBe('id_token_invalid')
  })

  test('of a client without a key for it says so', async () => {
    const { result } = await logIn((jwt) => encrypt(jwt, rsa.publicKey), undefined)
    expect((await errorOf(result)).message).toBe(
      'the ID token of acme is encrypted, and the client has no decryptionKey',
    )
  })

  const part = (value: object) => base64url(new TextEncoder().encode(JSON.stringify(value)))
  const bomb = { alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', p2c: 2 ** 31 - 1, p2s: 'AAAA' }
  const shared = new Uint8Array(32).fill(7)

  test.each<[string, Make]>([
    ['for another key', async (jwt) => encrypt(jwt, (await encryptionKey('RSA-OAEP-256')).publicKey)],
    ['that was changed', async (jwt) => (await encrypt(jwt, rsa.publicKey)).slice(0, -4).concat('AAAA')],
    ['that holds no signed token', () => encrypt('{"sub":"ada"}', rsa.publicKey)],
    ['that holds plain claims', () => encrypt('{"sub":"ada"}', rsa.publicKey, { cty: undefined })],
    ['that holds another encrypted one', async (jwt) => encrypt(await encrypt(jwt, rsa.publicKey), rsa.publicKey)],
    ['A26: with RSA1_5', () => `${part({ alg: 'RSA1_5', enc: 'A128GCM' })}.AAAA.AAAA.AAAA.AAAA`],
    ['A26: with a shared key', (jwt) => encrypt(jwt, shared, { alg: 'dir', enc: 'A256GCM' })],
    ['A26: whose key would take years to derive', () => `${part(bomb)}.AAAA.AAAA.AAAA.AAAA`],
    ['A26: that is compressed', (jwt) => encrypt(jwt, rsa.publicKey, { zip: 'DEF' })],
    ['A26: with a critical header that nobody knows', () => `${part({ ...bomb, crit: ['x'], x: 1 })}.AAAA.A.A.AAAA`],
    ['with an algorithm that the key is not for', (jwt) => encrypt(jwt, ec.publicKey, { alg: 'ECDH-ES' })],
    ['whose header is nonsense', () => 'AAAA.AAAA.AAAA.AAAA.AAAA'],
  ])('%s is refused', async (_, make) => {
    const { result } = await logIn(make, { privateKey: rsa.privateJwk })
    expect(await errorOf(result)).toMatchObject({ code: 'id_token_invalid', action: 'report', provider: 'acme' })
  })

  test('is not decrypted with an algorithm other than the one that the key is for', async () => {
    const key = { privateKey: rsa.privateJwk, algorithm: 'RSA-OAEP' }
    const { result } = await logIn((jwt) => encrypt(jwt, rsa.publicKey), key)
    expect((await errorOf(result)).code).toBe('id_token_invalid')
  })

  test('may be decrypted with PEM that does not say its algorithm, by any of its kind', async () => {
    const { result } = await logIn((jwt) => encrypt(jwt, rsa.publicKey), { privateKey: rsaPem })
    expect((await result).claims?.sub).toBe('ada')
  })

  test.each<[string, DecryptionKey]>([
    ['an algorithm that is broken', { privateKey: rsa.privateJwk, algorithm: 'RSA1_5' }],
    ['a key that says another one', { privateKey: { ...rsa.privateJwk, alg: 'RS256' } }],
  ])('needs a key that says what it is for: %s', async (_, key) => {
    expect(await errorOf(openid({ client: { decryptionKey: key } }))).toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('it is for RSA-OAEP-256, RSA-OAEP, RSA-OAEP-384, RSA-OAEP-512') as string,
    })
  })

  test('needs a key that is one, and shows nothing of what was written instead', async () => {
    const privateKey = { kty: 'RSA', n: rsa.privateJwk.n, e: 'AQAB', d: 'canary-private-exponent' }
    const { result } = await logIn((jwt) => encrypt(jwt, rsa.publicKey), { privateKey })
    expect((await errorOf(result)).message).toMatch(/^decryptionKey\.privateKey is not a valid RSA-OAEP-256 key: /)
  })
})
