import { Provider, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { errorOf } from '../support/scene.ts'

const nonEmpty = 'has to be a non-empty string'
const time = 'has to be a number of milliseconds since the epoch'
const list = 'has to be an array of strings'
const object = 'has to be an object of JSON values'

describe('an invalid field of a token says what it is', () => {
  test.each<[string, string, readonly unknown[]]>([
    ['tokenType', nonEmpty, [7, '', null, ['Bearer']]],
    ['refreshToken', nonEmpty, [7, '', null, {}]],
    ['idToken', nonEmpty, [7, '', null, true]],
    ['expiresAt', time, ['5', null, Number.NaN, Number.POSITIVE_INFINITY, new Date(0)]],
    ['refreshExpiresAt', time, ['5', null, Number.NaN]],
    ['authorizedAt', time, ['5', null, Number.NaN]],
    ['scope', list, ['read', null, [1], [null], {}]],
    ['requestedScope', list, ['read', null, ['read', 1]]],
    ['claims', object, ['x', null, [], 7, true]],
    ['extra', object, ['x', null, [], 7, true]],
  ])('%s %s', async (name, kind, values) => {
    for (const value of values) {
      const error = await errorOf(() => new Token({ accessToken: 'canary-at', [name]: value }))
      expect(error).toMatchObject({ code: 'config_invalid', message: `${name} of a token ${kind}` })
    }
  })

  test.each<[string, unknown]>([
    [`a token has to be an object: write { accessToken: '…' }`, null],
    [`a token has to be an object: write { accessToken: '…' }`, 7],
    ['a token needs an accessToken: a non-empty string of printable ASCII', {}],
    ['a token needs an accessToken: a non-empty string of printable ASCII', { accessToken: 7 }],
    ['a token needs an accessToken: a non-empty string of printable ASCII', { accessToken: 'a b' }],
    [
      'this is not the JSON of a token: store JSON.stringify(token), and pass that string to Token.from',
      '{"accessToken":"canary-at"',
    ],
    ...['access_token', 'token_type', 'expires_in', 'refresh_token', 'id_token'].map((name): [string, unknown] => [
      `${name} is a name on the wire: write { accessToken, refreshToken, expiresAt }, times in milliseconds since the epoch`,
      { accessToken: 'canary-at', [name]: 'x' },
    ]),
  ])('%s', async (message, stored) => {
    const error = await errorOf(() => Token.from(stored as never))
    expect(error).toMatchObject({ code: 'config_invalid', message })
  })
})

test('a frozen definition may hold any plain data', () => {
  const metadata = Object.freeze({
    token_endpoint: 'https://id.acme.example/token',
    op_policy_uri: null,
    claims_supported: Object.freeze(['sub', null, 7]),
  })
  const definition = Object.freeze({ name: 'acme', metadata })
  const providers = [1, 2].map(() => new Provider(definition as never, { clientId: 'cid', clientSecret: 's' }))
  expect(providers.map((provider) => provider.definition.metadata)).toEqual([metadata, metadata])
  expect(providers[0]?.definition).toBe(providers[1]?.definition)
})
