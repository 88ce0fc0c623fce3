import type { ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { watchUse } from '../support/used.ts'

type Declared = NonNullable<ProviderDefinition['tokenResponse']>
type Fields = Record<string, unknown>

const load = () => import('../../src/protocol/deviations/fields.ts')
const paths = () => import('../../src/protocol/deviations/path.ts')

/** A response whose fields are put in their places. */
async function placed(response: Fields, declared: Declared) {
  const { placeFields } = await load()
  return watchUse((used) => placeFields(response, declared, used))
}

describe('a field that is read from another place', () => {
  test('is a copy where the other one is a field of the standards', async () => {
    for (const other of [
      'access_token',
      'token_type',
      'expires_in',
      'refresh_token',
      'refresh_token_expires_in',
      'scope',
      'id_token',
    ]) {
      const name = other === 'id_token' ? 'access_token' : 'id_token'
      const { result, used } = await placed({ [other]: 'x' }, { members: { [name]: other } })
      expect(result).toEqual({ [other]: 'x', [name]: 'x' })
      expect(used).toEqual([`tokenResponse.members.${name}`])
    }
  })

  test.each<[string, Fields, Declared['members'], Fields]>([
    ['another name', { token: 'x', a: 1 }, { access_token: 'token' }, { access_token: 'x', a: 1 }],
    ['an object', { u: { id: 1, t: 'x' } }, { access_token: 'u.t' }, { u: { id: 1 }, access_token: 'x' }],
    [
      'deeper down',
      { a: { b: { t: 'x', c: 2 } } },
      { access_token: 'a.b.t' },
      { a: { b: { c: 2 } }, access_token: 'x' },
    ],
    ['an array', { all: [{ t: 'x', id: 1 }] }, { access_token: 'all.0.t' }, { all: [{ id: 1 }], access_token: 'x' }],
    [
      'an object with the name of a standard one',
      { scope: { token: 'x' } },
      { access_token: 'scope.token' },
      { scope: {}, access_token: 'x' },
    ],
    ['its own name', { t: 'x', access_token: 'y' }, { access_token: 't' }, { access_token: 'x' }],
    [
      'names that are exchanged',
      { access_token: 'r', refresh_token: 'a' },
      { access_token: 'refresh_token', refresh_token: 'access_token' },
      { access_token: 'a', refresh_token: 'r' },
    ],
  ])('is not left there: %s', async (_, answer, members = {}, expected) => {
    const { result, used } = await placed(answer, { members })
    expect(result).toEqual(expected)
    expect(used).toEqual(Object.keys(members).map((name) => `tokenResponse.members.${name}`))
  })

  test.each<[string, string]>([
    ['that is not there', 'token'],
    ['below nothing', 'none.token'],
    ['below null', 'empty.token'],
    ['below a text', 'text.length'],
    ['that every object has', 'toString'],
    ['that every array has', 'list.length.x'],
  ])('changes nothing where the response has no such place: %s', async (_, path) => {
    const answer = () => ({ empty: null, text: 'x', list: [] })
    expect(await placed(answer(), { members: { access_token: path } })).toEqual({ result: answer(), used: [] })
  })
})

describe('an envelope', () => {
  test.each<[string, Fields, Fields, readonly string[]]>([
    ['is opened', { body: { a: 1 }, status: 0 }, { a: 1 }, ['tokenResponse.envelope']],
    ['is not missed', { a: 1 }, { a: 1 }, []],
    ['that is null is none', { body: null, a: 1 }, { body: null, a: 1 }, []],
    ['that is a text is none', { body: 'x', a: 1 }, { body: 'x', a: 1 }, []],
  ])('%s', async (_, answer, expected, used) => {
    expect(await placed(answer, { envelope: 'body' })).toEqual({ result: expected, used })
  })

  test('stays closed where none is declared', async () => {
    expect(await placed({ body: { a: 1 } }, {})).toEqual({ result: { body: { a: 1 } }, used: [] })
  })
})

describe('a path', () => {
  const data = () => ({ a: { b: [{ c: 1 }, null] }, null: null, 'x.y': 2 })

  test.each<[string, unknown]>([
    ['a', { b: [{ c: 1 }, null] }],
    ['a.b.0.c', 1],
    ['a.b.1', null],
    ['a.b.1.c', undefined],
    ['a.b.2', undefined],
    ['null.x', undefined],
    ['x.y', undefined],
    ['', undefined],
    ['constructor', undefined],
  ])('%j leads to %j', async (path, expected) => {
    const { at } = await paths()
    expect(at(data(), path)).toEqual(expected)
  })

  test.each([undefined, null, 'text', 7])('leads nowhere in %j', async (value) => {
    const { at, isStructure, remove } = await paths()
    remove(value, 'a')
    remove(value, 'a.b')
    expect(at(value, 'a')).toBeUndefined()
    expect(isStructure(value)).toBe(false)
  })

  test.each<[string, object]>([
    ['a', { null: null, 'x.y': 2 }],
    ['a.b.0.c', { a: { b: [{}, null] }, null: null, 'x.y': 2 }],
    ['a.b', { a: {}, null: null, 'x.y': 2 }],
    ['null.x', data()],
    ['none.x', data()],
    ['b', data()],
  ])('of something that is taken out: %j', async (path, expected) => {
    const { remove } = await paths()
    const given = data()
    remove(given, path)
    expect(given).toEqual(expected)
  })
})

describe('a value that stands for none', () => {
  test.each<[unknown, Fields, readonly string[]]>([
    [null, {}, ['tokenResponse.absent.scope']],
    ['', {}, ['tokenResponse.absent.scope']],
    [0, { scope: 0 }, []],
    [undefined, { scope: undefined }, []],
    ['null', { scope: 'null' }, []],
  ])('is taken out, and no other: %j', async (scope, expected, report) => {
    const { dropAbsent } = await load()
    const members: Fields = { scope }
    const { used } = watchUse((use) => dropAbsent(members, { absent: { scope: [null, ''], id_token: [null] } }, use))
    expect(members).toStrictEqual(expected)
    expect(used).toEqual(report)
  })
})

describe('the scope of a response', () => {
  const array = { scopeArray: true } as const
  const commas = { scopeSeparator: ',' }

  test.each<[Declared, unknown, unknown, readonly string[]]>([
    [array, ['a', 'b'], 'a b', ['tokenResponse.scopeArray']],
    [array, [], '', ['tokenResponse.scopeArray']],
    [array, ['a', 1], ['a', 1], []],
    [array, 'a,b', 'a,b', []],
    [array, undefined, undefined, []],
    [commas, 'a,b,c', 'a b c', ['tokenResponse.scopeSeparator']],
    [commas, 'a', 'a', []],
    [commas, 'a b', 'a b', []],
    [commas, [','], [','], []],
    [commas, 7, 7, []],
    [commas, undefined, undefined, []],
    [{ ...array, ...commas }, ['a,b', 1], ['a,b', 1], []],
    [{}, ['a'], ['a'], []],
    [{}, 'a,b', 'a,b', []],
  ])('%j: %j becomes %j', async (declared, scope, expected, report) => {
    const { joinScope } = await load()
    const members: Fields = { scope }
    const { used } = watchUse((use) => joinScope(members, declared, use))
    expect(members['scope']).toEqual(expected)
    expect(used).toEqual(report)
  })
})
