import { Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { checkScopes, purposeOf } from '../../src/refresh/purpose.ts'
import {
  firstRecord,
  isBehind,
  nameOfToken,
  newRecord,
  refreshTokenOf,
  rotated,
  type TokenRecord,
  tokenOf,
  withIntentOf,
  withRefreshToken,
  withToken,
} from '../../src/refresh/token-record.ts'
import { someTime } from '../support/clock.ts'
import { errorOf } from '../support/scene.ts'

const hour = 3_600_000
const place = { key: 'user:42', owner: 'acme' }
const login = Token.from({ accessToken: 'at-0', refreshToken: 'rt-0', scope: ['read'], authorizedAt: someTime })
const begun = (token: Token = login) => firstRecord(place, { token, obtainedAt: someTime })
const intent = { holder: 'me', attempt: 3, at: someTime, deadline: someTime + 15_000 }
const failure = { code: 'timeout', count: 1, at: someTime, until: someTime + 1000 }

describe('the record of a grant', () => {
  test('begins with its place, an identity of its own, and nothing done', () => {
    const [first, second] = [newRecord(place), newRecord(place, 'rt-elsewhere')]
    expect(first).toEqual({
      ...place,
      format: 1,
      grant: expect.any(String) as string,
      state: 'live',
      generation: 0,
      attempt: 0,
      tokens: {},
      seed: undefined,
    })
    expect(second.grant).not.toBe(first.grant)
    expect([first, second, undefined].map(refreshTokenOf)).toEqual([undefined, 'rt-elsewhere', undefined])
  })

  test('of a login has its token, whose whole lifetime is known', () => {
    const record = begun()
    expect(record).toMatchObject({ generation: 1, attempt: 0, tokens: { '': { obtainedAt: someTime } } })
    expect(tokenOf(record, '')).toEqual(login)
    expect(tokenOf(record, 'other')).toBeUndefined()
    expect(refreshTokenOf(record)).toBe('rt-0')
    expect(record.tokens['']?.adopted).toBeUndefined()
  })

  test.each([
    [someTime - 5 * 60_000 + 1, undefined],
    [someTime - 5 * 60_000, true],
    [undefined, true],
  ])('of a token from elsewhere says so: authorized at %s', (authorizedAt, adopted) => {
    expect(begun(login.with({ authorizedAt })).tokens['']?.adopted).toBe(adopted)
  })
})

describe('a refresh', () => {
  const before: TokenRecord = {
    ...begun(),
    state: 'dead',
    intent,
    failure,
    tokens: {
      ...begun().tokens,
      ended: { token: { accessToken: 'at-ended', expiresAt: someTime + hour - 1 }, obtainedAt: someTime },
      living: { token: { accessToken: 'at-living', expiresAt: someTime + hour }, obtainedAt: someTime },
      endless: { token: { accessToken: 'at-endless' }, obtainedAt: someTime },
    },
  }
  const token = Token.from({ accessToken: 'at-1', refreshToken: 'rt-1' })

  test('replaces the token of the login, and clears what was noted', () => {
    const record = withToken(before, { purpose: '', token, obtainedAt: someTime + hour, storedAt: 7 })
    expect(record).toMatchObject({ state: 'live', generation: 2, attempt: 3, grant: before.grant })
    expect([record.intent, record.failure, record.seed]).toEqual([undefined, undefined, undefined])
    expect(record.tokens['']).toEqual({ token: { ...token }, obtainedAt: someTime + hour, storedAt: 7 })
    expect(Object.keys(record.tokens)).toEqual(['', 'living', 'endless'])
  })

  test('for a resource leaves the token of the login, and gives the grant the new refresh token', () => {
    const record = withToken(before, { purpose: 'api', token, obtainedAt: someTime + hour })
    expect(record.tokens['api']?.token).not.toHaveProperty('refreshToken')
    expect(tokenOf(record, 'api')?.accessToken).toBe('at-1')
    expect(tokenOf(record, '')).toEqual(login.with({ refreshToken: 'rt-1' }))
  })

  test('for a resource keeps the expired token of the login: the refresh token of the grant is in it', () => {
    const expired = begun(login.with({ expiresAt: someTime + hour }))
    const kept = Token.from({ accessToken: 'at-1' })
    const record = withToken(expired, { purpose: 'api', token: kept, obtainedAt: someTime + 2 * hour })
    expect(Object.keys(record.tokens)).toEqual(['', 'api'])
    expect(refreshTokenOf(record)).toBe('rt-0')
  })

  test('for a resource keeps the refresh token that the server did not rotate, and one that came alone', () => {
    const kept = Token.from({ accessToken: 'at-1' })
    expect(refreshTokenOf(withToken(before, { purpose: 'api', token: kept, obtainedAt: someTime }))).toBe('rt-0')
    const alone = newRecord(place, 'rt-alone')
    const next = withToken(alone, { purpose: 'api', token: kept, obtainedAt: someTime })
    expect(refreshTokenOf(next)).toBe('rt-alone')
    expect(refreshTokenOf(withToken(alone, { purpose: 'api', token, obtainedAt: someTime }))).toBe('rt-1')
    expect(withToken(alone, { purpose: '', token, obtainedAt: someTime }).seed).toBeUndefined()
  })

  test('that brings the same access token again says so', () => {
    const again = withToken(before, { purpose: '', token: login, obtainedAt: someTime })
    expect(again.tokens['']?.repeated).toBe(true)
    expect(withToken(before, { purpose: '', token, obtainedAt: someTime }).tokens['']).not.toHaveProperty('repeated')
  })

  test('whose response waits for its ID token is written down with the new refresh token alone', () => {
    const record = rotated(before, 'rt-1')
    expect(record).toMatchObject({ generation: 2, attempt: 3, failure })
    expect(record.intent).toBeUndefined()
    expect(tokenOf(record, '')).toEqual(login.with({ refreshToken: 'rt-1' }))
    expect(rotated({ ...begun() }, 'rt-1').attempt).toBe(0)
  })

  test('that is rescued changes the refresh token, and nothing else', () => {
    const record = withRefreshToken(before, 'rt-1')
    expect(record).toEqual({
      ...before,
      tokens: { ...before.tokens, '': { ...before.tokens[''], token: { ...login, refreshToken: 'rt-1' } } },
    })
    expect(withRefreshToken(newRecord(place, 'rt-alone'), 'rt-1').seed).toBe('rt-1')
  })

  test('takes over the note of another', () => {
    expect(withIntentOf({ ...before, intent: undefined }, before).intent).toBeUndefined()
    expect(withIntentOf(before, { ...before, intent: undefined }).intent).toEqual(intent)
  })

  test('is behind another of a later generation, or of a later attempt at the same', () => {
    const at = (generation: number, attempt: number) => ({ ...before, generation, attempt })
    expect(isBehind(at(1, 5), at(2, 1))).toBe(true)
    expect(isBehind(at(2, 1), at(1, 5))).toBe(false)
    expect(isBehind(at(2, 1), at(2, 2))).toBe(true)
    expect(isBehind(at(2, 2), at(2, 2))).toBe(false)
    expect(isBehind(at(2, 2), at(2, 1))).toBe(false)
  })
})

test('a token of a record is known by its access token, until it was refused', () => {
  const record = begun()
  expect(nameOfToken(record, login)).toBe('')
  expect(nameOfToken(record, Token.from({ accessToken: 'at-other' }))).toBeUndefined()
  const refused = { ...record, tokens: { '': { token: { ...login }, obtainedAt: 1, refused: true } as const } }
  expect(nameOfToken(refused, login)).toBeUndefined()
})

describe('what a token is for', () => {
  const once = { askable: false, login: undefined }
  const again = { askable: true, login: undefined }

  test('is the whole grant, unless something else is asked for', () => {
    for (const options of [{}, { scope: ['a'] }, { resource: [] }, { minValid: 60 }])
      expect(purposeOf(options, once)).toEqual({ name: '' })
    expect(purposeOf({ scope: [] }, again)).toEqual({ name: '' })
    expect(Object.isFrozen(purposeOf({}, once))).toBe(true) // it is shared
  })

  test('is a resource, or several in any order', () => {
    expect(purposeOf({ resource: 'https://b/' }, once)).toEqual({
      name: '[["https://b/"],[]]',
      resource: ['https://b/'],
    })
    const both = purposeOf({ resource: ['https://b/', 'https://a/'] }, once)
    expect(both).toEqual({ name: '[["https://a/","https://b/"],[]]', resource: ['https://a/', 'https://b/'] })
    expect(purposeOf({ resource: ['https://a/', 'https://b/'] }, once)).toEqual(both)
  })

  test('is a set of scopes in any order, where the grant can be asked again', () => {
    const both = purposeOf({ scope: ['b', 'a'] }, again)
    expect(both).toEqual({ name: '[[],["a","b"]]', scope: ['a', 'b'] })
    expect(purposeOf({ scope: ['a', 'b'] }, again)).toEqual(both)
    expect(purposeOf({ scope: ['a'], resource: 'https://a/' }, again)).toEqual({
      name: '[["https://a/"],["a"]]',
      scope: ['a'],
      resource: ['https://a/'],
    })
  })

  test('is the whole grant for the resource of the login itself, however it is written', () => {
    const asked = (resource: string | readonly string[], of: string | readonly string[]) =>
      purposeOf({ resource }, { askable: false, login: of }).name
    expect(asked('https://a/', ['https://a/'])).toBe('')
    expect(asked(['https://b/', 'https://a/'], ['https://a/', 'https://b/'])).toBe('')
    expect(asked('https://a/', ['https://a/', 'https://b/'])).not.toBe('')
  })

  test('leaves the caller’s own lists as they are', () => {
    const resource = Object.freeze(['https://b/', 'https://a/'])
    const scope = Object.freeze(['b', 'a'])
    expect(() => purposeOf({ resource, scope }, { askable: true, login: resource })).not.toThrow()
    expect([resource, scope]).toEqual([
      ['https://b/', 'https://a/'],
      ['b', 'a'],
    ])
  })
})

describe('the scopes of a token', () => {
  test('are enough where it has all that are asked for, and nothing is known of one without', () => {
    expect(checkScopes(login, {})).toBe(login)
    expect(checkScopes(login, { scope: ['read'] })).toBe(login)
    const unknown = Token.from({ accessToken: 'at' })
    expect(checkScopes(unknown, { scope: ['read'] })).toBe(unknown)
  })

  test('that are missing are named, and what to ask the user for is in the error', async () => {
    const error = await errorOf(() => checkScopes(login, { scope: ['read', 'play', 'write'] }))
    expect(error).toMatchObject({ code: 'scope_insufficient', required: { scope: ['read', 'play', 'write'] } })
    expect(error.message).toBe('the token lacks the scope play write: authorize with error.required')
  })
})
