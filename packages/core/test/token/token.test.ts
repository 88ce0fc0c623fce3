import { Token, type TokenFields } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { errorOf } from '../support/scene.ts'

const members: TokenFields = {
  accessToken: 'canary-access-token',
  tokenType: 'Bearer',
  scope: ['scope-1', 'scope-2'],
  requestedScope: ['scope-1', 'scope-2', 'scope-3'],
  resource: ['https://api.example/', 'https://other.example/'],
  expiresAt: 1_600_000_000_000,
  refreshExpiresAt: 1_700_000_000_000,
  authorizedAt: 1_500_000_000_000,
  refreshToken: 'canary-refresh-token',
  idToken: 'canary-id-token',
  claims: { sub: 'ada', groups: ['a', { b: 1 }] },
  extra: { custom_param: 'value', nested: { deep: [1] } },
}
const token = new Token(members)

describe('a token', () => {
  test('has own, enumerable fields', () => {
    expect({ ...token }).toEqual(members)
    expect(Object.keys(token).toSorted()).toEqual(Object.keys(members).toSorted())
  })

  test('is frozen at every level', () => {
    expect(Object.isFrozen(token)).toBe(true)
    expect(() => Object.assign(token, { accessToken: 'x' })).toThrow(TypeError)
    for (const part of [
      token.scope,
      token.requestedScope,
      token.claims?.['groups'],
      token.extra,
      token.extra['nested'],
    ])
      expect(Object.isFrozen(part)).toBe(true)
  })

  test('shares nothing with what it was made of', () => {
    const scope = ['a']
    const extra = { nested: { deep: [1] } }
    const made = new Token({ accessToken: 'a', scope, extra })
    scope.push('b')
    extra.nested.deep.push(2)
    expect(made.scope).toEqual(['a'])
    expect(made.extra).toEqual({ nested: { deep: [1] } })
  })

  test('5.5.2: survives JSON without loss', () => {
    const again = Token.from(JSON.stringify(token))
    expect(again).toStrictEqual(token)
    expect(JSON.stringify(again)).toBe(JSON.stringify(token))
    expect(Token.from(JSON.parse(JSON.stringify(token)))).toStrictEqual(token)
  })

  test('5.5.2: writes only the fields that are there', () => {
    expect(JSON.parse(JSON.stringify(Token.from({ accessToken: 'a' })))).toEqual({
      accessToken: 'a',
      tokenType: 'Bearer',
      scope: [],
      extra: {},
    })
  })

  test('keeps fields that a later version has stored, among its extras', () => {
    const stored = { accessToken: 'a', dpopKey: { kty: 'EC' }, extra: { user: 1 } } as TokenFields
    expect(Token.from(stored).extra).toEqual({ dpopKey: { kty: 'EC' }, user: 1 })
    expect(Token.from(JSON.stringify(Token.from(stored)))).toStrictEqual(Token.from(stored))
  })

  test('E-29: a stored access token is enough', () => {
    expect(Token.from({ accessToken: 'a' })).toMatchObject({ accessToken: 'a', tokenType: 'Bearer', scope: [] })
    expect(Token.from('{"accessToken":"a"}').accessToken).toBe('a')
    expect(Token.from(token)).toBe(token)
  })

  test.each(['bearer', 'BEARER', 'Bearer'])('spells %s as Bearer, and dpop as DPoP', (tokenType) => {
    expect(Token.from({ accessToken: 'a', tokenType }).tokenType).toBe('Bearer')
    expect(Token.from({ accessToken: 'a', tokenType: 'dpop' }).tokenType).toBe('DPoP')
    expect(Token.from({ accessToken: 'a', tokenType: 'N_A' }).tokenType).toBe('N_A')
  })
})

describe('isExpired', () => {
  test.each([
    [0, 1_599_999_999_999, false],
    [0, 1_600_000_000_000, true],
    [60, 1_599_999_939_999, false],
    [60, 1_599_999_940_000, true],
    [-60, 1_600_000_059_999, false],
  ])('with a leeway of %i s at %i is %s', (leeway, now, expired) => expect(token.isExpired(leeway, now)).toBe(expired))

  test('goes by the time of the machine unless told otherwise', () => {
    expect(token.isExpired()).toBe(true)
    expect(token.with({ expiresAt: Date.now() + 100_000 }).isExpired()).toBe(false)
  })

  test('is false where the expiry is unknown', () =>
    expect(token.with({ expiresAt: undefined }).isExpired(1e9)).toBe(false))
})

describe('hasScope', () => {
  test.each([
    [['scope-1'], true],
    [['scope-1', 'scope-2'], true],
    [['scope-3'], false],
    [['SCOPE-1'], false],
    [['scope-1', 'scope-3'], false],
    [[], true],
  ])('%j is %s', (scopes, granted) => expect(token.hasScope(...scopes)).toBe(granted))
})

describe('with', () => {
  test('changes some fields of a copy', () => {
    const changed = token.with({ accessToken: 'new', refreshToken: undefined })
    expect(changed).toMatchObject({ accessToken: 'new', scope: token.scope })
    expect(changed).not.toHaveProperty('refreshToken')
    expect(token.refreshToken).toBe('canary-refresh-token')
  })
})

describe('what is not a token', () => {
  test.each([
    ['', 'JSON'],
    ['not json', 'JSON'],
    ['null', 'an object'],
    ['{}', 'accessToken'],
    [{ accessToken: '' }, 'accessToken'],
    [{ accessToken: 'canary\r\nX: y' }, 'accessToken'],
    [{ accessToken: 'canaryé' }, 'accessToken'],
    [{ access_token: 'a' }, 'name on the wire'],
    [{ accessToken: 'a', expires_in: 3600 }, 'expires_in is a name on the wire'],
    [{ accessToken: 'a', expiresAt: '2026-01-01' }, 'milliseconds'],
    [{ accessToken: 'a', expiresAt: Number.NaN }, 'milliseconds'],
    [{ accessToken: 'a', scope: 'a b' }, 'an array of strings'],
    [{ accessToken: 'a', scope: [1] }, 'an array of strings'],
    [{ accessToken: 'a', refreshToken: '' }, 'non-empty'],
    [{ accessToken: 'a', extra: [] }, 'an object'],
    [{ accessToken: 'a', claims: 'x' }, 'an object'],
  ])('A69: %j says what to write', async (stored, advice) => {
    const error = await errorOf(() => Token.from(stored as never))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })

  test('A14: the error does not show what was given', async () => {
    const error = await errorOf(() =>
      Token.from({ accessToken: 'canary value\n', refreshToken: 'canary-refresh-token' }),
    )
    expect(error.code).toBe('config_invalid')
  })
})

test('A15: a template string shows no secret', () => {
  expect(`${token}`).toBe('Token Bearer [redacted]')
  expect('' + token).toBe('Token Bearer [redacted]')
})
