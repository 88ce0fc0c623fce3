import type { JWK } from 'jose'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { judgeKeys } from '../../src/protocol/openid/judge-keys.ts'
import { base64url } from '../../src/wire/base64url.ts'
import { published, verifyText } from '../support/id-tokens.ts'
import { honest } from '../support/id-tokens.ts'
import { es256, keyOf, logIn, openid, rs256, sign } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'

/** A number of so many octets, the highest bit first. */
const octets = (length: number, first = 0xff): string => base64url(new Uint8Array(length).fill(1).fill(first, 0, 1))
const rsa = (changes: object): JWK => ({ ...rs256.jwk, ...changes })

/** What is computed with keys while a test runs. */
function watched() {
  const [imported, verified] = [vi.spyOn(crypto.subtle, 'importKey'), vi.spyOn(crypto.subtle, 'verify')]
  onTestFinished(() => {
    imported.mockRestore()
    verified.mockRestore()
  })
  return { imported, verified }
}

describe('a key is judged by its size before anything is computed with it', () => {
  test.each<[string, JWK]>([
    ['an RSA key of 2048 bits', rsa({ n: octets(256) })],
    ['an RSA key of 8192 bits', rsa({ n: octets(1024) })],
    ['one whose modulus has leading zeros', rsa({ n: base64url(new Uint8Array(300).fill(7, 40)) })],
    ['an exponent of four octets, below 2^32', rsa({ e: octets(4) })],
    ['a key on P-256', es256.jwk],
  ])('%s may verify', (_, key) => expect(judgeKeys({ keys: [key] })).toHaveLength(1))

  test.each<[string, object]>([
    ['an RSA key of 2040 bits', rsa({ n: octets(255) })],
    ['an RSA key of 8200 bits', rsa({ n: octets(1025) })],
    ['a modulus of half a megabyte', rsa({ n: 'f'.repeat(500_000) })],
    ['an exponent of five octets', rsa({ e: octets(5) })],
    ['an exponent as long as the modulus', rsa({ e: rs256.jwk.n })],
    ['an exponent of zero', rsa({ e: 'AAAA' })],
    ['an exponent that is missing', rsa({ e: undefined })],
    ['an exponent that is a number', rsa({ e: 65537 })],
    ['a modulus that is not base64url', rsa({ n: `${'/'.repeat(342)}=` })],
    ['an unknown curve', { ...es256.jwk, crv: 'P-0' }],
    ['a symmetric key', { kty: 'oct', k: octets(32) }],
  ])('%s may not', (_, key) => expect(judgeKeys({ keys: [key] })).toEqual([]))

  test('of a set, a hundred count', () => {
    const keys = Array.from({ length: 150 }, (_, i) => rsa({ kid: `k${i}` }))
    expect(judgeKeys({ keys })?.map(({ kid }) => kid)).toEqual(keys.slice(0, 100).map(({ kid }) => kid))
  })

  test('half a megabyte of keys with exponents as long as their modulus is never computed with', async () => {
    const { imported, verified } = watched()
    const slow = Array.from({ length: 180 }, (_, i) => rsa({ n: octets(1024), e: octets(1024), kid: `k${i % 2}` }))
    expect(JSON.stringify({ keys: slow }).length).toBeGreaterThan(500_000)
    const stage = await openid({ keys: slow.slice(0, 170) })
    expect((await errorOf(logIn(stage))).code).toBe('id_token_invalid')
    expect(imported).not.toHaveBeenCalled()
    expect(verified).not.toHaveBeenCalled()
  })
})

describe('a token without a key ID', () => {
  const others = Promise.all(Array.from({ length: 6 }, (_, i) => keyOf('RS256', `other ${i}`)))

  test.each([
    [0, true],
    [3, true],
    [4, false],
    [6, false],
  ])('is verified with four candidates at most: the right one has %i before it', async (before, accepted) => {
    const decoys = (await others).map(({ jwk }) => jwk)
    const idToken = await sign(honest, { header: { kid: undefined } })
    const { verified } = watched()
    const keys = published(...decoys.slice(0, before), rs256.jwk, ...decoys.slice(before))
    const claims = verifyText(idToken, {}, { keys })
    if (accepted) expect((await claims)['sub']).toBe('ada')
    else expect((await errorOf(claims)).code).toBe('id_token_invalid')
    expect(verified).toHaveBeenCalledTimes(Math.min(4, before + 1))
  })
})

test('the deadline covers the verification itself', async () => {
  const stage = await openid()
  const { verified } = watched()
  verified.mockReturnValue(new Promise<boolean>(() => {}))
  const late = errorOf(logIn(stage))
  await expect.poll(() => verified.mock.calls.length).toBe(1)
  await stage.clock.advance(10_000)
  expect(await late).toMatchObject({
    code: 'timeout',
    action: 'retry',
    provider: 'acme',
    message: 'the ID token of acme was not verified within 10000 ms',
  })
  expect(stage.clock.waiting).toBe(0)
})
