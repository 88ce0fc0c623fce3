import { generatePkce, generateState, generateVerifier, GrantError, pkceChallenge } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { digest, base64url } from '../../src/wire/base64url.ts'
import { errorOf } from '../support/scene.ts'
import { vectorsOf } from '../support/vectors.ts'

const unreserved = /^[A-Za-z0-9\-._~]+$/

describe('5.1 PKCE', () => {
  test.each([
    ['dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'],
    ['bb064b23223dff9b805313cdafc355acc64f1642', '5FOTHWa4QWOwjDt1TV7O19MSuYxfDyjn4PwtG5WbPxg'],
    ['e15436a2bba525b651c2c6f6295a21045e718b5c', 'cq4hrh7ls3xSwtJRj9Q4YTQQQzJcij4GLbrEPDI2g68'],
  ])('R45: the S256 challenge of %s is %s, whatever its length', async (verifier, challenge) => {
    expect(await pkceChallenge(verifier)).toBe(challenge)
  })

  test.each([
    [new TextEncoder().encode('HelloWorld'), 'SGVsbG9Xb3JsZA'],
    [Uint8Array.of(0x04, 0x9f, 0x9c, 0xff, 0x3f, 0x0a), 'BJ-c_z8K'],
  ])('base64url has no padding and no characters that a URL would change', (bytes, text) => {
    expect(base64url(bytes)).toBe(text)
  })

  test('R44, A42: for every length from 43 to 128 the verifier has exactly that many unreserved characters', () => {
    for (let length = 43; length <= 128; length++) {
      const verifier = generateVerifier(length)
      expect(verifier).toHaveLength(length)
      expect(verifier).toMatch(unreserved)
    }
  })

  test.each([42, 129, 10, 0, -1, 43.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'R50: a verifier of length %s is refused',
    async (length) => {
      const error = await errorOf(() => generateVerifier(length))
      expect(error.code).toBe('config_invalid')
      expect(error.message).toContain('between 43 and 128 characters')
      expect((await errorOf(generatePkce({ length }))).code).toBe('config_invalid')
    },
  )

  test('R50: a 40-character verifier is refused everywhere but in the bare challenge', async () => {
    const error = await errorOf(generatePkce({ verifier: 'bb064b23223dff9b805313cdafc355acc64f1642' }))
    expect(error).toBeInstanceOf(GrantError)
    expect(error.code).toBe('config_invalid')
  })

  test('R44, A42: ten thousand verifiers and states are all different', () => {
    const verifiers = Array.from({ length: 10_000 }, () => generateVerifier(43))
    const states = Array.from({ length: 10_000 }, generateState)
    expect(new Set([...verifiers, ...states]).size).toBe(20_000)
  })

  test('A42: every character of the alphabet is about as likely as the others', () => {
    const counts = new Map<string, number>()
    for (const character of Array.from({ length: 1000 }, () => generateVerifier(128)).join(''))
      counts.set(character, (counts.get(character) ?? 0) + 1)
    expect(counts.size).toBe(64)
    expect(Math.min(...counts.values())).toBeGreaterThan(1500) // 2000 expected, standard deviation 44
  })

  test('A42: the randomness does not come from Math.random', () => {
    const random = Math.random
    Math.random = () => 0.5
    try {
      expect(generateVerifier()).not.toBe(generateVerifier())
      expect(generateState()).not.toBe(generateState())
    } finally {
      Math.random = random
    }
  })
})

describe('vectors', () => {
  test.each(vectorsOf('pkce: code_verifier syntax'))('R50: $name', async ({ input, expected }) => {
    const verifier = input['code_verifier'] as string
    const accepted = await generatePkce({ verifier }).then(
      (proof) => proof.verifier === verifier,
      () => false,
    )
    expect({ valid: accepted }).toEqual(expected)
  })

  test.each(vectorsOf('pkce: S256'))('R45: $name', async ({ input, expected }) => {
    const verifier = input['code_verifier'] as string
    expect(await generatePkce({ verifier })).toEqual({ verifier, challenge: expected, method: 'S256' })
  })

  test.each(vectorsOf('pkce: SHA-256'))('$name', async ({ input, expected }) => {
    expect([...(await digest('SHA-256', input['code_verifier'] as string))]).toEqual(expected)
  })

  test.each(vectorsOf('pkce: 32 octets'))('$name', ({ input, expected }) => {
    expect(base64url(Uint8Array.from(input['octets'] as number[]))).toBe(expected)
  })
})
