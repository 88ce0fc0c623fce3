import type { Callback } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { readCallback } from '../../src/grants/callback.ts'
import type { GrantPort } from '../../src/protocol/port.ts'
import { begin } from '../support/begun-login.ts'
import { errorOf, redirectUri } from '../support/scene.ts'

const issuer = 'https://honest.as.example'
const post = (body: string, headers: Record<string, string>) =>
  new Request('https://app.example/cb', { method: 'POST', headers, body: new TextEncoder().encode(body) })

describe('an error about a callback says what is wrong with it', () => {
  test.each([
    ['no state', 'state_mismatch', 'the callback has no state, so it cannot be told whose login it is', '?code=canary'],
    [
      'an empty state',
      'state_mismatch',
      'the callback has no state, so it cannot be told whose login it is',
      '?code=canary&state=',
    ],
    ['another state', 'state_mismatch', 'the callback does not belong to this transaction', '?code=canary&state=other'],
    ['no code', 'callback_invalid', 'the callback has neither a code nor an error', '?state={state}'],
    ['an empty code', 'callback_invalid', 'the callback has neither a code nor an error', '?code=&state={state}'],
    [
      'a control character before the code',
      'callback_invalid',
      'the code of the callback is not printable ASCII',
      '?code=%00canary&state={state}',
    ],
    [
      'two codes',
      'callback_invalid',
      'the callback has "code" more than once',
      '?code=canary&code=canary&state={state}',
    ],
    [
      'a token',
      'callback_invalid',
      'the callback has "access_token", which belongs to another response type',
      '?code=canary&access_token=canary&state={state}',
    ],
    [
      'no query',
      'callback_invalid',
      'the callback has no query: pass the whole URL that the browser was sent to',
      '/callback',
    ],
    [
      'too many characters',
      'callback_invalid',
      'the callback has more than 16384 characters',
      `?code=canary&state={state}&x=${'x'.repeat(16_384)}`,
    ],
    [
      'a denial',
      'authorization_denied',
      'the user, or acme, denied the authorization',
      '?error=access_denied&state={state}',
    ],
    [
      'a refusal',
      'authorization_error',
      'acme refused the authorization with "invalid_scope"',
      '?error=invalid_scope&state={state}',
    ],
    [
      'a refusal with a reason',
      'authorization_error',
      'acme refused the authorization with "invalid_scope" (there is no "all")',
      '?error=invalid_scope&error_description=there+is+no+%22all%22&state={state}',
    ],
  ])('%s: %s', async (_, code, message, callback) => {
    const { finish, state } = await begin()
    expect(await finish(callback.replaceAll('{state}', state))).toMatchObject({ code, message })
  })

  test.each<[unknown]>([
    [42],
    [null],
    [true],
    [['?code=canary&state=x']],
    [new Map([['code', 'canary']])],
    [() => '?code=x'],
  ])('%o is not a callback', async (callback) => {
    const { finish } = await begin()
    const message =
      'the callback is not valid: pass a URL, a request, its parameters, or a string such as "/callback?code=…"'
    expect(await finish(callback as Callback)).toMatchObject({ code: 'callback_invalid', message })
  })

  test.each<[unknown, string]>([
    [42, 'code'],
    [null, 'code'],
    [{ $ne: '' }, 'code'],
    [[['canary']], 'code'],
  ])('a parameter that is %j is not a string', async (value, name) => {
    const { finish, state } = await begin()
    const message = `the parameter "${name}" of the callback is not a string`
    expect(await finish({ state, [name]: value })).toMatchObject({ code: 'callback_invalid', message })
  })

  test.each<Record<string, string>>([{}, { 'content-type': 'text/plain' }])(
    'a POST with the headers %j is not a form',
    async (headers) => {
      const { finish, state } = await begin()
      expect(await finish(post(`code=canary-code&state=${state}`, headers))).toMatchObject({
        code: 'callback_invalid',
        message: 'the callback is a POST that is not form-encoded: send response_mode=form_post, or none',
      })
    },
  )

  test.each([
    [
      'of another server',
      'issuer_mismatch',
      `the callback comes from the issuer "https://evil.example", and acme has "${issuer}"`,
      '&iss=https://evil.example',
    ],
    ['without an issuer', 'issuer_missing', 'acme promises "iss" in every callback, and this one has none', ''],
  ])('%s: %s', async (_, code, message, iss) => {
    const metadata = { issuer, authorization_response_iss_parameter_supported: true }
    const { finish, state } = await begin({ metadata } as never)
    expect(await finish(`?code=canary-code&state=${state}${iss}`)).toMatchObject({ code, message })
  })
})

test('an issuer that echoes what it was sent is told without that', async () => {
  const { finish, state, transaction } = await begin({ metadata: { issuer } } as never, {})
  const iss = encodeURIComponent(`https://evil.example/${state}/canary-code/${transaction.codeVerifier}`)
  expect((await finish(`?code=canary-code&state=${state}&iss=${iss}`)).message).toBe(
    `the callback comes from the issuer "https://evil.example/[redacted]/[redacted]/[redacted]", and acme has "${issuer}"`,
  )
})

test.each([
  ['server_error', `acme refused the authorization with "server_error" ([redacted] [redacted] [redacted] [redacted])`],
  ['access_denied', 'the user, or acme, denied the authorization'],
])('what a server echoes of the login is not shown with %s', async (error, message) => {
  const transaction = {
    state: 'canary-state',
    codeVerifier: 'canary-verifier',
    nonce: 'canary-nonce',
    redirectUri,
    scope: [],
    provider: 'acme',
    createdAt: 0,
    expiresAt: 1,
  }
  const port = { provider: { name: 'acme', metadata: {} } } as unknown as GrantPort
  const error_description = 'canary-state canary-verifier canary-nonce canary-code'
  const callback = new URLSearchParams({ error, error_description, state: 'canary-state', code: 'canary-code' })
  const refusal = await errorOf(readCallback(callback, transaction, port))
  expect(refusal.message).toBe(message)
  expect(refusal.oauth).toEqual({ error, errorDescription: '[redacted] [redacted] [redacted] [redacted]' })
})
