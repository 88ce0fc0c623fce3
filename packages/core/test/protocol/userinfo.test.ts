import { Pkce, Provider, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { accessToken, logIn, openid } from '../support/openid.ts'
import { confidential, errorOf, eventLog } from '../support/scene.ts'
import { authorizationServer } from '../support/servers.ts'

const metadata = {
  token_endpoint: 'https://id.acme.example/token',
  userinfo_endpoint: 'https://id.acme.example/userinfo',
}
const tokenOf = (user: string) => Token.from({ accessToken: `canary-of-${user}` })
const ada = { sub: 'ada', name: 'Ada', email: 'ada@mail.example' }

/** A user who has logged in, at a provider whose userinfo endpoint answers as told. */
async function loggedIn(reply: Reply | Reply[] = { json: ada }, options: Parameters<typeof openid>[0] = {}) {
  const stage = await openid(options)
  await stage.server.reply('/userinfo', ...[reply].flat())
  const token = await logIn(stage)
  const asked = async () => (await stage.server.requests()).filter(({ path }) => path === '/userinfo')
  return { ...stage, token, asked }
}

describe('user information', () => {
  test('of a real server is about the user who has logged in', async () => {
    const server = await authorizationServer()
    const provider = await Provider.discover(server.issuer, server.clients.public)
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['openid', 'email'] })
    const token = await login.requestToken(await server.logIn(url), transaction)
    expect((await provider.userinfo(token)).sub).toBe(token.claims?.sub)
  })

  test('R236: is asked for with the token in the header, never in the URL', async () => {
    const { provider, token, asked } = await loggedIn()
    expect(await provider.userinfo(token)).toEqual(ada)
    const [request, ...more] = await asked()
    expect(more).toEqual([])
    expect(request).toMatchObject({ method: 'GET', url: expect.stringMatching(/\/userinfo$/) as string, body: '' })
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${accessToken}`,
      accept: 'application/json, application/jwt',
    })
  })

  test.each<[string, object]>([
    ['another user', { sub: 'eve' }],
    ['nobody', { name: 'Ada' }],
    ['a user whose name is longer', { sub: 'ada ' }],
    ['a list', { sub: ['ada'] }],
  ])('R234: about %s is refused, and never handed out', async (_, json) => {
    const { provider, token } = await loggedIn({ json })
    expect(await errorOf(provider.userinfo(token))).toMatchObject({
      code: 'userinfo_invalid',
      action: 'report',
      provider: 'acme',
      message: 'the userinfo response of acme is about another user (sub)',
    })
  })

  test('#55: without a user is refused', async () => {
    const { provider, token } = await loggedIn({ json: { login: 'ada', id: 7 } })
    expect((await errorOf(provider.userinfo(token))).code).toBe('userinfo_invalid')
  })

  test('of one user never reaches another, whoever asks first', async () => {
    const fetch: typeof globalThis.fetch = async (_, init) =>
      Response.json({ sub: new Headers(init?.headers).get('authorization')?.slice(-3) })
    const provider = new Provider({ name: 'acme', metadata }, confidential, { fetch })
    const ask = async (subject: string) => provider.userinfo(tokenOf(subject), { subject })
    const users = ['ada', 'bob', 'cat', 'ada', 'cat']
    expect((await Promise.all(users.map(ask))).map(({ sub }) => sub)).toEqual(users)
    const mixedUp = users.map(() => errorOf(provider.userinfo(tokenOf('ada'), { subject: 'bob' })))
    const errors = await Promise.all(mixedUp)
    expect(errors.map(({ code }) => code)).toEqual(users.map(() => 'userinfo_invalid'))
    expect(new Set(errors).size).toBe(users.length)
  })

  test.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['text', 'hello'],
    ['nothing', ''],
  ])('that is %s is refused', async (_, text) => {
    const { provider, token } = await loggedIn({ text })
    expect((await errorOf(provider.userinfo(token))).message).toBe('the userinfo response of acme is not a JSON object')
  })

  test('that is nested too deeply is refused', async () => {
    const { provider, token } = await loggedIn({ text: `{"sub":"ada","a":${'['.repeat(99)}${']'.repeat(99)}}` })
    expect((await errorOf(provider.userinfo(token))).code).toBe('userinfo_invalid')
  })

  test('A36: cannot be changed, and changes no prototype', async () => {
    const text = `{"sub":"ada","__proto__":{"isAdmin":true},"address":{"__proto__":{"isAdmin":true},"country":"Wales"}}`
    const { provider, token } = await loggedIn({ text })
    const claims = await provider.userinfo(token)
    expect(claims).toEqual({ sub: 'ada', address: { country: 'Wales' } })
    for (const value of [{}, claims, claims.address, Object.assign({}, claims)])
      expect((value as { isAdmin?: boolean }).isAdmin).toBeUndefined()
    expect(() => Object.assign(claims, { sub: 'eve' })).toThrow(TypeError)
    expect(() => Object.assign(claims.address ?? {}, { country: 'x' })).toThrow(TypeError)
  })

  test('A29: of 10 MB is given up at the cap', async () => {
    const { provider, token } = await loggedIn({ bytes: 10_000_000 })
    expect((await errorOf(provider.userinfo(token))).code).toBe('response_too_large')
  })

  test('does not follow a redirect', async () => {
    const { provider, token, server } = await loggedIn({ status: 302, headers: { location: '/elsewhere' } })
    expect((await errorOf(provider.userinfo(token))).code).toBe('redirect_refused')
    expect((await server.requests()).map(({ path }) => path)).not.toContain('/elsewhere')
  })

  test('that never comes is given up at the deadline', async () => {
    const { provider, token, clock, asked } = await loggedIn({ hang: 'headers' })
    const late = errorOf(provider.userinfo(token))
    await expect.poll(async () => (await asked()).length).toBe(1)
    await clock.advance(10_000)
    expect(await late).toMatchObject({ code: 'timeout', action: 'retry' })
  })

  test('is an event, without the token', async () => {
    const { events, onEvent } = eventLog()
    const { provider, token } = await loggedIn({ json: ada }, { onEvent })
    await provider.userinfo(token)
    expect(events.at(-1)).toMatchObject({ type: 'request', method: 'GET', grantType: 'userinfo', status: 200 })
  })
})

describe('a token', () => {
  test('without an ID token needs to be told whose it is, before anything is sent', async () => {
    const { provider, asked } = await loggedIn()
    const token = Token.from({ accessToken: 'canary-access' })
    expect(await errorOf(provider.userinfo(token))).toMatchObject({
      code: 'config_invalid',
      message:
        'this token does not say whose it is: log in with the scope openid, or write userinfo(token, { subject })',
    })
    expect(await asked()).toEqual([])
    expect((await provider.userinfo(token, { subject: 'ada' })).name).toBe('Ada')
  })

  test('is not the one of somebody else', async () => {
    const { provider, token, asked } = await loggedIn()
    expect((await errorOf(provider.userinfo(token, { subject: 'eve' }))).code).toBe('config_invalid')
    expect(await asked()).toEqual([])
  })

  test.each([['canary-access'], [undefined], [{ accessToken: 'canary-access' }]])('is not %j', async (value) => {
    const { provider } = await loggedIn()
    expect((await errorOf(provider.userinfo(value as never))).message).toBe('userinfo takes a Token')
  })

  test('of another type is not sent', async () => {
    const { provider, token, asked } = await loggedIn()
    const exchanged = errorOf(provider.userinfo(token.with({ tokenType: 'N_A' })))
    expect((await exchanged).code).toBe('token_type_unsupported')
    const bound = errorOf(provider.userinfo(token.with({ tokenType: 'DPoP' })))
    expect(await bound).toMatchObject({ code: 'token_type_mismatch' })
    expect(await asked()).toEqual([])
  })
})

describe('a refusal', () => {
  const challenge = (text: string) => ({ headers: { 'www-authenticate': text } })

  test.each<[string, Reply, object]>([
    [
      'the token has expired',
      { status: 401, ...challenge('Bearer error="invalid_token", error_description="it has expired"') },
      { code: 'token_error', action: 'reauthorize', oauth: { error: 'invalid_token' } },
    ],
    ['without a reason', { status: 401 }, { code: 'token_error', action: 'reauthorize', status: 401 }],
    [
      'the token lacks a scope',
      { status: 403, ...challenge('Bearer error="insufficient_scope", scope="openid email"') },
      { code: 'scope_insufficient', action: 'reauthorize', required: { scope: ['openid', 'email'] } },
    ],
    [
      'too many requests',
      { status: 429, headers: { 'retry-after': '7' } },
      { code: 'rate_limited', action: 'retry', retryAfter: 7 },
    ],
    ['the server is down', { status: 503 }, { code: 'token_error', action: 'retry' }],
    ['no success', { status: 204 }, { code: 'token_error', action: 'report' }],
  ])('says what to do: %s', async (_, reply, expected) => {
    const { provider, token } = await loggedIn(reply)
    expect(await errorOf(provider.userinfo(token))).toMatchObject(expected)
  })

  test('shows nothing of the token that it echoes', async () => {
    const header = `Bearer error="invalid_token", error_description="no ${accessToken}"`
    const { provider, token } = await loggedIn({ status: 401, ...challenge(header) })
    const error = await errorOf(provider.userinfo(token))
    expect(error.message).toContain('no [redacted]')
    expect(JSON.stringify(error)).not.toContain(accessToken)
  })

  test('shows nothing of the request when the connection breaks', async () => {
    const fetch: typeof globalThis.fetch = async (_, init) => {
      throw new TypeError(`cannot send ${JSON.stringify(init?.headers)}`)
    }
    const provider = new Provider({ name: 'acme', metadata }, confidential, { fetch })
    const error = await errorOf(provider.userinfo(Token.from({ accessToken: 'canary-access' }), { subject: 'ada' }))
    expect(error).toMatchObject({ code: 'network_error', provider: 'acme' })
    expect((error.cause as Error).message).toContain('[redacted]')
  })
})
