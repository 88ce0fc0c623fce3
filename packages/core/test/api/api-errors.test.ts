import { type ApiErrorHint, authorizedFetch, parseDefinition, Token } from '@grantkit/core'
import { apiClient } from '@grantkit/core/ky'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { apiStage } from '../support/api-stage.ts'
import { errorOf } from '../support/scene.ts'

// Error responses of an API whose meaning the definition declares.

const policy: ApiErrorHint = {
  status: 403,
  body: 'text',
  action: 'fix_configuration',
  message: 'acme refuses the app: add the user in the console',
}
const quota: ApiErrorHint = {
  status: 429,
  reason: 'QUOTA',
  code: 'rate_limited',
  message: 'the quota of the day is used up',
}
const rules = { errors: [policy, quota] }
const json = (status: number, body: unknown): Reply => ({ status, json: body })

describe('a response that the definition knows', () => {
  test('rejects with the declared message and action, and keeps the status and what the API said', async () => {
    const { fetch, url } = await apiStage([{ status: 403, text: '  not on the list\n' }], { api: rules })
    expect((await errorOf(fetch(url))).toJSON()).toEqual({
      name: 'GrantError',
      code: 'api_error',
      action: 'fix_configuration',
      message: 'acme refuses the app: add the user in the console',
      provider: 'acme',
      oauth: { error: '403', errorDescription: 'not on the list' },
      status: 403,
    })
  })

  test('is recognised by its code, and its message is kept', async () => {
    const reply = {
      ...json(429, { error: { reason: 'QUOTA', message: 'slow down' } }),
      headers: { 'retry-after': '9' },
    }
    const { fetch, url } = await apiStage([reply], { api: rules })
    expect(await errorOf(fetch(url))).toMatchObject({
      code: 'rate_limited',
      action: 'retry',
      status: 429,
      retryAfter: 9,
      oauth: { error: 'QUOTA', errorDescription: 'slow down' },
    })
  })

  test.each([
    ['errors.0.code', { errors: [{ code: 'E1' }], message: 'x' }],
    ['code', { code: 'E1' }],
  ])('has its code at %s', async (path, body) => {
    const hint: ApiErrorHint = { status: 400, reason: 'E1', path, message: 'the definition knows E1' }
    const { fetch, url } = await apiStage([json(400, body)], { api: { errors: [hint] } })
    expect(await errorOf(fetch(url))).toMatchObject({
      code: 'api_error',
      action: 'report',
      message: 'the definition knows E1',
    })
  })

  test('the first one that fits is taken', async () => {
    const errors = [quota, { ...policy, body: 'json', message: 'JSON' }, { status: 403, message: 'anything' }] as const
    const { fetch, url } = await apiStage([json(403, []), { status: 403 }], { api: { errors } })
    expect((await errorOf(fetch(url))).message).toBe('JSON')
    expect((await errorOf(fetch(url))).message).toBe('anything')
  })

  test('a client on ky rejects with it, too', async () => {
    const { tokens, url } = await apiStage([{ status: 403, text: 'no' }], { api: rules })
    expect((await errorOf(apiClient(tokens).get(url))).code).toBe('api_error')
  })

  test('a 401 is recovered from before it is explained', async () => {
    const errors: ApiErrorHint[] = [{ status: 401, message: 'explained' }]
    const { fetch, url, sent } = await apiStage([{ status: 401 }], { api: { errors } })
    expect((await errorOf(fetch(url))).message).toBe('explained')
    expect(await sent()).toEqual(['token-0', 'token-1'])
  })

  test('a busy API is waited for first, where that was asked for', async () => {
    const reply = json(429, { error: { reason: 'QUOTA' } })
    const { fetch, url, clock, requests } = await apiStage([reply], { api: rules, retry: { limit: 1 } })
    const failure = errorOf(fetch(url))
    await expect.poll(() => clock.waiting).toBe(1)
    await clock.advance(2000)
    expect((await failure).code).toBe('rate_limited')
    expect(await requests()).toHaveLength(2)
  })

  test('what asks for another scope is told in the standard way', async () => {
    const challenge = { 'www-authenticate': 'Bearer error="insufficient_scope", scope="write"' }
    const { fetch, url } = await apiStage([{ status: 403, text: 'no', headers: challenge }], { api: rules })
    expect((await errorOf(fetch(url))).code).toBe('scope_insufficient')
  })

  test('what the API echoes is redacted, printable and not endless', async () => {
    const text = `\u001b[31mcanary-token-0 ${'a'.repeat(5000)}`
    const { fetch, url } = await apiStage([{ status: 403, text }], { api: rules })
    const { errorDescription = '' } = (await errorOf(fetch(url))).oauth ?? {}
    expect(errorDescription).toMatch(/^\[31m\[redacted\] a+…$/)
    expect(errorDescription.length).toBeLessThan(1100)
  })
})

describe('a response that comes back as it is', () => {
  test.each<[string, Reply]>([
    ['a success', { text: 'not on the list' }],
    ['another status', { status: 404, text: 'not on the list' }],
    ['JSON where text is known', json(403, { error: 'no' })],
    ['a page', { status: 403, text: '<h1>no</h1>', headers: { 'content-type': 'text/html' } }],
    ['an empty body', { status: 403, text: ' ' }],
    ['another code', json(429, { error: { reason: 'OTHER' } })],
    ['a code that is not a string', json(429, { error: { reason: { toString: 'QUOTA' } } })],
    [
      'broken JSON',
      { status: 429, text: '{"error":{"reason":"QUOTA"', headers: { 'content-type': 'application/json' } },
    ],
    ['too much of it', { status: 403, text: 'a'.repeat(20_000) }],
    ['a body that breaks off', { status: 403, text: 'not on the list', truncate: 3 }],
  ])('%s', async (_, reply) => {
    const { fetch, url } = await apiStage([reply], { api: rules })
    const response = await fetch(url)
    expect(response.status).toBe(reply.status ?? 200)
    if (reply.truncate) return
    expect(response.bodyUsed).toBe(false)
    expect(await response.text()).toBe(reply.text ?? JSON.stringify(reply.json))
  })

  test('one without an end, after a while, and it streams on', async () => {
    const reply: Reply = { status: 403, chunks: [{ text: 'once upon a time' }], hang: 'body' }
    const { fetch, url, clock } = await apiStage([reply], { api: rules })
    const pending = fetch(url)
    await expect.poll(() => clock.waiting).toBe(1)
    await clock.advance(5000)
    const response = await pending
    const reader = response.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('once upon a time')
    await reader?.cancel()
  })

  test('any, for a token that no provider’s source has given', async () => {
    const { api, url } = await apiStage([{ status: 403, text: 'no' }], { api: rules })
    const fetch = authorizedFetch(Token.from({ accessToken: 'canary-own' }), { origins: [api.url] })
    expect((await fetch(url)).status).toBe(403)
  })

  test('the body of a success is not even looked at', async () => {
    const { tokens, api } = await apiStage([], { api: rules })
    const response = new Response('data')
    const fetch = authorizedFetch(tokens, { fetch: async () => response })
    expect(await fetch(`${api.url}/v1/me`)).toBe(response)
  })
})

test.each<[string, unknown, string]>([
  ['without a status', { message: 'x' }, 'api.errors.0.status'],
  ['without a message', { status: 403 }, 'api.errors.0.message'],
  ['with another code', { ...policy, code: 'aborted' }, 'api.errors.0.code'],
  ['with another body', { ...policy, body: 'html' }, 'api.errors.0.body'],
])('a hint %s is refused where it stands', async (_, hint, place) => {
  const metadata = { token_endpoint: 'https://id.acme.example/token' }
  const error = await errorOf(() => parseDefinition({ name: 'acme', metadata, api: { errors: [hint] } }))
  expect(error.code).toBe('config_invalid')
  expect(error.message).toContain(place)
})
