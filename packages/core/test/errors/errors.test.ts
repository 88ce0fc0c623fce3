import { ClientCredentials, Grant, type GrantErrorCode, GrantError, Pkce, Refresh, type Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { printable, redact, scrub } from '../../src/errors/scrub.ts'
import { testClock } from '../support/clock.ts'
import { confidential, errorOf, scene } from '../support/scene.ts'
import { vectorsOf } from '../support/vectors.ts'

const clientCredentials = async (reply: Reply) =>
  errorOf((await scene(reply)).provider().grant(ClientCredentials).requestToken())
const refresh = async (reply: Reply) =>
  errorOf((await scene(reply)).provider().grant(Refresh).requestToken('canary-refresh-token'))
const error400 = (error: string) => ({ status: 400, json: { error } })

describe('what to do about an error of the server', () => {
  test.each([
    ['invalid_client', 'token_error', 'fix_configuration'],
    ['unauthorized_client', 'token_error', 'fix_configuration'],
    ['unsupported_grant_type', 'token_error', 'fix_configuration'],
    ['invalid_scope', 'token_error', 'fix_configuration'],
    ['invalid_grant', 'token_error', 'reauthorize'],
    ['invalid_request', 'token_error', 'report'],
    ['invalid_target', 'token_error', 'report'],
    ['__proto__', 'token_error', 'report'],
  ])('R25, G20: %s is %s: %s', async (name, code, action) => {
    expect(await clientCredentials(error400(name))).toMatchObject({ code, action, status: 400, oauth: { error: name } })
  })

  test('5.6.1: what the server says reaches the caller: error, description, address and status', async () => {
    const json = {
      error: 'invalid_grant',
      error_description: 'Invalid authorization code',
      error_uri: 'https://id.example/e',
    }
    expect(await clientCredentials({ status: 400, json })).toMatchObject({
      code: 'token_error',
      action: 'reauthorize',
      status: 400,
      oauth: {
        error: 'invalid_grant',
        errorDescription: 'Invalid authorization code',
        errorUri: 'https://id.example/e',
      },
    })
  })

  test('5.6.2: an error without a description is the same class', async () => {
    const error = await clientCredentials(error400('invalid_grant'))
    expect(error).toMatchObject({ code: 'token_error', action: 'reauthorize', status: 400 })
    expect(error.oauth).toEqual({ error: 'invalid_grant' })
  })

  test.each(['Refresh token expired', 'Refresh token revoked', 'Invalid refresh token', undefined])(
    '5.6.3: invalid_grant on refresh is reauthorization_required, whatever the text beside it: %s',
    async (error_description) => {
      const json = { error: 'invalid_grant', error_description }
      expect(await refresh({ status: 400, json })).toMatchObject({
        code: 'reauthorization_required',
        action: 'reauthorize',
        oauth: { error: 'invalid_grant' },
      })
    },
  )

  test.each([400, 401])('5.6.4: invalid_client on refresh, status %i, is not: the grant lives on', async (status) => {
    const json = { error: 'invalid_client', error_description: 'Invalid client secret' }
    expect(await refresh({ status, json })).toMatchObject({
      code: 'token_error',
      action: 'fix_configuration',
      status,
      oauth: { error: 'invalid_client' },
    })
  })

  test.each([500, 502, 503, 504])('5.6.6: status %i is worth another try', async (status) => {
    expect(await refresh({ status, text: '<html>Bad Gateway</html>' })).toMatchObject({
      code: 'token_error',
      action: 'retry',
      status,
    })
  })

  test.each([
    ['120', 120],
    ['Fri, 15 Jan 2027 08:01:40 GMT', 100],
    ['Fri, 15 Jan 2027 07:00:00 GMT', 0],
    ['soon', undefined],
    ['86400', 86_400],
    ['999999', 999_999],
    [undefined, undefined],
  ])('A64, 5.6.7, 5.6.14: 429 with Retry-After %s is rate_limited, %s seconds', async (header, seconds) => {
    const { provider } = await scene({
      status: 429,
      headers: header ? { 'retry-after': header } : {},
      text: 'Too many requests',
    })
    const clock = testClock(Date.UTC(2027, 0, 15, 8))
    const error = await errorOf(
      provider(confidential, {}, { clock }).grant(Refresh).requestToken('canary-refresh-token'),
    )
    expect(error).toMatchObject({ code: 'rate_limited', action: 'retry', status: 429 })
    expect(error.retryAfter).toBe(seconds)
  })

  test('503 says when to come back, too', async () => {
    expect((await refresh({ status: 503, headers: { 'retry-after': '7' } })).retryAfter).toBe(7)
  })
})

describe('what the provider said is found in every shape', () => {
  test.each<[string, Reply]>([
    ['JSON', error400('invalid_grant')],
    ['JSON called text', { status: 400, text: '{"error":"invalid_grant"}' }],
    [
      'JSON called HTML, status 403',
      { status: 403, text: '{"error":"invalid_grant"}', headers: { 'content-type': 'text/html' } },
    ],
    [
      'JSON beside a WWW-Authenticate header',
      { ...error400('invalid_grant'), status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    ],
    [
      'a WWW-Authenticate header alone',
      { status: 401, headers: { 'www-authenticate': 'Basic realm="x", Bearer error="invalid_grant"' } },
    ],
    ['status 200', { json: { error: 'invalid_grant' } }],
    [
      'status 200, in words about an access_token',
      { json: { error: 'invalid_grant', hint: 'the access_token ended' } },
    ],
    ['status 200, beside an empty access_token', { json: { access_token: '', error: 'invalid_grant' } }],
    ['status 200, beside none', { json: { access_token: null, token_type: null, error: 'invalid_grant' } }],
    ['a form', { status: 400, form: { error: 'invalid_grant' } }],
    ['a form with status 200', { form: { error: 'invalid_grant' } }],
    ['a form about an access_token', { form: { error: 'invalid_grant', error_description: 'no access_token' } }],
  ])('R26: %s', async (_, reply) => {
    const error = await clientCredentials(reply)
    expect(error).toMatchObject({ code: 'token_error', action: 'reauthorize', oauth: { error: 'invalid_grant' } })
  })

  test.each<[string, Reply]>([
    ['an empty body', { status: 400 }],
    ['a text page', { status: 400, text: 'something went wrong with canary-client-secret' }],
    ['an HTML page', { status: 400, text: '<p>canary-client-secret', headers: { 'content-type': 'text/html' } }],
    ['an error that is not a string', { status: 400, json: { error: { code: 1 } } }],
    ['JSON that is not an object', { status: 400, json: ['error'] }],
    ['malformed WWW-Authenticate', { status: 401, headers: { 'www-authenticate': 'Bearer error="' } }],
  ])('R26: %s has none, and the status is there', async (_, reply) => {
    const error = await clientCredentials(reply)
    const action = reply.status === 401 ? 'fix_configuration' : 'report'
    expect(error).toMatchObject({ code: 'token_error', action, status: reply.status })
    expect(error).not.toHaveProperty('oauth')
  })

  test.each(vectorsOf('token error response'))('R25: $name', async ({ input, expected }) => {
    const { oauth } = await clientCredentials({ status: Number(input['status']), json: input['body'] })
    expect(oauth).toEqual(expected)
  })
})

describe('no secret leaves with an error', () => {
  test('A14: what the server echoes is cut out of message, description and JSON, whatever form it has', async () => {
    const secret = 'canary s%ecret'
    const json = {
      error: 'invalid_grant',
      error_description: `bad token canary-refresh-token for ${secret}, ${encodeURIComponent(secret)}`,
      error_uri: `https://id.example/?t=canary-refresh-token&${String(new URLSearchParams({ secret }))}`,
    }
    const { provider } = await scene({ status: 400, json })
    const error = await errorOf(
      provider({ ...confidential, clientSecret: secret })
        .grant(Refresh)
        .requestToken('canary-refresh-token'),
    )
    expect(error.oauth?.errorDescription).toBe('bad token [redacted] for [redacted], [redacted]')
    expect(error.oauth?.errorUri).toBe('https://id.example/?t=[redacted]&secret=[redacted]')
  })

  test('R31, A60: control and bidi characters do not reach the message', async () => {
    const json = { error: 'x', error_description: 'a\r\nERROR fake \u001B[31m\u202Eevil' }
    const { message, oauth } = await clientCredentials({ status: 400, json })
    expect(message).not.toMatch(/[\r\n\u001B\u202E]/)
    expect(oauth?.errorDescription).toBe(json.error_description)
  })

  test('A60: none of them does, nor does a line separator, from a response, a callback or a value of your own', async () => {
    const ranges = [
      [0x00, 0x1f],
      [0x7f, 0x9f],
      [0x61c, 0x61c],
      [0x200e, 0x200f],
      [0x2028, 0x202e],
      [0x2066, 0x2069],
    ] as const
    const all = ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i))
    const text = all.map((code) => `a${String.fromCodePoint(code)}`).join('')
    const { provider } = await scene({ status: 400, json: { error: `x${text}`, error_description: text } })
    const login = provider().grant(Pkce)
    const { transaction } = await login.authorize()
    const callback = new URLSearchParams({ error: `x${text}`, error_description: text, state: transaction.state })
    const errors = [
      await errorOf(provider().grant(ClientCredentials).requestToken()),
      await errorOf(login.requestToken(callback, transaction)),
      await errorOf(login.authorize({ scope: [text] })),
      await errorOf(() => provider({ clientId: 'cid', redirectUri: text })),
    ]
    for (const { message, stack } of errors) {
      expect(message).toContain('a a a')
      expect([...message].filter((character) => all.includes(character.codePointAt(0) ?? 0))).toEqual([])
      expect(stack?.split('\n')[0]).toContain(message.slice(0, 100))
    }
  })

  test('a secret is cut out in every form in which it travels', () => {
    const secret = `a b&"ü~!'()*`
    const forms = [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams([['', secret]]).toString().slice(1),
      JSON.stringify(secret),
    ]
    for (const form of forms) expect(redact(`x ${form} y`, [secret])).toMatch(/^x "?\[redacted\]"? y$/)
  })

  test('of two secrets of which one begins with the other, nothing is left', () => {
    expect(redact('x canary-and-more y', ['canary', 'canary-and-more'])).toBe('x [redacted] y')
  })

  test('an error is copied without what could hold a secret', () => {
    const thrown = Object.assign(
      new TypeError('fetch failed', {
        cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
      }),
      {
        request: { headers: { authorization: 'Bearer canary-access-token' } },
      },
    )
    const copy = scrub(thrown, [])
    expect(copy).toMatchObject({ name: 'TypeError', message: 'fetch failed', cause: { code: 'ECONNREFUSED' } })
    expect(copy).not.toHaveProperty('request')
    expect(copy.stack).toBe('TypeError: fetch failed')
  })

  test.each([['text'], [undefined], [null], [42], [Object.create(null)]])('anything may be thrown: %s', (thrown) => {
    expect(scrub(thrown, [])).toBeInstanceOf(Error)
  })

  test('an error whose properties throw is copied, too', () => {
    const hostile = Object.defineProperty(new Error('x'), 'message', {
      get: () => {
        throw new Error('no')
      },
    })
    expect(scrub(hostile, []).message).toBe('an error that cannot be read')
  })

  test('an endless chain of causes ends', () => {
    const circular = new Error('again')
    circular.cause = circular
    let depth = 0
    for (let error: unknown = scrub(circular, []); error instanceof Error; error = error.cause) depth++
    expect(depth).toBeLessThan(10)
  })

  test('a message has a bounded length', () => expect(printable('x'.repeat(100_000)).length).toBeLessThan(1100))
})

describe('an error', () => {
  const error = new GrantError('token_error', 'it failed', {
    status: 400,
    retryAfter: 3,
    oauth: { error: 'x' },
    action: 'none',
  })

  test('has a name, a code and an action', () => {
    expect(error).toBeInstanceOf(Error)
    expect(String(error)).toBe('GrantError: it failed')
    expect(Object.keys(error)).not.toContain('name')
    expect(error).toMatchObject({ code: 'token_error', action: 'none' })
  })

  test('is JSON that says all of that', () => {
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'GrantError',
      code: 'token_error',
      action: 'none',
      message: 'it failed',
      status: 400,
      retryAfter: 3,
      oauth: { error: 'x' },
    })
  })

  test.each<[GrantErrorCode, string]>([
    ['config_invalid', 'fix_configuration'],
    ['insecure_url', 'fix_configuration'],
    ['metadata_invalid', 'fix_configuration'],
    ['state_mismatch', 'reauthorize'],
    ['issuer_mismatch', 'fix_configuration'],
    ['issuer_missing', 'fix_configuration'],
    ['callback_invalid', 'reauthorize'],
    ['transaction_expired', 'reauthorize'],
    ['transaction_used', 'reauthorize'],
    ['authorization_denied', 'none'],
    ['authorization_error', 'report'],
    ['reauthorization_required', 'reauthorize'],
    ['network_error', 'retry'],
    ['timeout', 'retry'],
    ['rate_limited', 'retry'],
    ['token_response_invalid', 'report'],
    ['token_error', 'report'],
    ['aborted', 'none'],
  ])('%s: %s', (code, action) => expect(new GrantError(code, '').action).toBe(action))
})

test('E-10: every failure of a grant is one class', async () => {
  class Custom extends Grant {
    static readonly grantType = 'urn:example:custom'
    requestToken(): Promise<Token> {
      return this.tokenRequest({})
    }
  }
  const { provider } = await scene({ status: 400, json: { error: 'invalid_grant' } })
  for (const fail of [
    () => provider().grant(Custom).requestToken(),
    () => provider().grant(ClientCredentials).requestToken(),
    () => provider().grant(Refresh).requestToken('canary-refresh-token'),
    () => provider().grant(Pkce).requestToken('?', undefined),
  ])
    await expect(fail()).rejects.toBeInstanceOf(GrantError)
})
