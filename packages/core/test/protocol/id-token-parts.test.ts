import type { JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { base64url } from '../../src/wire/base64url.ts'
import { verifySignature } from '../../src/protocol/openid/signature.ts'
import { someTime } from '../support/clock.ts'
import { published, verifyText } from '../support/id-tokens.ts'
import { eddsa, es256, type Key, keyOf, rs256, sign } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'

const claims = { sub: 'ada', exp: someTime / 1000 + 300 }

/** Verifies the signature with the keys that are published. */
const verify = (idToken: string, keys: JWK[] = [rs256.jwk], algorithms = ['RS256']) =>
  verifySignature(idToken, { algorithms, keys: published(...keys) })

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

describe('a token that is signed as it should be is accepted', () => {
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
    const signed = await verify(await sign(claims, { key }), [rs256.jwk, key.jwk], ['RS512', algorithm])
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

describe('a token that is flawed is refused', () => {
  const noToken = 'the ID token of acme is not a signed token (RFC 7515 §7.1)'
  const unsigned = 'the ID token of acme is not signed as it should be'
  const noClaims = 'the ID token of acme holds no claims'

  test.each([
    ['nothing but a signature', '', '', noToken],
    ['a header that is base64, not base64url', `${header}=`, payload, noToken],
    ['a header that is not base64url', `!${header}`, payload, noToken],
    ['an empty header', '', payload, noToken],
    ['an empty payload', header, '', noToken],
    ['a payload with a line break', header, `${payload}\n`, noToken],
    ['a payload with a character of base64', header, `${payload}+`, noToken],
    ['a payload that is cut within four characters', header, 'AAAAA', unsigned],
    ['a header that is not JSON', base64url(octets('{')), payload, unsigned],
    ['a header that is null', json(null), payload, unsigned],
    ['a header that is an array', json([{ alg: 'RS256' }]), payload, unsigned],
    ['a header that is a string', json('RS256'), payload, unsigned],
    ['a payload that is not JSON', header, base64url(octets('sub=ada')), noClaims],
    ['a payload that is null', header, json(null), noClaims],
    ['a payload that is an array', header, json([claims]), noClaims],
    ['a payload that is a number', header, json(7), noClaims],
    ['no algorithm', json({ kid: 'k1' }), payload, unsigned],
    ['an algorithm that is not a string', json({ alg: ['RS256'] }), payload, unsigned],
    ['another algorithm', json({ alg: 'RS512' }), payload, unsigned],
    ['crit', json({ alg: 'RS256', kid: 'k1', crit: [] }), payload, unsigned],
    ['an unknown extension', json({ alg: 'RS256', kid: 'k1', crit: ['x'], x: 1 }), payload, unsigned],
    ['b64', json({ alg: 'RS256', kid: 'k1', crit: ['b64'], b64: false }), payload, noClaims],
    ['a key ID that is not published', json({ alg: 'RS256', kid: 'k9' }), payload, unsigned],
  ])('for %s', async (_, first, second, message) => {
    const error = await errorOf(verifyText(await signParts(first, second)))
    expect(error).toMatchObject({ code: 'id_token_invalid', message })
  })

  test.each([
    ['an empty string', () => '', noToken],
    ['one part', (token: string) => token.replaceAll('.', ''), noToken],
    ['two parts', (token: string) => token.slice(0, token.lastIndexOf('.')), noToken],
    ['four parts', (token: string) => `${token}.AAAA`, noToken],
    ['an empty signature', (token: string) => token.replace(/[^.]+$/, ''), noToken],
    ['a signature that is not base64url', (token: string) => `${token}=`, noToken],
    ['a signature cut short', (token: string) => token.slice(0, -4), unsigned],
    ['a claim changed after it was signed', (token: string) => token.replace(payload, json({ sub: 'eve' })), unsigned],
  ])('for %s', async (_, change, message) => {
    const error = await errorOf(verifyText(change(await signParts(header, payload))))
    expect(error).toMatchObject({ code: 'id_token_invalid', message })
  })

  test('for the signature of another key', async () => {
    const error = await errorOf(verifyText(await sign(claims, { key: await keyOf('RS256', 'k1') })))
    expect(error).toMatchObject({ code: 'id_token_invalid', message: unsigned })
  })

  test('for a signature by a key of 1024 bits', async () => {
    const key = await rsaKey(1024)
    const error = await errorOf(verifyText(await signParts(header, payload, key), {}, { keys: published(key.jwk) }))
    expect(error).toMatchObject({ code: 'id_token_invalid', message: unsigned })
  })
})

test('a token that is not UTF-8 is refused, and nothing of it is quoted', async () => {
  const latin1 = Uint8Array.from(JSON.stringify({ ...claims, name: 'Zoë' }), (character) => character.charCodeAt(0))
  const idToken = await signParts(header, base64url(latin1))
  expect((await errorOf(verifyText(idToken))).code).toBe('id_token_invalid')
})

test('a payload that is not JSON is not quoted in the cause', async () => {
  const error = await errorOf(verifyText(await signParts(header, base64url(octets('canary of ada')))))
  expect(error.cause).toBeUndefined()
})
