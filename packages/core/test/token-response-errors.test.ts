import { describe, expect, test } from 'vitest'
import { readTokenResponse, type TokenResponse } from '../src/protocol/token-response.ts'
import { errorOf, goodToken } from './support/scene.ts'
import { answerOf } from './support/used.ts'

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const form = 'application/x-www-form-urlencoded'
const broken = 'a token answer broke RFC 6749 §5.1: '
const declareBearer = `if the provider means Bearer, declare tokenResponse: { tokenType: 'Bearer' }`
const declareForm = 'if the provider means that, declare tokenResponse: { formEncoded: true }'

function read(answer: Parameters<typeof readTokenResponse>[0], grantType = 'refresh_token'): TokenResponse {
  return readTokenResponse(answer, { grantType, secrets: ['s3cr3t'] })
}

const readMembers = (members: object, grantType?: string) => read(answerOf({ ...goodToken, ...members }), grantType)

describe('an answer that is refused says what is wrong with it', () => {
  test.each<[object, string]>([
    [{ access_token: undefined }, 'access_token is missing or no text of printable ASCII'],
    [{ access_token: 7 }, 'access_token is missing or no text of printable ASCII'],
    [{ access_token: 'a b' }, 'access_token is missing or no text of printable ASCII'],
    [{ refresh_token: 7 }, 'refresh_token is no text of printable ASCII'],
    [{ refresh_token: '' }, 'refresh_token is no text of printable ASCII'],
    [{ refresh_token: ['a'] }, 'refresh_token is no text of printable ASCII'],
    [{ refresh_token: 'é' }, 'refresh_token is no text of printable ASCII'],
    [{ expires_in: 'soon' }, 'expires_in is no number of seconds'],
    [{ expires_in: -1 }, 'expires_in is no number of seconds'],
    [{ expires_in: '1e3' }, 'expires_in is no number of seconds'],
    [{ expires_in: null }, 'expires_in is no number of seconds'],
    [{ refresh_token_expires_in: '60s' }, 'refresh_token_expires_in is no number of seconds'],
    [{ scope: ['a'] }, 'scope is no list of scopes separated by spaces'],
    [{ scope: 'a"b' }, 'scope is no list of scopes separated by spaces'],
    [{ token_type: undefined }, `token_type is missing: ${declareBearer}`],
    [{ token_type: '' }, `token_type is missing: ${declareBearer}`],
    [{ token_type: 7 }, `token_type is missing: ${declareBearer}`],
  ])('%j: %s', async (members, message) => {
    expect(await errorOf(() => readMembers(members))).toMatchObject({
      code: 'token_response_invalid',
      action: 'report',
      message: broken + message,
    })
  })

  test('an end that JSON reads as infinite is no number', async () => {
    const body = '{"access_token":"x","token_type":"Bearer","expires_in":1e400}'
    expect((await errorOf(() => read(answerOf(body)))).message).toBe(`${broken}expires_in is no number of seconds`)
  })

  test.each<[string, unknown, string | undefined, string]>([
    ['a page', '<html>', 'text/html', 'the answer (text/html) is no JSON object'],
    ['nothing', '', undefined, 'the answer (without content type) is no JSON object'],
    ['an array', [goodToken], 'application/json', 'the answer (application/json) is no JSON object'],
    ['null', null, 'application/json', 'the answer (application/json) is no JSON object'],
    ['a text', '"x"', 'application/json', 'the answer (application/json) is no JSON object'],
    ['a type with a secret in it', '', 'text/s3cr3t', 'the answer (text/[redacted]) is no JSON object'],
    ['a form', 'token=x', form, `the answer is form-encoded, not JSON: ${declareForm}`],
    [
      'a form with a charset',
      'token=x',
      `${form}; charset=utf-8`,
      `the answer is form-encoded, not JSON: ${declareForm}`,
    ],
    ['a form of no type', 'access_token=x', undefined, `the answer is form-encoded, not JSON: ${declareForm}`],
    ['a form called text', 'a=b&access_token=x', 'text/plain', `the answer is form-encoded, not JSON: ${declareForm}`],
  ])('%s', async (_, body, type, message) => {
    const headers = type === undefined ? undefined : { 'content-type': type }
    expect(await errorOf(() => read(answerOf(body, 200, headers)))).toMatchObject({
      code: 'token_response_invalid',
      message: broken + message,
    })
  })

  test.each([201, 204, 299])('status %i', async (status) => {
    expect(await errorOf(() => read(answerOf(goodToken, status)))).toMatchObject({
      code: 'token_response_invalid',
      message: `${broken}the status is ${status}, not 200`,
    })
  })

  test('depth', async () => {
    const body = `{"deep":${'['.repeat(100)}${']'.repeat(100)}}`
    expect((await errorOf(() => read(answerOf(body)))).message).toBe(`${broken}data is nested deeper than 64 levels`)
  })
})

describe('a token type', () => {
  test.each(['N_A', 'n_a', 'N_a'])('%s is that of a token that was exchanged (RFC 8693 §2.2.1)', (token_type) => {
    expect(readMembers({ token_type }, exchange).tokenType).toBe('N_A')
  })

  test.each<[string, string, string]>([
    ['N_A', 'refresh_token', '"N_A"'],
    ['mac', exchange, '"mac"'],
    ['mac', 'refresh_token', '"mac"'],
    ['s3cr3t', 'refresh_token', '"[redacted]"'],
  ])('%s of the grant %s cannot be used', async (token_type, grantType, shown) => {
    expect(await errorOf(() => readMembers({ token_type }, grantType))).toMatchObject({
      code: 'token_type_unsupported',
      action: 'report',
      message: `a token of type ${shown} cannot be used (RFC 6749 §7.1): ${declareBearer}`,
    })
  })

  test.each(['DPoP', 'dpop'])('%s needs a key, and there was none', async (token_type) => {
    expect(await errorOf(() => readMembers({ token_type }, exchange))).toMatchObject({
      code: 'token_type_mismatch',
      message: 'the token is bound to a DPoP key, and none was used',
    })
  })
})

test('an answer that nothing is wrong with is read member by member', () => {
  const answer = {
    access_token: 'a',
    token_type: 'bearer',
    expires_in: '60',
    refresh_token: 'r s',
    refresh_token_expires_in: 90.5,
    scope: ' a  b a ',
    id_token: 7,
    more: { x: 1 },
  }
  expect(read(answerOf(answer))).toStrictEqual({
    accessToken: 'a',
    tokenType: 'Bearer',
    expiresIn: 60,
    refreshToken: 'r s',
    refreshExpiresIn: 90,
    scope: ['a', 'b'],
    idToken: 7,
    extra: { more: { x: 1 } },
  })
})
