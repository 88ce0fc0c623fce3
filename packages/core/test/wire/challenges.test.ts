import { ClientCredentials } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { parseChallenges } from '../../src/wire/challenges.ts'
import { errorOf, scene } from '../support/scene.ts'
import { vectorsOf } from '../support/vectors.ts'

const parsed = (header: string | null) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, { ...parameters }])

describe('a WWW-Authenticate header', () => {
  test.each(vectorsOf('WWW-Authenticate'))('R39: $name', ({ input, expected }) => {
    const wanted = (expected as { scheme: string; params: object }[]).map(({ scheme, params }) => [scheme, params])
    expect(parsed(String(input['header']))).toEqual(wanted)
  })

  test.each<[string, unknown]>([
    ['bEaReR Error=invalid_token', [['bearer', { error: 'invalid_token' }]]],
    ['Bearer error = "a" , scope\t=\t"b c"', [['bearer', { error: 'a', scope: 'b c' }]]],
    [
      String.raw`Bearer error_description="a \"quoted\" word, and \\ more"`,
      [['bearer', { error_description: 'a "quoted" word, and \\ more' }]],
    ],
    ['Bearer error=a, error=b', [['bearer', { error: 'a' }]]],
    ['Bearer error="a" scope="b"', [['bearer', { error: 'a', scope: 'b' }]]], // a comma too few
    [
      'Basic, Bearer, DPoP',
      [
        ['basic', {}],
        ['bearer', {}],
        ['dpop', {}],
      ],
    ],
    [
      'NTLM TlRMTVNTUAAC==, Bearer error=a',
      [
        ['ntlm', {}],
        ['bearer', { error: 'a' }],
      ],
    ],
    [', ,Bearer error=a,,', [['bearer', { error: 'a' }]]],
    ['Bearer error="", scope=""', [['bearer', { error: '', scope: '' }]]],
    ['Bearer __proto__="x"', [['bearer', Object.fromEntries([['__proto__', 'x']])]]],
  ])('R39: %s', (header, expected) => expect(parsed(header)).toEqual(expected))

  test.each([null, '', ',,,', '=', '"', 'error="invalid_grant"', '\u0000', 'é', '(comment) Bearer error=a'])(
    'R39: one that breaks the grammar has no challenge: %j',
    (header) => expect(parsed(header)).toEqual([]),
  )

  test.each<[string, unknown]>([
    ['Bearer error="never closed', [['bearer', {}]]],
    ['Bearer error="a", =b', [['bearer', { error: 'a' }]]],
  ])('R39: one that breaks it later is read up to there: %s', (header, expected) =>
    expect(parsed(header)).toEqual(expected),
  )

  // Were any of this read in more than one pass, it would not end within the time of a test.
  test.each<[string, (n: number) => string]>([
    ['escaped quotes that are never closed', (n) => `Bearer a="${String.raw`\"`.repeat(n)}`],
    ['commas', (n) => `Bearer ${','.repeat(n)}`],
    ['equals signs', (n) => `Bearer ${'a='.repeat(n)}`],
    ['one long token', (n) => `Bearer a=${'b'.repeat(n)}(`],
    ['credentials that are none', (n) => `Bearer ${'a'.repeat(n)}===(`],
    ['spaces', (n) => `Bearer a${' '.repeat(n)}(`],
    ['schemes', (n) => 'a '.repeat(n)],
    ['parameters', (n) => `Bearer ${'a=b,'.repeat(n)}`],
  ])('A61: is read in one pass, however long: %s', (_, make) => {
    for (const n of [1000, 16_000, 1_000_000]) expect(parsed(make(n)).length).toBeGreaterThan(0)
  })

  test('A61: on a token error that is too long for a header, or malformed, it is still an error', async () => {
    for (const header of [`Bearer a="${String.raw`\"`.repeat(3000)}`, 'Bearer error="', ','.repeat(6000)]) {
      const { provider } = await scene({ status: 401, headers: { 'www-authenticate': header } })
      const error = await errorOf(provider().grant(ClientCredentials).requestToken())
      expect(error).toMatchObject({ code: 'token_error', status: 401 })
    }
  })
})

describe('an error in a body', () => {
  test.each<[string, (n: number) => string]>([
    ['parameters that never become an error', (n) => `${'a=&'.repeat(n)}x`],
    ['equals signs', (n) => `${'='.repeat(n)}&`],
    ['names', (n) => 'error='.repeat(n)],
    ['a page', (n) => `<p>${'a=b&'.repeat(n)}error=x`],
    ['brackets', (n) => '['.repeat(n)],
    ['scopes', (n) => JSON.stringify({ access_token: 'canary', token_type: 'Bearer', scope: 'a '.repeat(n) })],
  ])('A61: is looked for in one pass, however long it is: %s', async (_, make) => {
    for (const n of [1000, 16_000, 150_000]) {
      for (const status of [200, 400]) {
        const { provider } = await scene({ status, text: make(n) })
        const result = provider().grant(ClientCredentials).requestToken()
        await result.catch(() => undefined)
        expect(status === 200 || (await errorOf(result)).status === 400).toBe(true)
      }
    }
  })
})
