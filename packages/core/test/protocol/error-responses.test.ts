import { describe, expect, test } from 'vitest'
import { errorInBody, fieldOf, tokenError } from '../../src/protocol/oauth-error.ts'
import { someTime } from '../support/clock.ts'
import { answerOf } from '../support/used.ts'

const request = {
  provider: 'acme',
  purpose: 'refresh_token',
  endpoint: 'id.acme.example/token',
  authentication: () => 'the client authenticated with client_secret_basic',
  now: someTime,
  secrets: () => ['s3cr3t'],
}
const failure = (body: unknown, status = 400) => tokenError(answerOf(body, status), request)

describe('an error of a server', () => {
  test.each<[string, unknown, number, string]>([
    ['a code', { error: 'invalid_scope' }, 400, '"invalid_scope"'],
    [
      'a code and a description',
      { error: 'invalid_scope', error_description: 'no such' },
      400,
      '"invalid_scope" (no such)',
    ],
    ['an empty description', { error: 'invalid_scope', error_description: '' }, 400, '"invalid_scope"'],
    ['a secret', { error: 'x', error_description: 'not s3cr3t' }, 400, '"x" (not [redacted])'],
    ['nothing', '', 403, 'status 403'],
    ['a page', '<html>', 502, 'status 502'],
    ['how the client authenticated', { error: 'invalid_client' }, 401, `"invalid_client"; ${request.authentication()}`],
    ['how, of a bare 401', '', 401, `status 401; ${request.authentication()}`],
    ['where, of a bare 404', '', 404, 'status 404: is this the right endpoint?'],
  ])('is told in one sentence: %s', (_, body, status, said) => {
    const { message, provider } = failure(body, status)
    expect(message).toBe(`acme responded to the refresh_token request at id.acme.example/token with ${said}`)
    expect(provider).toBe('acme')
  })

  test.each<[number, unknown, string, string]>([
    [429, '', 'rate_limited', 'retry'],
    [429, { error: 'invalid_request' }, 'rate_limited', 'retry'],
    [429, { error: 'invalid_grant' }, 'rate_limited', 'retry'],
    [499, '', 'token_error', 'report'],
    [401, '', 'token_error', 'fix_configuration'],
    [404, '<html>', 'token_error', 'fix_configuration'],
    [403, '', 'token_error', 'report'],
    [401, { error: 'unheard_of' }, 'token_error', 'report'],
    [401, { error: 'invalid_client' }, 'token_error', 'fix_configuration'],
    [400, { error: 'unauthorized_client' }, 'token_error', 'fix_configuration'],
    [400, { error: 'unsupported_grant_type' }, 'token_error', 'fix_configuration'],
    [400, { error: 'invalid_scope' }, 'token_error', 'fix_configuration'],
    [400, { error: 'constructor' }, 'token_error', 'report'],
    [400, { error: 'unheard_of' }, 'token_error', 'report'],
    [400, { error: 'temporarily_unavailable' }, 'token_error', 'retry'],
    [400, { error: 'server_error' }, 'token_error', 'retry'],
    [500, { error: 'invalid_client' }, 'token_error', 'retry'],
    [500, '', 'token_error', 'retry'],
    [400, { error: 'invalid_grant' }, 'reauthorization_required', 'reauthorize'],
  ])('status %i with %j is %s: %s', (status, body, code, action) => {
    expect(failure(body, status)).toMatchObject({ code, action, status })
  })
})

describe('an OAuth error in a body', () => {
  test.each<[string, string, object]>([
    ['JSON', '{"error":"x"}', { error: 'x' }],
    [
      'all that it may have',
      '{"error":"x","error_description":"y","error_uri":"https://a.example","z":1}',
      { error: 'x', errorDescription: 'y', errorUri: 'https://a.example' },
    ],
    ['fields that are not strings', '{"error":"x","error_description":7,"error_uri":null}', { error: 'x' }],
    ['a form', 'error=x', { error: 'x' }],
    [
      'all of a form',
      'error=x&error_description=y+z&error_uri=u',
      { error: 'x', errorDescription: 'y z', errorUri: 'u' },
    ],
    [
      'a form with a string that is not encoded',
      'error=x&error_description=a <b> c',
      { error: 'x', errorDescription: 'a <b> c' },
    ],
    ['a form with other fields first', 'state=y&a.b-c~d_e=%20&error=x', { error: 'x' }],
    ['an empty field first', 'state=&error=x', { error: 'x' }],
    ['nothing first', '&error=x', { error: 'x' }],
    ['the last of two', 'error=x&error=y', { error: 'y' }],
  ])('is found: %s', (_, body, expected) => expect(errorInBody(body)).toStrictEqual(expected))

  test.each([
    ['nothing', ''],
    ['null', 'null'],
    ['a number', '7'],
    ['a string in quotes', '"error=x"'],
    ['no error', '{"access_token":"x"}'],
    ['an empty one', '{"error":""}'],
    ['one that is an object', '{"error":{"code":1}}'],
    ['an empty one in a form', 'error=&state=x'],
    ['none that begins with a letter or digit', 'error=-x'],
    ['a query', '?error=x'],
    ['a link in a page', '<a href="?a=b&error=x">'],
    ['a sentence', 'it went wrong&error=x'],
    ['a sentence with something like a form in it', 'see a=b&error=x'],
    ['a field that is not encoded first', 'state=a b&error=x'],
    ['a page first', 'state=<p>&error=x'],
    ['a field without a value first', 'state&error=x'],
    ['an invalid name', 'st te=y&error=x'],
    ['a nameless field first', '=y&error=x'],
    ['another name that ends like it', 'my_error=x'],
    ['another name that begins like it', 'state=y&error_description=x'],
    ['one in another line', 'state=y\nerror=x'],
  ])('is not found where there is none: %s', (_, body) => expect(errorInBody(body)).toBeUndefined())

  test('is looked for once, among the first thousand fields, however long the body is', () => {
    expect(errorInBody(`a=${'b&error='.repeat(100_000)}`)).toEqual({ error: 'b' })
    expect(errorInBody(`a=${'b&error='.repeat(999)}x`)).toEqual({ error: 'x' })
    expect(errorInBody(`a=b&error=c${'&d='.repeat(100_000)}`)).toEqual({ error: 'c' })
    expect(errorInBody('a='.repeat(500_000))).toBeUndefined()
  })
})

describe('a field of a response', () => {
  test.each<[string, unknown]>([
    ['{"token":"x"}', 'x'],
    ['{"token":7}', 7],
    ['token=x', 'x'],
    ['a=b&token=x%20y', 'x y'],
    ['a.b-c~d_e=b&token=x', 'x'],
    ['{"other":"x"}', undefined],
    ['[{"token":"x"}]', undefined],
    ['null', undefined],
    ['7', undefined],
    ['"token=x"', undefined],
    ['', undefined],
    ['&token=x', undefined],
    ['<p>&token=x', undefined],
    ['see ?a=b&token=x', undefined],
    ['a=b&token=x y', undefined],
    ['a=<p>&token=x', undefined],
    ['a=b\n&token=x', undefined],
  ])('is found in JSON and in a form, and in nothing else: %s', (body, expected) => {
    expect(fieldOf(body, 'token')).toBe(expected)
  })

  test('is undefined in a form that has none', () => expect(fieldOf('a=b', 'token')).toBeUndefined())
})
