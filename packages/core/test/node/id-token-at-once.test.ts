import { onNode } from '@grantkit/core/node'
import type { JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { base64url } from '../../src/wire/base64url.ts'
import { type SignatureContext, verifySignature } from '../../src/protocol/openid/signature.ts'
import { KeySet } from '../../src/protocol/openid/key-set.ts'
import { someTime, testClock } from '../support/clock.ts'
import { eddsa, es256, type Key, keyOf, rs256, sign } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'

const { cryptography } = onNode()
const claims = { sub: 'ada', exp: someTime / 1000 + 300 }

const ways = [
  ['with the cryptography of Node', cryptography],
  ['with WebCrypto', undefined],
] as const

/** Verifies with the keys that are published, at once unless told otherwise. */
const verify = (idToken: string, keys: JWK[] = [rs256.jwk], changes: Partial<SignatureContext> = {}) =>
  verifySignature(idToken, {
    algorithms: ['RS256'],
    keys: new KeySet(async () => ({ keys }), testClock()),
    now: someTime,
    cryptography,
    ...changes,
  })

const octets = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const json = (value: unknown): string => base64url(octets(JSON.stringify(value)))
const header = json({ alg: 'RS256', kid: 'k1' })
const payload = json(claims)

/** Signs whatever stands in the place of a header and a payload. */
const signParts = async (first: string, second: string, key: Key = rs256): Promise<string> => {
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key.privateKey, octets(`${first}.${second}`))
  return `${first}.${second}.${base64url(new Uint8Array(signature))}`
}

/** An RSA key of that many bits, which signs by RS256. */
const rsaKey = async (modulusLength: number): Promise<Key> => {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) }
  const { privateKey, publicKey } = await crypto.subtle.generateKey({ ...algorithm, modulusLength }, true, ['sign'])
  const { kty, n, e } = await crypto.subtle.exportKey('jwk', publicKey)
  return { privateKey, jwk: { kty, n, e, alg: 'RS256', kid: 'k1' } as JWK }
}

describe.each(ways)('a token that is signed as it should be is accepted %s', (_way, which) => {
  const ps256 = keyOf('PS256', 'k4')
  const es384 = keyOf('ES384', 'k5')

  test.each([
    ['RS256', rs256],
    ['PS256', ps256],
    ['ES256', es256],
    ['ES384', es384],
    ['EdDSA', eddsa],
  ])('by %s', async (algorithm, pair) => {
    const key = await pair
    const options = { algorithms: ['RS512', algorithm], cryptography: which }
    const signed = await verify(await sign(claims, { key }), [rs256.jwk, key.jwk], options)
    expect(signed).toEqual({ header: { alg: algorithm, kid: key.jwk.kid }, payload: claims })
  })

  test('by a key of 2048 bits, the fewest', async () => {
    const key = await rsaKey(2048)
    const { payload: read } = await verify(await signParts(header, payload, key), [key.jwk], { cryptography: which })
    expect(read).toEqual(claims)
  })

  test.each(['Zoë', '北京', '😀', '>>>???', '"', ''])('with the text %j in a claim', async (name) => {
    const second = json({ ...claims, name, more: 'ASCII' })
    const { payload: read } = await verify(await signParts(header, second), [rs256.jwk], { cryptography: which })
    expect(read).toEqual({ ...claims, name, more: 'ASCII' })
  })

  test('by any of the keys with its key ID, or without one', async () => {
    const decoys = [await keyOf('RS256', 'k1'), await rsaKey(1024)].map(({ jwk }) => jwk)
    const bare = await signParts(json({ alg: 'RS256' }), payload)
    for (const idToken of [await signParts(header, payload), bare])
      for (const keys of [
        [...decoys, rs256.jwk],
        [rs256.jwk, ...decoys],
      ])
        expect((await verify(idToken, keys, { cryptography: which })).payload).toEqual(claims)
  })
})

describe('a token that is flawed is refused', () => {
  const noToken = 'the ID token is no signed token'
  const unsigned = 'the ID token is not signed as it should be'
  const unread = 'the ID token is not signed as it should be, or is past its life'

  test.each([
    ['nothing but a signature', '', '', noToken],
    ['a header that is base64, not base64url', `${header}=`, payload, noToken],
    ['a header that is not base64url', `!${header}`, payload, noToken],
    ['an empty header', '', payload, noToken],
    ['an empty payload', header, '', noToken],
    ['a payload with a line break', header, `${payload}\n`, noToken],
    ['a payload with a character of base64', header, `${payload}+`, noToken],
    ['a payload that is cut within four characters', header, 'AAAAA', unread],
    ['a header that is not JSON', base64url(octets('{')), payload, noToken],
    ['a header that is null', json(null), payload, noToken],
    ['a header that is an array', json([{ alg: 'RS256' }]), payload, noToken],
    ['a header that is a text', json('RS256'), payload, noToken],
    ['a payload that is not JSON', header, base64url(octets('sub=ada')), noToken],
    ['a payload that is null', header, json(null), noToken],
    ['a payload that is an array', header, json([claims]), noToken],
    ['a payload that is a number', header, json(7), noToken],
    ['no algorithm', json({ kid: 'k1' }), payload, noToken],
    ['an algorithm that is no text', json({ alg: ['RS256'] }), payload, noToken],
    ['another algorithm', json({ alg: 'RS512' }), payload, 'the ID token is signed by another algorithm (alg)'],
    ['crit', json({ alg: 'RS256', crit: [] }), payload, 'the ID token wants to be read otherwise (crit)'],
    ['b64', json({ alg: 'RS256', b64: true }), payload, 'the ID token wants to be read otherwise (crit)'],
    ['a key ID that is not published', json({ alg: 'RS256', kid: 'k9' }), payload, unread],
  ])('for %s', async (_, first, second, message) => {
    const error = await errorOf(verify(await signParts(first, second)))
    expect(error).toMatchObject({ code: 'id_token_invalid', message })
  })

  test.each([
    ['an empty text', () => '', noToken],
    ['one part', (token: string) => token.replaceAll('.', ''), noToken],
    ['two parts', (token: string) => token.slice(0, token.lastIndexOf('.')), noToken],
    ['four parts', (token: string) => `${token}.AAAA`, noToken],
    ['an empty signature', (token: string) => token.replace(/[^.]+$/, ''), noToken],
    ['a signature that is not base64url', (token: string) => `${token}=`, noToken],
    ['a signature cut short', (token: string) => token.slice(0, -4), unsigned],
    ['a claim changed after it was signed', (token: string) => token.replace(payload, json({ sub: 'eve' })), unsigned],
  ])('for %s', async (_, change, message) => {
    const error = await errorOf(verify(change(await signParts(header, payload))))
    expect(error).toMatchObject({ code: 'id_token_invalid', message })
  })

  test('for the signature of another key', async () => {
    const error = await errorOf(verify(await sign(claims, { key: await keyOf('RS256', 'k1') })))
    expect(error).toMatchObject({ code: 'id_token_invalid', message: unsigned })
  })

  test('for a signature by a key of 1024 bits', async () => {
    const key = await rsaKey(1024)
    const error = await errorOf(verify(await signParts(header, payload, key), [key.jwk]))
    expect(error.message).toBe('the ID token is signed with a key that is too short')
  })

  test('for an algorithm that the cryptography does not know', async () => {
    const unknowing = { sha256: () => '', verify: () => undefined }
    const error = await errorOf(verify(await signParts(header, payload), [rs256.jwk], { cryptography: unknowing }))
    expect(error.message).toBe(unsigned)
  })
})

test.each(ways)('a token that is not UTF-8 is refused %s', async (_way, which) => {
  const latin1 = Uint8Array.from(JSON.stringify({ ...claims, name: 'Zoë' }), (character) => character.charCodeAt(0))
  const idToken = await signParts(header, base64url(latin1))
  expect((await errorOf(verify(idToken, [rs256.jwk], { cryptography: which }))).code).toBe('id_token_invalid')
})
