import { fc, test } from '@fast-check/vitest'
import { memoryStore, Provider, Token, type TokenFields, type TokenStore } from '@grantkit/core'
import { describe, expect, vi } from 'vitest'
import { metadata } from '../support/acme.ts'
import { cases } from '../support/cases.ts'
import { testClock } from '../support/clock.ts'
import { leaksInPrint } from '../support/leaks.ts'
import { valueOf } from '../support/offline-provider.ts'
import { json, text } from '../support/random-input.ts'
import { errorOf } from '../support/scene.ts'

vi.setConfig({ testTimeout: 120_000 })

const fields: ReadonlySet<unknown> = new Set([
  'accessToken',
  'tokenType',
  'scope',
  'requestedScope',
  'resource',
  'expiresAt',
  'refreshExpiresAt',
  'authorizedAt',
  'refreshToken',
  'idToken',
  'claims',
  'extra',
])

/** A token is one of ours, has no field that is not a token's, and prints no secret. */
function checkToken(token: Token): void {
  expect(Object.getPrototypeOf(token)).toBe(Token.prototype)
  expect(Reflect.ownKeys(token).filter((name) => !fields.has(name))).toEqual([])
  expect(leaksInPrint('token', token)).toEqual([])
  expect([typeof token.isExpired, typeof token.hasScope, typeof token.with]).toEqual([
    'function',
    'function',
    'function',
  ])
  for (const part of [token, token.scope, token.extra]) expect(Object.isFrozen(part)).toBe(true)
  for (const part of [token.extra, token.claims ?? {}]) expect(Object.getPrototypeOf(part)).toBe(Object.prototype)
  expectSame(Token.from(JSON.stringify(token)), token)
}

/** Equal to the last field and its place; `toStrictEqual` goes by a field called `constructor`, which may be one of the extras. */
function expectSame(token: Token, other: Token): void {
  expect(JSON.stringify(token)).toBe(JSON.stringify(other))
}

describe('what was stored of a token', () => {
  test.each([
    ['a prototype', '{"accessToken":"canary-at","__proto__":{"refreshToken":"canary-rt","isAdmin":true}}'],
    ['a prototype deep in its extras', '{"accessToken":"canary-at","extra":{"a":[{"__proto__":{"isAdmin":true}}]}}'],
    ['a prototype in its claims', '{"accessToken":"canary-at","claims":{"__proto__":{"sub":"eve"}}}'],
    ['a constructor', '{"accessToken":"canary-at","constructor":{"prototype":{"isAdmin":true}}}'],
  ])('with %s is a token like any other', (_, stored) => {
    for (const given of [stored, JSON.parse(stored) as TokenFields]) {
      const token = Token.from(given)
      checkToken(token)
      expect(token).not.toHaveProperty('isAdmin')
      expect(token).not.toHaveProperty('refreshToken')
      expect(token.claims?.sub).toBeUndefined()
    }
  })

  test.each(['isExpired', 'hasScope', 'with', 'toString', 'toJSON', 'then', 'valueOf'])(
    'with a field %s hides no method',
    (name) => {
      const token = Token.from(
        `{"accessToken":"canary-at","expiresAt":1,"${name}":false}`.replace('"expiresAt":1,', ''),
      )
      checkToken(token)
      expect(token.extra).toEqual({ [name]: false })
      expect(token.isExpired()).toBe(false)
      expect(`${token}`).toBe('Token Bearer [redacted]')
    },
  )

  test('keeps what another version has stored, and its own extras go before it', () => {
    const token = Token.from('{"accessToken":"a","later":1,"user":"stored","extra":{"user":"said"}}')
    expect(token.extra).toEqual({ later: 1, user: 'said' })
  })

  test.each(['"text"', '7', '[1]', 'null', 'false'])('is refused where its extras are %s', async (extra) => {
    const error = await errorOf(() => Token.from(`{"accessToken":"canary-at","later":1,"extra":${extra}}`))
    expect(error).toMatchObject({
      code: 'config_invalid',
      message: 'extra of a token has to be an object of JSON values',
    })
  })

  const members = fc.record(
    {
      accessToken: fc.oneof({ weight: 5, arbitrary: fc.constant('canary-access-token') }, text),
      tokenType: fc.constantFrom('bearer', 'N_A'),
      scope: fc.array(text),
      requestedScope: fc.array(text),
      resource: fc.oneof(fc.constant('https://api.example/'), fc.array(fc.webUrl())),
      expiresAt: fc.oneof(fc.integer({ min: 1e11, max: 4e12 }), fc.constantFrom(0, -1)),
      refreshToken: fc.constant('canary-refresh-token'),
      idToken: fc.constant('canary.id.token'),
      claims: fc.dictionary(text, json, { maxKeys: 3 }),
      extra: fc.dictionary(text, json, { maxKeys: 3 }),
    },
    { requiredKeys: ['accessToken'] },
  )
  const hostile = fc.dictionary(
    fc.oneof(fc.constantFrom('__proto__', 'constructor', 'isExpired', 'toString', 'with', 'prototype', 'then'), text),
    fc.oneof(json, fc.constant({ accessToken: 'canary-other', isAdmin: true })),
    { maxKeys: 3 },
  )
  const stored = fc
    .tuple(fc.oneof({ weight: 4, arbitrary: members }, fc.constant({})), hostile)
    .map(([known, unknown]) => Object.fromEntries([...Object.entries(unknown), ...Object.entries(known)]) as object)
    .map((value) => JSON.stringify(value))
    .filter((stringified) => !stringified.includes(String.raw`"\\":`)) // JSON.parse of Node 24 and 26 takes the next escaped key for this one
    .map((stringified) => JSON.parse(stringified) as TokenFields) // what JSON can say, and nothing else

  test.prop([stored], cases)('is a token with our prototype and no other field, or refused', async (given) => {
    const token = await valueOf(() => Token.from(given))
    if (!token) return
    checkToken(token)
    expectSame(Token.from(JSON.stringify(given)), token)
  })

  test.prop([stored], cases)('never becomes more by `with`', async (changes) => {
    const token = Token.from({ accessToken: 'canary-at', extra: { kept: true } })
    const changed = await valueOf(() => token.with(changes))
    if (changed) checkToken(changed)
    expectSame(token, Token.from({ accessToken: 'canary-at', extra: { kept: true } }))
  })

  test.prop([stored], { ...cases, numRuns: cases.numRuns / 5 })('comes out of a store as it went in', async (given) => {
    const token = await valueOf(() => Token.from(given))
    if (!token) return
    const store = memoryStore()
    await source(store).save(token)
    const read = await valueOf(() => source(store).token()) // one that has expired cannot be refreshed here
    if (!read) return
    checkToken(read)
    expectSame(read, token)
  })
})

/** A token source of a process of its own: its provider, and nothing but the store in common. */
function source(store: TokenStore) {
  const fetch = () => Promise.reject(new TypeError('no network'))
  const provider = new Provider({ name: 'acme', metadata }, { clientId: 'cid' }, { fetch, clock: testClock() })
  return provider.tokenSource({ store, key: 'user:42', background: false })
}

describe('a field of a token that does not exist', () => {
  test.each([
    ['accesToken', 'write "accessToken"'],
    ['expires', 'write "expiresAt"'],
    ['isExpired', 'there are accessToken'],
    ['__proto__', 'there are accessToken'],
  ])('%s is refused where a token is written', async (name, advice) => {
    const written = JSON.parse(`{"accessToken":"canary-at","${name}":"canary-x"}`) as TokenFields
    for (const write of [() => new Token(written), () => Token.from({ accessToken: 'a' }).with(written)]) {
      const error = await errorOf(write)
      expect(error.code).toBe('config_invalid')
      expect(error.message).toContain(advice)
    }
  })

  test('cannot be slipped in by a getter', () => {
    let reads = 0
    const written = {
      get accessToken() {
        return ++reads === 1 ? 'canary-at' : 'canary\r\nX-Evil: 1'
      },
    }
    expect(new Token(written).accessToken).toBe('canary-at')
  })
})

describe('a time of a token', () => {
  const times = ['expiresAt', 'refreshExpiresAt', 'authorizedAt']

  test.each(times)('%s in seconds is refused, wherever it comes from', async (name) => {
    const seconds = Math.floor(Date.now() / 1000)
    for (const value of [seconds, 1, 99_999_999_999]) {
      const members = { accessToken: 'canary-at', [name]: value }
      for (const make of [
        () => new Token(members),
        () => Token.from(members),
        () => Token.from(JSON.stringify(members)),
        () => Token.from({ accessToken: 'canary-at' }).with({ [name]: value }),
      ])
        expect(await errorOf(make)).toMatchObject({
          code: 'config_invalid',
          message: `${name} of a token has to be in milliseconds since the epoch: ${value} can only be seconds`,
        })
    }
  })

  test.each(times)('%s is a number: a Date or a string is refused', async (name) => {
    for (const value of [new Date(), new Date().toISOString(), '1800000000000', null, Number.NaN, Infinity, 1n])
      expect(await errorOf(() => new Token({ accessToken: 'canary-at', [name]: value as never }))).toMatchObject({
        code: 'config_invalid',
        message: `${name} of a token has to be a number of milliseconds since the epoch`,
      })
  })

  test('of zero or before the epoch is a time in the past', () => {
    for (const expiresAt of [0, -1, -1e12]) expect(new Token({ accessToken: 'a', expiresAt }).isExpired()).toBe(true)
    expect(new Token({ accessToken: 'a', expiresAt: 1e11 }).expiresAt).toBe(1e11)
  })
})
