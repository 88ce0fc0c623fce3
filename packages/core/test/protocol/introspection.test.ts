import { ClientCredentials, Provider, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import type { JWTPayload } from 'jose'
import { describe, expect, test } from 'vitest'
import { encrypt, encryptionKey } from '../support/encrypted.ts'
import { keyOf, openid, sign } from '../support/openid.ts'
import { clientSecret, errorOf } from '../support/scene.ts'
import { authorizationServer } from '../support/servers.ts'

const other = await keyOf('RS256', 'k1')
const token = Token.from({ accessToken: 'canary-access', refreshToken: 'canary-refresh' })
const signedType = { 'content-type': 'application/token-introspection+jwt' }

/** A provider whose introspection endpoint answers as told. */
async function asking(reply: Reply | Reply[], options: Parameters<typeof openid>[0] = {}) {
  const stage = await openid({ ...options, client: { clientSecret, ...options.client } })
  await stage.server.reply('/introspect', ...[reply].flat())
  const sent = async () => (await stage.server.requests()).filter(({ path }) => path === '/introspect')
  return { ...stage, sent }
}

describe('introspection', () => {
  test('at a real server tells a token that works from one that was revoked', async () => {
    const server = await authorizationServer()
    const provider = await Provider.discover(server.issuer, server.clients.confidential)
    const issued = await provider.grant(ClientCredentials).requestToken()
    expect(await provider.introspect(issued)).toMatchObject({
      active: true,
      clientId: server.clients.confidential.clientId,
      tokenType: 'Bearer',
    })
    await provider.revoke(issued)
    expect(await provider.introspect(issued)).toEqual({ active: false })
  })

  test('R70: is an authenticated POST of the token, never a GET', async () => {
    const { provider, sent } = await asking({ json: { active: false } })
    await provider.introspect(token)
    await provider.introspect('canary-refresh', { tokenTypeHint: 'refresh_token' })
    await provider.introspect('canary-unknown')
    const requests = await sent()
    for (const { method, url, headers } of requests) {
      expect(method).toBe('POST')
      expect(url).toMatch(/\/introspect$/)
      expect(headers).toMatchObject({
        authorization: `Basic ${btoa(`cid:${clientSecret}`)}`,
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      })
    }
    expect(requests.map(({ form }) => form)).toEqual([
      { token: 'canary-access', token_type_hint: 'access_token' },
      { token: 'canary-refresh', token_type_hint: 'refresh_token' },
      { token: 'canary-unknown' },
    ])
  })

  test('says what the provider says, in the terms of this library', async () => {
    const confirmation = { jkt: 'thumbprint' }
    const { provider } = await asking({
      json: {
        active: true,
        scope: 'read  write',
        client_id: 'other',
        username: 'Ada',
        token_type: 'DPoP',
        exp: 2_000_000_000,
        iat: 1_800_000_000,
        nbf: 0,
        sub: 'ada',
        aud: 'https://api.acme.example',
        iss: 'https://id.acme.example',
        jti: 'id',
        cnf: confirmation,
        tenant: { id: 7 },
      },
    })
    expect(await provider.introspect(token)).toEqual({
      active: true,
      scope: ['read', 'write'],
      clientId: 'other',
      username: 'Ada',
      tokenType: 'DPoP',
      expiresAt: 2_000_000_000_000,
      issuedAt: 1_800_000_000_000,
      notBefore: 0,
      subject: 'ada',
      audience: ['https://api.acme.example'],
      issuer: 'https://id.acme.example',
      jwtId: 'id',
      confirmation,
      extra: { tenant: { id: 7 } },
    })
  })

  test('R71: of an inactive token says only that', async () => {
    const { provider } = await asking({ json: { active: false, scope: 'x', sub: 'ada' } })
    expect(await provider.introspect(token)).toEqual({ active: false })
  })

  test('takes null for a field that is absent', async () => {
    const { provider } = await asking({ json: { active: true, username: null, exp: null, aud: null, cnf: null } })
    expect(await provider.introspect(token)).toEqual({ active: true, extra: {} })
  })

  test.each<[string, object]>([
    ['active that is a string', { active: 'true' }],
    ['active that is a number', { active: 1 }],
    ['no active', {}],
    ['a scope that is an array', { active: true, scope: ['read'] }],
    ['an expiry that is a string', { active: true, exp: '2000000000' }],
    ['a negative expiry', { active: true, exp: -1 }],
    ['an audience of numbers', { active: true, aud: [7] }],
    ['a key that is a string', { active: true, cnf: 'thumbprint' }],
    ['a list', []],
  ])('R71: with %s is refused', async (_, json) => {
    const { provider } = await asking({ json })
    expect(await errorOf(provider.introspect(token))).toMatchObject({
      code: 'token_response_invalid',
      action: 'report',
      provider: 'acme',
    })
  })

  test('that is nested too deeply is refused', async () => {
    const { provider } = await asking({ text: `{"active":true,"a":${'['.repeat(99)}${']'.repeat(99)}}` })
    expect((await errorOf(provider.introspect(token))).code).toBe('token_response_invalid')
  })

  test('A36: cannot be changed, and changes no prototype', async () => {
    const { provider } = await asking({ text: '{"active":true,"scope":"read","__proto__":{"isAdmin":true}}' })
    const answer = await provider.introspect(token)
    expect(answer).toEqual({ active: true, scope: ['read'], extra: {} })
    expect((Object.assign({}, answer) as { isAdmin?: boolean }).isAdmin).toBeUndefined()
    expect(() => Object.assign(answer, { active: false })).toThrow(TypeError)
  })

  test('R72: is asked for each time, so nothing outlives the token', async () => {
    const { provider, sent } = await asking([{ json: { active: true } }, { json: { active: false } }])
    expect((await provider.introspect(token)).active).toBe(true)
    expect((await provider.introspect(token)).active).toBe(false)
    expect(await sent()).toHaveLength(2)
  })

  test('that fails says what the server said, without what it echoes', async () => {
    const said = { error: 'invalid_client', error_description: 'no canary-access' }
    const { provider } = await asking({ status: 401, json: said })
    const error = await errorOf(provider.introspect(token))
    expect(error).toMatchObject({ code: 'token_error', action: 'fix_configuration' })
    expect(error.message).toContain('no [redacted]')
  })

  test('with another success status is refused', async () => {
    const { provider } = await asking({ status: 201, json: { active: true } })
    expect(await errorOf(provider.introspect(token))).toMatchObject({ code: 'token_error', status: 201 })
  })

  test.each([[undefined], [''], [42], [{ accessToken: 'canary-access' }]])('%j is not a token', async (value) => {
    const { provider, sent } = await asking({ json: { active: true } })
    expect((await errorOf(provider.introspect(value as never))).code).toBe('config_invalid')
    expect(await sent()).toEqual([])
  })
})

describe('a signed introspection response', () => {
  type Change = (claims: JWTPayload) => object

  async function ask(change: Change = (claims) => claims, signing: Parameters<typeof sign>[1] = {}) {
    const stage = await asking([])
    const { iss, aud, iat } = stage.claims()
    const claims = change({ iss, aud, iat, token_introspection: { active: true, sub: 'ada' } } as JWTPayload)
    const text = await sign(claims as JWTPayload, { header: { typ: 'token-introspection+jwt' }, ...signing })
    await stage.server.reply('/introspect', { text, headers: signedType })
    return stage
  }

  test('R73: is asked for, and verified', async () => {
    const { provider, sent } = await ask()
    expect(await provider.introspect(token, { signed: true })).toEqual({ active: true, subject: 'ada', extra: {} })
    expect((await sent())[0]?.headers['accept']).toBe('application/token-introspection+jwt')
  })

  test('is verified where nobody asked for it as well', async () => {
    expect((await (await ask()).provider.introspect(token)).active).toBe(true)
  })

  test('is the only one that is taken where one was asked for', async () => {
    const { provider } = await asking({ json: { active: true } })
    expect((await errorOf(provider.introspect(token, { signed: true }))).message).toMatch(/ is not signed \(RFC 9701/)
  })

  test.each<[string, Change, Parameters<typeof sign>[1]?]>([
    ['R73: of another key', (claims) => claims, { key: other }],
    ['A28: of another kind', (claims) => claims, { header: { typ: 'JWT' } }],
    ['of no kind', (claims) => claims, { header: {} }],
    ['of another issuer', (claims) => ({ ...claims, iss: 'https://evil.example' })],
    ['for another client', (claims) => ({ ...claims, aud: 'other' })],
    ['of an hour ago', ({ iat = 0, ...claims }) => ({ ...claims, iat: iat - 3600 })],
    ['that does not say when', (claims) => ({ ...claims, iat: undefined })],
    ['that says nothing', (claims) => ({ ...claims, token_introspection: undefined })],
  ])('%s is refused', async (_, change, signing) => {
    const { provider } = await ask(change, signing)
    expect((await errorOf(provider.introspect(token))).code).toBe('token_response_invalid')
  })

  test('may be encrypted', async () => {
    const key = await encryptionKey('ECDH-ES+A128KW')
    const stage = await asking([], { client: { decryptionKey: { privateKey: key.privateJwk } } })
    const { iss, aud, iat } = stage.claims()
    const claims = { iss, aud, iat, token_introspection: { active: false } } as JWTPayload
    const jwt = await sign(claims, { header: { typ: 'token-introspection+jwt' } })
    const text = await encrypt(jwt, key.publicKey, { alg: 'ECDH-ES+A128KW' })
    await stage.server.reply('/introspect', { text, headers: signedType })
    expect(await stage.provider.introspect(token, { signed: true })).toEqual({ active: false })
  })
})
