import type { ProviderDefinition } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { deviant } from '../support/deviant.ts'
import { errorOf } from '../support/scene.ts'

type Declared = NonNullable<NonNullable<ProviderDefinition['tokenResponse']>['error']>

interface Row {
  readonly name: string
  readonly error: Declared
  readonly reply: Reply
  readonly expected: object
  readonly used: readonly string[]
}

/** Errors that only the definition makes readable. */
const declared: readonly Row[] = [
  {
    name: '#20: an error with status 200, under a name of its own',
    error: { status: 200, code: 'errcode', description: 'errmsg', success: [0], codes: { 40029: 'invalid_grant' } },
    reply: { json: { errcode: 40029, errmsg: 'invalid code' } },
    expected: {
      code: 'reauthorization_required',
      action: 'reauthorize',
      status: 200,
      oauth: { error: '40029', errorDescription: 'invalid code' },
    },
    used: [
      'tokenResponse.error.status',
      'tokenResponse.error.code',
      'tokenResponse.error.description',
      'tokenResponse.error.codes.40029',
    ],
  },
  {
    name: '#20: an error with status 200 beside something that is called access_token',
    error: { status: 200 },
    reply: { json: { ok: false, error: 'bad_request', access_token: 'none' } },
    expected: { code: 'token_error', action: 'report', oauth: { error: 'bad_request' } },
    used: ['tokenResponse.error.status'],
  },
  {
    name: '#20: a code of the provider’s own for a dead refresh token',
    error: { status: 200, codes: { invalid_refresh_token: 'invalid_grant' } },
    reply: { json: { ok: false, error: 'invalid_refresh_token' } },
    expected: { code: 'reauthorization_required', oauth: { error: 'invalid_refresh_token' } },
    used: ['tokenResponse.error.status', 'tokenResponse.error.codes.invalid_refresh_token'],
  },
  {
    name: '#21: an error object',
    error: { code: 'error.type', description: 'error.message', codes: { OAuthException: 'invalid_grant' } },
    reply: { status: 400, json: { error: { type: 'OAuthException', message: 'Session has expired', code: 190 } } },
    expected: {
      code: 'reauthorization_required',
      oauth: { error: 'OAuthException', errorDescription: 'Session has expired' },
    },
    used: ['tokenResponse.error.code', 'tokenResponse.error.description', 'tokenResponse.error.codes.OAuthException'],
  },
  {
    name: '#21: a list of errors',
    error: { code: 'errors.0.errorType', description: 'errors.0.message' },
    reply: { status: 400, json: { success: false, errors: [{ errorType: 'invalid_grant', message: 'is dead' }] } },
    expected: { code: 'reauthorization_required', oauth: { error: 'invalid_grant', errorDescription: 'is dead' } },
    used: ['tokenResponse.error.code', 'tokenResponse.error.description'],
  },
  {
    name: '#21: a status and a message',
    error: { code: 'status', description: 'message', codes: { 429: 'temporarily_unavailable' } },
    reply: { status: 400, json: { status: 429, message: 'slow down' } },
    expected: { code: 'token_error', action: 'retry', oauth: { error: '429', errorDescription: 'slow down' } },
    used: ['tokenResponse.error.code', 'tokenResponse.error.description', 'tokenResponse.error.codes.429'],
  },
]

describe('an error of a shape of its own, where the definition declares it', () => {
  test.each(declared)('$name', async ({ error, reply, expected, used }) => {
    const { refresh, normalised } = await deviant({ tokenResponse: { error } }, [reply])
    expect(await errorOf(refresh())).toMatchObject(expected)
    expect(normalised()).toEqual(used)
  })

  test('is an error that the strict core cannot tell, where it does not', async () => {
    for (const { reply, expected } of declared) {
      const { refresh } = await deviant({}, [reply])
      expect(await errorOf(refresh())).not.toMatchObject(expected)
    }
  })

  test('and a response without one is read as it is', async () => {
    const { refresh, normalised } = await deviant({ tokenResponse: { error: { code: 'errcode' } } }, [
      { status: 400, json: { error: 'invalid_grant' } },
    ])
    expect(await errorOf(refresh())).toMatchObject({ code: 'reauthorization_required' })
    expect(normalised()).toEqual([])
  })
})

describe('needs no word', () => {
  test('#20: an error with status 200 in the words of RFC 6749', async () => {
    const { refresh } = await deviant({}, [
      { json: { error: 'bad_verification_code', error_uri: 'https://a.example' } },
    ])
    expect(await errorOf(refresh())).toMatchObject({ code: 'token_error', oauth: { error: 'bad_verification_code' } })
  })

  test.each(['text/plain', 'text/html', 'application/problem+json'])(
    '#22: a JSON error that is called %s',
    async (type) => {
      const { refresh } = await deviant({}, [
        { status: 400, json: { error: 'invalid_grant' }, headers: { 'content-type': type } },
      ])
      expect(await errorOf(refresh())).toMatchObject({ code: 'reauthorization_required' })
    },
  )

  test('#23: a challenge beside the error does not hide it', async () => {
    const headers = { 'www-authenticate': 'Basic realm="id"' }
    const { refresh } = await deviant({}, [{ status: 401, json: { error: 'invalid_client' }, headers }])
    expect(await errorOf(refresh())).toMatchObject({ action: 'fix_configuration', oauth: { error: 'invalid_client' } })
  })

  test('#63: an error page with status 502 is worth another attempt', async () => {
    const page = { status: 502, text: '<html>bad gateway</html>', headers: { 'content-type': 'text/html' } }
    const { refresh } = await deviant({}, [page])
    expect(await errorOf(refresh())).toMatchObject({ code: 'token_error', action: 'retry', status: 502 })
  })
})
