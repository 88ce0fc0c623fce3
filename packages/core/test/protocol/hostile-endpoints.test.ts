import {
  BackchannelAuthentication,
  DeviceAuthorization,
  JwtBearer,
  Pkce,
  Provider,
  type ProviderOptions,
  Saml2Bearer,
  Token,
  TokenExchange,
} from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { clientKey } from '../support/client-keys.ts'
import { someTime, testClock } from '../support/clock.ts'
import { keyPair } from '../support/dpop.ts'
import { keepSecret } from '../support/oracle.ts'
import { patientClock } from '../support/pending-stage.ts'
import { confidential, errorOf, redirectUri, watched } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'

// Every endpoint that a client sends something secret to: what a hostile server there can do, and what comes of it.

const token = Token.from({ accessToken: 'canary-access', refreshToken: 'canary-refresh' })
const bound = Token.from({ accessToken: 'canary-bound', tokenType: 'DPoP' })
const subject = { subjectToken: 'canary-subject', subjectTokenType: 'access_token' } as const
const login = { scope: ['openid'], loginHint: 'ada' }
const pendingLogin = (more: object) => ({
  scope: ['openid'],
  provider: 'acme',
  interval: 5,
  createdAt: someTime,
  expiresAt: someTime + 60_000,
  ...more,
})

/** What is sent, and the path that it is sent to. */
type Endpoint = readonly [name: string, path: string, send: (acme: Provider, signal?: AbortSignal) => Promise<unknown>]

const endpoints: readonly Endpoint[] = [
  ['a pushed request', '/par', (acme, signal) => acme.grant(Pkce).authorize({ pushed: true, signal })],
  ['device authorization', '/device', (acme, signal) => acme.grant(DeviceAuthorization).authorize({ signal })],
  ['CIBA', '/bc', (acme, signal) => acme.grant(BackchannelAuthentication).authorize({ ...login, signal })],
  ['a token exchange', '/token', (acme, signal) => acme.grant(TokenExchange).requestToken(subject, { signal })],
  ['an assertion', '/token', (acme, signal) => acme.grant(JwtBearer).requestToken('canary.jwt.sig', { signal })],
  ['a SAML assertion', '/token', (acme, signal) => acme.grant(Saml2Bearer).requestToken('canary-saml', { signal })],
  ['user information', '/userinfo', (acme, signal) => acme.userinfo(token, { subject: 'ada', signal })],
  ['introspection', '/introspect', (acme, signal) => acme.introspect('canary-token', { signal })],
  ['a revocation', '/revoke', (acme, signal) => acme.revoke(token, { signal })],
]
/** Those that ask again until the user has decided. */
const polls: readonly Endpoint[] = [
  [
    'a device',
    '/token',
    (acme) =>
      acme
        .grant(DeviceAuthorization)
        .requestToken(pendingLogin({ deviceCode: 'canary-device', issuer: issuerOf(acme) }) as never),
  ],
  [
    'a CIBA login',
    '/token',
    (acme) =>
      acme
        .grant(BackchannelAuthentication)
        .requestToken(pendingLogin({ authReqId: 'canary-auth-req-id', issuer: issuerOf(acme) }) as never),
  ],
]
const issuerOf = ({ definition }: Provider) => definition.metadata.issuer

/** A definition whose every endpoint is at this origin. */
const definitionAt = (origin: string) => ({
  name: 'acme',
  metadata: {
    issuer: origin,
    jwks_uri: `${origin}/jwks`,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    pushed_authorization_request_endpoint: `${origin}/par`,
    device_authorization_endpoint: `${origin}/device`,
    backchannel_authentication_endpoint: `${origin}/bc`,
    userinfo_endpoint: `${origin}/userinfo`,
    introspection_endpoint: `${origin}/introspect`,
    revocation_endpoint: `${origin}/revoke`,
  },
})

/** A provider whose endpoint responds so. */
async function stage(path: string, reply: Reply, options: ProviderOptions = {}) {
  const server = await faultServer()
  await server.reply(path, reply)
  const acme = new Provider(definitionAt(server.url), confidential, { onEvent: watched(), ...options })
  return { server, acme }
}

describe.each(endpoints)('%s', (_, path, send) => {
  test('that is responded to with more than a mebibyte is refused', async () => {
    const { acme } = await stage(path, { bytes: 2 * 1024 * 1024 })
    expect(await errorOf(send(acme))).toMatchObject({ code: 'response_too_large', provider: 'acme' })
  })

  test('that is responded to without an end, or with a bomb, is refused', async () => {
    const { server, acme } = await stage(path, { endless: true, encoding: 'gzip' })
    expect((await errorOf(send(acme))).code).toBe('response_too_large')
    await server.reply(path, { status: 400, endless: true })
    expect((await errorOf(send(acme))).code).toBe('response_too_large')
  })

  test.each([301, 302, 303, 307, 308])('follows no redirect with the status %i', async (status) => {
    const evil = await faultServer()
    const { acme } = await stage(path, { status, redirect: `${evil.url}/collect` })
    const error = await errorOf(send(acme))
    expect(error).toMatchObject({ code: 'redirect_refused', provider: 'acme' })
    expect(await evil.requests()).toEqual([])
  })

  test.each<[string, Reply]>([
    ['nothing', { hang: 'headers' }],
    ['a body that never ends', { json: { active: true }, hang: 'body' }],
  ])('ends with the deadline at a server that sends %s', async (__, reply) => {
    const clock = testClock()
    const { server, acme } = await stage(path, reply, { clock })
    const pending = errorOf(send(acme))
    await expect.poll(async () => (await server.requests()).length).toBe(1)
    await clock.advance(60_000)
    expect(await pending).toMatchObject({ code: 'timeout', provider: 'acme' })
  })

  test('ends when the caller aborts it', async () => {
    const { server, acme } = await stage(path, { hang: 'headers' }, { clock: testClock() })
    const controller = new AbortController()
    const pending = errorOf(send(acme, controller.signal))
    await expect.poll(async () => (await server.requests()).length).toBe(1)
    controller.abort()
    expect((await pending).code).toBe('aborted')
  })
})

/** A server that sends back whatever it was sent, in an error. */
function echo(status: number): typeof globalThis.fetch {
  return async (_, init) => {
    const headers = [...new Headers(init?.headers).values()].join(' ')
    const form = new URLSearchParams(String(init?.body ?? ''))
    keepSecret(form.get('client_assertion'), new Headers(init?.headers).get('dpop'))
    const all = `${headers} ${[...form.values()].join(' ')} ${String(form)}`
    const challenge = { 'www-authenticate': `Bearer error="invalid_token", error_description="${headers}"` }
    const json = { error: 'invalid_request', error_description: all, error_uri: `https://id.example/?${String(form)}` }
    return Response.json(json, { status, headers: challenge })
  }
}

const key = await clientKey('ES256')
const clients = {
  'a secret': confidential,
  'a key': { clientId: 'cid', redirectUri, signingKey: { privateKey: key.privateKey } },
}

describe.each(Object.entries(clients))('a client with %s', (_, client) => {
  const hostile = async (status: number, more: ProviderOptions = {}) =>
    new Provider(definitionAt('https://id.acme.example'), client, {
      fetch: echo(status),
      clock: patientClock(123_457),
      timeout: 123_457,
      onEvent: watched(),
      dpop: await keyPair(),
      ...more,
    })

  test.each([...endpoints, ...polls])('shows no secret of %s that the server sends back', async (name, __, send) => {
    for (const status of [400, 401, 403]) {
      const acme = await hostile(status, name === 'user information' ? { dpop: undefined } : {})
      const error = await errorOf(send(acme))
      expect(error.oauth?.error).toMatch(/invalid_(?:request|token)/)
      expect(`${String(error)} ${JSON.stringify(error)} ${String(error.stack)}`).not.toMatch(/canary|eyJ/)
    }
  })

  test('shows no secret of user information that a key proves', async () => {
    const error = await errorOf((await hostile(401)).userinfo(bound, { subject: 'ada' }))
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/canary|eyJ/)
  })
})

describe('two callers', () => {
  const refused: Reply = { status: 400, json: { error: 'access_denied' } }
  const options = { clock: patientClock(123_457), timeout: 123_457 }

  test.each([...endpoints, ...polls])(
    'of %s at the same time get an error of their own each',
    async (_, path, send) => {
      const { acme } = await stage(path, refused, options)
      const errors = await Promise.all([send(acme), send(acme)].map(errorOf))
      expect(errors[0]?.code).toBe(errors[1]?.code)
      expect(errors[0]).not.toBe(errors[1])
    },
  )

  test.each(polls)('of %s share its requests all the same', async (_, path, send) => {
    const { server, acme } = await stage(path, refused, options)
    await Promise.all([send(acme), send(acme)].map(errorOf))
    expect(await server.requests()).toHaveLength(1)
  })
})
