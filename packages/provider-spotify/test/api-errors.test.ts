import { authorizedFetch, GrantError, Pkce, Provider, Refresh, Token } from '@grantkit/core'
import { apiClient } from '@grantkit/core/ky'
import { type Reply, startFaultServer } from '@grantkit/testing/server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { spotify } from '../src/index.ts'

/** Spotify's Web API and accounts service, giving one answer. */
async function answering(reply: Reply) {
  const server = await startFaultServer()
  onTestFinished(() => server.close())
  await server.reply('/v1/me', reply)
  await server.reply('/api/token', reply)
  const { authorization_endpoint: _, ...metadata } = spotify.metadata
  const definition = {
    ...spotify,
    metadata: { ...metadata, token_endpoint: `${server.url}/api/token` },
    apiOrigins: [server.url],
  }
  const provider = new Provider(definition, { clientId: 'x' })
  const tokens = provider.tokenSource({ token: Token.from({ accessToken: 'mF_9.B5f-4.1JqM' }) })
  const me = `${server.url}/v1/me`
  return {
    provider,
    server,
    call: () => authorizedFetch(tokens)(me),
    ky: () => apiClient(tokens, { throwHttpErrors: false, retry: 0 }).get(me),
  }
}

async function errorOf(action: Promise<unknown>): Promise<GrantError> {
  try {
    await action
  } catch (error) {
    expect(error).toBeInstanceOf(GrantError)
    return error as GrantError
  }
  return expect.fail('nothing was thrown')
}

const premium =
  'Active premium subscription required for the owner of the app. When the subscription status changes, it can take a few hours before requests are allowed again.'

describe('5.6: API 403 plain-text policy', () => {
  test.each([
    'User not registered in the Developer Dashboard',
    premium,
    'Check settings on developer.spotify.com/dashboard, the user may not be registered.',
    'Words that nobody has seen yet',
  ])('"%s" becomes an error that says what to do, whatever the words', async (text) => {
    const { call, ky } = await answering({ status: 403, text })
    for (const made of [call, ky]) {
      const error = await errorOf(made())
      expect(error).toMatchObject({
        code: 'api_error',
        action: 'fix_configuration',
        status: 403,
        oauth: { error: '403', errorDescription: text },
      })
      expect(error.message).toContain('User Management')
      expect(error.message).toContain('Premium')
    }
  })

  test('without a content type, too', async () => {
    const base64 = btoa(premium)
    expect((await errorOf((await answering({ status: 403, base64 })).call())).code).toBe('api_error')
  })

  test.each<[string, Reply]>([
    ['an ordinary error', { json: { error: { status: 403, message: 'Insufficient client scope' } } }],
    ['a page', { text: '<html>', headers: { 'content-type': 'text/html; charset=utf-8' } }],
    ['nothing', {}],
  ])('a 403 with %s comes back as it is', async (_, reply) => {
    const response = await (await answering({ ...reply, status: 403 })).call()
    expect(response.status).toBe(403)
    expect(await response.text()).toBe(reply.text ?? (reply.json ? JSON.stringify(reply.json) : ''))
  })
})

describe('5.6: QUOTA_EXCEEDED', () => {
  const body = { error: { status: 429, message: 'Too many requests', reason: 'QUOTA_EXCEEDED' } }

  test('E-39: a quota that is used up is told from a limit by its reason', async () => {
    const { call, ky } = await answering({ status: 429, headers: { 'retry-after': '50' }, json: body })
    for (const made of [call, ky])
      expect(await errorOf(made())).toMatchObject({
        code: 'rate_limited',
        action: 'retry',
        status: 429,
        retryAfter: 50,
        oauth: { error: 'QUOTA_EXCEEDED', errorDescription: 'Too many requests' },
        message: expect.stringContaining('extended quota mode'),
      })
  })

  test.each<[string, Reply]>([
    ['a limit', { json: { error: { status: 429, message: 'API rate limit exceeded' } } }],
    ['a limit in words', { text: 'Too many requests' }],
    ['the word in prose', { text: 'QUOTA_EXCEEDED' }],
    ['the reason at another place', { json: { reason: 'QUOTA_EXCEEDED' } }],
  ])('%s comes back as it is', async (_, reply) => {
    expect((await (await answering({ ...reply, status: 429 })).call()).status).toBe(429)
  })
})

describe('the six-month limit', () => {
  const refused: Reply = { status: 400, json: { error: 'invalid_grant', error_description: 'Refresh token expired' } }
  const daysAgo = (days: number) =>
    Token.from({ accessToken: 'a', refreshToken: 'rt', authorizedAt: Date.now() - days * 24 * 3_600_000 })

  test('5.6: a refresh that is refused after it says so', async () => {
    const { provider } = await answering(refused)
    const error = await errorOf(provider.grant(Refresh).requestToken(daysAgo(181)))
    expect(error).toMatchObject({
      code: 'reauthorization_required',
      action: 'reauthorize',
      status: 400,
      oauth: { error: 'invalid_grant', errorDescription: 'Refresh token expired' },
    })
    expect(error.message).toBe(
      'spotify ends every grant some 180 days after its login, however often it is refreshed: the user has to log in again',
    )
  })

  test('a token source says it, too', async () => {
    const { provider } = await answering(refused)
    const token = daysAgo(181).with({ expiresAt: Date.now() - 1 })
    const error = await errorOf(provider.tokenSource({ token }).token())
    expect(error.code).toBe('reauthorization_required')
    expect(error.message).toContain('180 days')
  })

  test.each([
    ['before it', daysAgo(100)],
    ['with a token whose login is not known', daysAgo(0).with({ authorizedAt: undefined })],
    ['with a refresh token alone', 'rt'],
  ])('one that is refused %s has another reason', async (_, token) => {
    const { provider } = await answering(refused)
    const error = await errorOf(provider.grant(Refresh).requestToken(token))
    expect(error.code).toBe('reauthorization_required')
    expect(error.message).not.toContain('180')
  })

  test('a server that is away says nothing about it', async () => {
    const { provider } = await answering({ status: 503, text: 'later' })
    expect((await errorOf(provider.grant(Refresh).requestToken(daysAgo(181)))).message).not.toContain('180')
  })
})

describe('pages of Spotify that never come back', () => {
  test('a redirect URI that it refuses says what the user would see', () => {
    const register = () => new Provider(spotify, { clientId: 'x', redirectUri: 'http://localhost:8888/cb' })
    expect(register).toThrow(/use "http:\/\/127\.0\.0\.1:8888\/cb"; .*the dashboard.* "INVALID_CLIENT"/)
  })

  test('so does a login that took too long to come back', async () => {
    let now = 1_800_000_000_000
    const clock = { now: () => now, sleep: () => new Promise<void>(() => undefined) }
    const client = { clientId: 'x', redirectUri: 'http://127.0.0.1:8888/cb' }
    const login = new Provider(spotify, client, { clock }).grant(Pkce)
    const { transaction } = await login.authorize()
    now += 600_000
    const error = await errorOf(login.requestToken(`?code=a&state=${transaction.state}`, transaction))
    expect(error.code).toBe('transaction_expired')
    expect(error.message).toMatch(/begin again; .*the dashboard.* "INVALID_CLIENT"/)
  })
})
