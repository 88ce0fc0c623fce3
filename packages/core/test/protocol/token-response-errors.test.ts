import { describe, expect, test } from 'vitest'
import { readTokenResponse, type TokenResponse } from '../../src/protocol/token-response.ts'
import { someTime } from '../support/clock.ts'
import { errorOf, goodToken } from '../support/scene.ts'
import { answerOf } from '../support/used.ts'

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const form = 'application/x-www-form-urlencoded'
const endpoint = 'id.acme.example/token'
const broken = `the token response of acme at ${endpoint} breaks RFC 6749 §5.1: `
const declareBearer = `if the provider means Bearer, declare tokenResponse: { tokenType: 'Bearer' }`
const declareForm = 'if the provider means that, declare tokenResponse: { formEncoded: true }'

function read(response: Parameters<typeof readTokenResponse>[0], purpose = 'refresh_token'): TokenResponse {
  const request = {
    provider: 'acme',
    purpose,
    endpoint,
    authentication: () => '',
    now: someTime,
    secrets: () => ['s3cr3t'],
  }
  return readTokenResponse(response, request)
}

const readFields = (fields: object, purpose?: string) => read(answerOf({ ...goodToken, ...fields }), purpose)

describe('a response that is refused says what is wrong with it', () => {
  test.each<[object, string]>([
    [{ access_token: undefined }, 'access_token is missing, or not a string of printable ASCII'],
    [{ access_token: 7 }, 'access_token is missing, or not a string of printable ASCII'],
    [{ access_token: 'a b' }, 'access_token is missing, or not a string of printable ASCII'],
    [{ refresh_token: 7 }, 'refresh_token is not a string of printable ASCII'],
    [{ refresh_token: '' }, 'refresh_token is not a string of printable ASCII'],
    [{ refresh_token: ['a'] }, 'refresh_token is not a string of printable ASCII'],
    [{ refresh_token: 'é' }, 'refresh_token is not a string of printable ASCII'],
    [{ expires_in: 'soon' }, 'expires_in is not a number of seconds'],
    [{ expires_in: -1 }, 'expires_in is not a number of seconds'],
    [{ expires_in: '1e3' }, 'expires_in is not a number of seconds'],
    [{ expires_in: null }, 'expires_in is not a number of seconds'],
    [{ refresh_token_expires_in: '60s' }, 'refresh_token_expires_in is not a number of seconds'],
    [{ scope: ['a'] }, 'scope is not a list of scopes separated by spaces'],
    [{ scope: 'a"b' }, 'scope is not a list of scopes separated by spaces'],
    [{ token_type: undefined }, `token_type is missing: ${declareBearer}`],
    [{ token_type: '' }, `token_type is missing: ${declareBearer}`],
    [{ token_type: 7 }, `token_type is missing: ${declareBearer}`],
  ])('%j: %s', async (members, message) => {
    expect(await errorOf(() => readFields(members))).toMatchObject({
      code: 'token_response_invalid',
      action: 'report',
      provider: 'acme',
      message: broken + message,
    })
  })

  test('a lifetime that JSON reads as infinite is not a number', async () => {
    const body = '{"access_token":"x","token_type":"Bearer","expires_in":1e400}'
    expect((await errorOf(() => read(answerOf(body)))).message).toBe(`${broken}expires_in is not a number of seconds`)
  })

  test.each<[string, unknown, string | undefined, string]>([
    ['a page', '<html>', 'text/html', 'it is not a JSON object (text/html)'],
    ['nothing', '', undefined, 'it is not a JSON object (without content type)'],
    ['an array', [goodToken], 'application/json', 'it is not a JSON object (application/json)'],
    ['null', null, 'application/json', 'it is not a JSON object (application/json)'],
    ['a string', '"x"', 'application/json', 'it is not a JSON object (application/json)'],
    ['a type with a secret in it', '', 'text/s3cr3t', 'it is not a JSON object (text/[redacted])'],
    ['a form', 'token=x', form, `it is form-encoded, not JSON: ${declareForm}`],
    ['a form with a charset', 'token=x', `${form}; charset=utf-8`, `it is form-encoded, not JSON: ${declareForm}`],
    ['a form of no type', 'access_token=x', undefined, `it is form-encoded, not JSON: ${declareForm}`],
    ['a form called plain text', 'a=b&access_token=x', 'text/plain', `it is form-encoded, not JSON: ${declareForm}`],
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
    expect(readFields({ token_type }, exchange).tokenType).toBe('N_A')
  })

  test.each<[string, string, string]>([
    ['N_A', 'refresh_token', '"N_A"'],
    ['mac', exchange, '"mac"'],
    ['mac', 'refresh_token', '"mac"'],
    ['s3cr3t', 'refresh_token', '"[redacted]"'],
  ])('%s of the grant %s cannot be used', async (token_type, grantType, shown) => {
    expect(await errorOf(() => readFields({ token_type }, grantType))).toMatchObject({
      code: 'token_type_unsupported',
      action: 'report',
      provider: 'acme',
      message: `the token of acme at ${endpoint} has the type ${shown}, which cannot be used (RFC 6749 §7.1): ${declareBearer}`,
    })
  })

  test.each(['DPoP', 'dpop'])('%s needs a key, and there was none', async (token_type) => {
    expect(await errorOf(() => readFields({ token_type }, exchange))).toMatchObject({
      code: 'token_type_mismatch',
      provider: 'acme',
      message: `the token of acme at ${endpoint} is bound to a DPoP key, and none was used`,
    })
  })
})

test('a response that nothing is wrong with is read field by field', () => {
  const response = {
    access_token: 'a',
    token_type: 'bearer',
    expires_in: '60',
    refresh_token: 'r s',
    refresh_token_expires_in: 90.5,
    scope: ' a  b a ',
    id_token: 7,
    more: { x: 1 },
  }
  expect(read(answerOf(response))).toStrictEqual({
    accessToken: 'a',
    tokenType: 'Bearer',
    expiresIn: 60,
    refreshToken: 'r s',
    refreshExpiresIn: 90,
    scope: ['a', 'b'],
    authorizationDetails: undefined,
    idToken: 7,
    extra: { more: { x: 1 } },
  })
})
