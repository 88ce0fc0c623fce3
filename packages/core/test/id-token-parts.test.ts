import type { JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { base64url } from '../src/wire/base64url.ts'
import { type SignatureContext, verifySignature } from '../src/protocol/openid/signature.ts'
import { KeySet } from '../src/protocol/openid/key-set.ts'
import { someTime, testClock } from './support/clock.ts'
import { eddsa, es256, type Key, keyOf, rs256, sign } from './support/openid.ts'
import { errorOf } from './support/scene.ts'

const claims = { sub: 'ada', exp: someTime / 1000 + 300 }

/** Verifies with the keys that are published. */
const verify = (idToken: string, keys: JWK[] = [rs256.jwk], changes: Partial<SignatureContext> = {}) =>
  verifySignature(idToken, {
    algorithms: ['RS256'],
    keys: new KeySet(async () => ({ keys }), testClock()),
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

describe('an ID token that is signed as it should be is accepted', () => {
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
    const signed = await verify(await sign(claims, { key }), [rs256.jwk, key.jwk], { algorithms: ['RS512', algorithm] })
    expect(signed).toEqual({ header: { alg: algorithm, kid: key.jwk.kid }, payload: claims })
  })

  test('by a key of 2048 bits, the fewest', async () => {
    const key = await rsaKey(2048)
    const { payload: read } = await verify(await signParts(header, payload, key), [key.jwk])
    expect(read).toEqual(claims)
  })

  test.each(['Zoë', '北京', '😀', '>>>???', '"', ''])('with the string %j in a claim', async (name) => {
    const second = json({ ...claims, name, more: 'ASCII' })
    const { payload: read } = await verify(await signParts(header, second), [rs256.jwk])
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
        expect((await verify(idToken, keys)).payload).toEqual(claims)
  })
})

describe('a malformed ID token is refused', () => {
  test.each([
    ['nothing but a signature', '', ''],
    ['a header that is not base64url', `!${header}`, payload],
    ['an empty header', '', payload],
    ['an empty payload', header, ''],
    ['a payload with a character of base64', header, `${payload}+`],
    ['a payload that is cut within four characters', header, 'AAAAA'],
    ['a header that is not JSON', base64url(octets('{')), payload],
    ['a header that is null', json(null), payload],
    ['a header that is an array', json([{ alg: 'RS256' }]), payload],
    ['a header that is a string', json('RS256'), payload],
    ['a payload that is not JSON', header, base64url(octets('sub=ada'))],
    ['a payload that is null', header, json(null)],
    ['a payload that is an array', header, json([claims])],
    ['a payload that is a number', header, json(7)],
    ['no algorithm', json({ kid: 'k1' }), payload],
    ['an algorithm that is not a string', json({ alg: ['RS256'] }), payload],
    ['another algorithm', json({ alg: 'RS512' }), payload],
    ['crit', json({ alg: 'RS256', crit: [] }), payload],
    ['a key ID that is not published', json({ alg: 'RS256', kid: 'k9' }), payload],
  ])('for %s', async (_, first, second) => {
    expect((await errorOf(verify(await signParts(first, second)))).code).toBe('id_token_invalid')
  })

  test.each([
    ['an empty string', () => ''],
    ['one part', (token: string) => token.replaceAll('.', '')],
    ['two parts', (token: string) => token.slice(0, token.lastIndexOf('.'))],
    ['four parts', (token: string) => `${token}.AAAA`],
    ['an empty signature', (token: string) => token.replace(/[^.]+$/, '')],
    ['a signature that is not base64url', (token: string) => `${token}=`],
    ['a signature cut short', (token: string) => token.slice(0, -4)],
    ['a claim changed after it was signed', (token: string) => token.replace(payload, json({ sub: 'eve' }))],
  ])('for %s', async (_, change) => {
    expect((await errorOf(verify(change(await signParts(header, payload))))).code).toBe('id_token_invalid')
  })

  test('for the signature of another key', async () => {
    const idToken = await sign(claims, { key: await keyOf('RS256', 'k1') })
    expect((await errorOf(verify(idToken))).code).toBe('id_token_invalid')
  })

  test('for a signature by a key of 1024 bits', async () => {
    const key = await rsaKey(1024)
    const idToken = await signParts(header, payload, key)
    expect((await errorOf(verify(idToken, [key.jwk]))).code).toBe('id_token_invalid')
  })
})

test('an ID token that is not UTF-8 is refused', async () => {
  const latin1 = Uint8Array.from(JSON.stringify({ ...claims, name: 'Zoë' }), (character) => character.charCodeAt(0))
  const idToken = await signParts(header, base64url(latin1))
  expect((await errorOf(verify(idToken, [rs256.jwk]))).code).toBe('id_token_invalid')
})
