import { fc, test } from '@fast-check/vitest'
import { type Callback, Pkce } from '@grantkit/core'
import { describe, expect, vi } from 'vitest'
import { metadata } from '../support/acme.ts'
import { begin } from '../support/begun-login.ts'
import { callbackForms, type Pairs } from '../support/callback-forms.ts'
import { cases } from '../support/cases.ts'
import { answering, valueOf } from '../support/offline-provider.ts'
import { goodToken } from '../support/scene.ts'

vi.setConfig({ testTimeout: 120_000 })

/** What becomes of a callback: `token`, or the code of the error. `{state}` stands for the state of its login. */
async function verdict(pairs: Pairs, form: (pairs: Pairs) => Callback): Promise<string> {
  const login = answering(() => Response.json(goodToken)).grant(Pkce)
  const { transaction } = await login.authorize()
  const filled = pairs.map(([name, value]): [string, string] => [name, value.replace('{state}', transaction.state)])
  return login.requestToken(form(filled), transaction).then(
    () => 'token',
    (error: { code?: string }) => error.code ?? String(error),
  )
}

const [asString, ...others] = Object.values(callbackForms)

describe('every form of a callback gets the same verdict as its URL', () => {
  const good: Pairs = [
    ['code', 'canary-code'],
    ['state', '{state}'],
  ]

  test.each<[string, Pairs, string]>([
    ['a good one', good, 'token'],
    ['a good one with its issuer', [...good, ['iss', metadata.issuer]], 'token'],
    [
      'a wrong state',
      [
        ['code', 'canary-code'],
        ['state', 'other'],
      ],
      'state_mismatch',
    ],
    ['no state', [['code', 'canary-code']], 'state_mismatch'],
    ['a wrong issuer', [...good, ['iss', 'https://evil.example']], 'issuer_mismatch'],
    [
      'a denial',
      [
        ['error', 'access_denied'],
        ['state', '{state}'],
      ],
      'authorization_denied',
    ],
    [
      'an error',
      [
        ['error', 'server_error'],
        ['state', '{state}'],
      ],
      'authorization_error',
    ],
    ['a repeated code', [...good, ['code', 'canary-code']], 'callback_invalid'],
    ['a repeated state', [...good, ['state', '{state}']], 'callback_invalid'],
    ['a token', [...good, ['access_token', 'canary-token']], 'callback_invalid'],
    ['a parameter called url', [...good, ['url', '?code=canary-evil&state=evil']], 'token'],
    ['a parameter called href', [...good, ['href', '?code=canary-evil&state=evil']], 'token'],
    [
      'parameters called like methods',
      [...good, ['getAll', 'x'], ['get', 'y'], ['method', 'POST'], ['toString', 'z']],
      'token',
    ],
    ['a parameter called __proto__', [...good, ['__proto__', 'x']], 'token'],
    ['a long parameter', [...good, ['x', 'x'.repeat(16_400)]], 'callback_invalid'],
  ])('%s', async (_, pairs, expected) => {
    for (const [name, form] of Object.entries(callbackForms))
      expect([name, await verdict(pairs, form)]).toEqual([name, expected])
  })

  const names = fc.constantFrom(
    'code',
    'state',
    'iss',
    'error',
    'error_uri',
    'token',
    'url',
    'href',
    'getAll',
    '__proto__',
    'x',
  )
  const values = fc.constantFrom(
    'a-code', // its issuer is told in an error
    '{state}',
    metadata.issuer,
    'access_denied',
    '',
    '?code=x&state={state}',
    'é&=+ %',
  )
  // A code that is the issuer's URL would be looked for, and found, wherever the issuer is named.
  const pair = fc.tuple(names, values).filter(([name, value]) => name !== 'code' || value !== metadata.issuer)
  const pairs = fc.array(pair, { minLength: 1, maxLength: 5 })

  test.prop([fc.boolean(), pairs], { ...cases, numRuns: cases.numRuns / 5 })(
    'whatever its parameters are',
    async (fits, more) => {
      const all = fits ? [...good, ...more] : more
      const expected = await valueOf(() => verdict(all, asString!))
      for (const form of others) expect(await verdict(all, form)).toBe(expected)
    },
  )
})

describe('what is not a string', () => {
  test('is left out where it is undefined', async () => {
    const { login, transaction, state, lastRequest } = await begin()
    await login.requestToken({ code: 'canary-code', state, error: undefined, iss: [undefined] }, transaction)
    expect((await lastRequest()).form?.['code']).toBe('canary-code')
  })

  test.each([[null], [7], [true], [{ $gt: '' }], [['a', { b: 'c' }]], [[['a']]]])('%j is refused', async (value) => {
    const { finish, state } = await begin()
    for (const name of ['code', 'error', 'whatever'])
      expect((await finish({ code: 'canary-code', state, [name]: value })).code).toBe('callback_invalid')
  })
})
