import type { ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { normaliseRevocation, normaliseTokenResponse } from '../../src/protocol/deviations/response.ts'
import { normaliseError } from '../../src/protocol/deviations/error.ts'
import { someTime } from '../support/clock.ts'
import { goodToken } from '../support/scene.ts'
import { answerOf, watchUse } from '../support/used.ts'

type Declared = NonNullable<ProviderDefinition['tokenResponse']>
type Answer = Parameters<typeof normaliseTokenResponse>[0]

const form = 'application/x-www-form-urlencoded'

function tokenAnswer(answer: Answer, declared: Declared) {
  const { result, used } = watchUse((report) =>
    normaliseTokenResponse(answer, declared, { now: someTime, used: report }),
  )
  return { status: result.status, failed: result.failed, body: result.body, used }
}

const revocation = (answer: Answer, statuses?: readonly number[], declared: Declared = {}) =>
  watchUse((report) => normaliseRevocation(answer, { statuses, error: declared.error }, report))

describe('a token response', () => {
  const token = JSON.stringify(goodToken)

  test.each<[number, Declared, number, readonly string[]]>([
    [200, {}, 200, []],
    [200, { statuses: [200, 201] }, 200, []],
    [201, { statuses: [200, 201] }, 200, ['tokenResponse.statuses']],
    [202, { statuses: [200, 201] }, 202, []],
    [201, { tokenType: 'Bearer' }, 201, []],
    [400, { statuses: [201] }, 400, []],
  ])('with status %i, declared %j, has status %i from then on', (status, declared, expected, used) => {
    expect(tokenAnswer(answerOf(goodToken, status), declared)).toMatchObject({ status: expected, body: token, used })
  })

  test('is not touched where its status is not declared', () => {
    const answer = answerOf({ ...goodToken, token_type: 'bot' }, 201)
    const { result, used } = watchUse((report) =>
      normaliseTokenResponse(answer, { tokenType: 'Bearer' }, { now: 0, used: report }),
    )
    expect(result).toBe(answer)
    expect(used).toEqual([])
  })

  test.each<[unknown, Declared, unknown, boolean]>([
    ['bot', { tokenType: 'Bearer' }, 'Bearer', true],
    [undefined, { tokenType: 'Bearer' }, 'Bearer', true],
    [7, { tokenType: 'Bearer' }, 'Bearer', true],
    ['bEARER', { tokenType: 'Bearer' }, 'bEARER', false],
    ['bot', {}, 'bot', false],
    [undefined, { scopeArray: true }, undefined, false],
  ])('of type %j, declared %j, has the type %j', (token_type, declared, expected, reported) => {
    const { body, used } = tokenAnswer(answerOf({ ...goodToken, token_type }), declared)
    expect((JSON.parse(body) as { token_type?: unknown }).token_type).toBe(expected)
    expect(used).toEqual(reported ? ['tokenResponse.tokenType'] : [])
  })

  test.each<[string, string, string | undefined, object]>([
    ['that says so', 'token=x&a=b', form, { token: 'x', a: 'b' }],
    ['with a charset', 'token=x', `${form}; charset=utf-8`, { token: 'x' }],
    ['of no type', 'access_token=x', undefined, { access_token: 'x' }],
    ['called text', 'a=b&access_token=x', 'text/plain', { a: 'b', access_token: 'x' }],
    ['of an error, called text', 'error=x', 'text/plain', { error: 'x' }],
  ])('is a form: one %s', (_, body, type, members) => {
    const headers = type === undefined ? undefined : { 'content-type': type }
    const { body: written, used } = tokenAnswer(answerOf(body, 200, headers), { formEncoded: true })
    expect(JSON.parse(written)).toEqual(members)
    expect(used).toEqual(['tokenResponse.formEncoded'])
  })

  test.each<[string, unknown, string, Declared]>([
    ['a string', 'token=x', 'text/plain', { formEncoded: true }],
    ['a page about an access_token', '<a href="?my_access_token=x">', 'text/html', { formEncoded: true }],
    ['JSON that is called a form', goodToken, form, { formEncoded: true }],
    ['a form that nobody declared', 'access_token=x', form, { statuses: [201] }],
    ['an array', [goodToken], 'application/json', { envelope: '0' }],
    ['null', null, 'application/json', { envelope: 'a' }],
  ])('is none, and stays as it is: %s', (_, body, type, declared) => {
    const answer = answerOf(body, 200, { 'content-type': type })
    expect(tokenAnswer(answer, declared)).toMatchObject({ body: answer.body, used: [] })
  })

  test('that a hook has called an error is none that is read again', () => {
    const answer = { ...answerOf({ token: 'x', error: 'y' }), failed: true }
    expect(tokenAnswer(answer, { members: { access_token: 'token' } })).toMatchObject({ body: answer.body, used: [] })
  })

  test('that is nested deeper than the runtime can write says so', async () => {
    const body = `{"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    const refused = { code: 'token_response_invalid', message: 'the token response is nested too deeply' }
    const expected = canWrite(body) ? { body, used: [] } : { ...refused, cause: { name: 'RangeError' } }
    const outcome = new Promise((resolve) => resolve(tokenAnswer(answerOf(body), {})))
    expect(await outcome.catch((error: unknown) => error)).toMatchObject(expected)
  })
})

/** Some runtimes can, and leave it to the strict core to refuse that. */
function canWrite(json: string): boolean {
  try {
    return JSON.stringify(JSON.parse(json)) === json
  } catch {
    return false
  }
}

describe('the response to a revocation', () => {
  test.each<[number, readonly number[] | undefined, number, readonly string[]]>([
    [200, undefined, 200, []],
    [200, [200, 204], 200, []],
    [204, [200, 204], 200, ['revocation.statuses']],
    [204, undefined, 204, []],
    [404, [204], 404, []],
  ])('with status %i, declared %j, has status %i from then on', (status, statuses, expected, used) => {
    expect(revocation(answerOf('', status), statuses)).toMatchObject({ result: { status: expected }, used })
  })

  test('stays an error where a hook says that it is one', () => {
    const answer = { ...answerOf({ error: 'x' }, 204), failed: true }
    expect(revocation(answer, [204])).toEqual({ result: answer, used: [] })
  })

  test('is an error where the definition says so, whatever its status', () => {
    const { result, used } = revocation(answerOf({ error: 'x' }, 204), [204], { error: { status: 200 } })
    expect(result).toMatchObject({ status: 204, failed: true, body: '{"error":"x"}' })
    expect(used).toEqual(['tokenResponse.error.status'])
  })
})

describe('an error that is declared', () => {
  type Rules = NonNullable<Declared['error']>
  const place = (field: string) => `tokenResponse.error.${field}`
  const read = (members: unknown, rules: Rules, status: number) =>
    watchUse((used) => normaliseError({ response: answerOf(members, status), fields: members }, rules, used))

  test.each<[string, unknown, Rules, number, object, readonly string[]]>([
    ['is one of RFC 6749', { error: 'x', error_description: 'y' }, {}, 400, { error: 'x', error_description: 'y' }, []],
    ['has a status of success', { error: 'x' }, { status: 200 }, 200, { error: 'x' }, ['status']],
    ['has the status 400, too', { error: 'x' }, { status: 200 }, 400, { error: 'x' }, []],
    ['has no text', { c: 'x' }, { code: 'c', description: 'd' }, 400, { error: 'x' }, ['code']],
    ['has a text that is none', { error: 'x', d: 7 }, { description: 'd' }, 400, { error: 'x' }, ['description']],
    ['has the usual text', { error: 'x', error_description: 7 }, {}, 400, { error: 'x' }, []],
    ['has the number 0', { c: 0 }, { code: 'c' }, 400, { error: '0' }, ['code']],
    ['means nothing known', { error: 'x' }, { codes: { y: 'z' } }, 400, { error: 'x' }, []],
    ['is called as an object has it', { error: 'toString' }, { codes: {} }, 400, { error: 'toString' }, []],
  ])('%s', (_, members, rules, status, body, fields) => {
    const { result, used } = read(members, rules, status)
    expect(result).toMatchObject({ status, failed: true, means: undefined })
    expect(JSON.parse(result?.body ?? '')).toEqual(body)
    expect(used).toEqual(fields.map(place))
  })

  test('means what the definition says', () => {
    const { result, used } = read({ error: 'x' }, { codes: { x: 'invalid_grant' } }, 400)
    expect(result?.means).toBe('invalid_grant')
    expect(used).toEqual([place('codes.x')])
  })

  test.each<[string, unknown, Rules, number]>([
    ['a successful response', { c: 7 }, { code: 'c' }, 200],
    ['one with status 399', { c: 7 }, { code: 'c' }, 399],
    ['a code of success', { c: 0 }, { status: 200, code: 'c', success: [0, 'ok'] }, 200],
    ['an empty code', { c: '' }, { status: 200, code: 'c' }, 200],
    ['a code that is an object', { c: {} }, { code: 'c' }, 400],
    ['a code that is null', { c: null }, { code: 'c' }, 400],
    ['no code', {}, { code: 'c' }, 400],
    ['no fields', undefined, { code: 'c' }, 400],
  ])('is not %s', (_, members, rules, status) => {
    expect(read(members, rules, status)).toEqual({ result: undefined, used: [] })
  })
})
