import { type LogoutTokenOptions, Pkce } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { base64url } from '../../src/wire/base64url.ts'
import { encrypt, encryptionKey } from '../support/encrypted.ts'
import { logoutEvent, logoutStage } from '../support/logout.ts'
import { es256, keyOf, sign } from '../support/openid.ts'
import { clientSecret, errorOf } from '../support/scene.ts'

const other = await keyOf('RS256', 'k1')
const nameless = await keyOf('RS256')
type Signing = Parameters<typeof sign>[1]

describe('a logout token', () => {
  test('R244: says who is logged out', async () => {
    const { provider, issue } = await logoutStage()
    const claims = await provider.verifyLogoutToken(await issue())
    expect(claims).toMatchObject({ sub: 'ada', sid: 'session-1', events: { [logoutEvent]: {} } })
    expect(() => Object.assign(claims, { sub: 'eve' })).toThrow(TypeError)
    expect(() => Object.assign(claims['events'] as object, { x: 1 })).toThrow(TypeError)
  })

  test.each<[string, object, Signing?]>([
    ['a user alone', { sid: undefined }],
    ['a session alone', { sub: undefined }],
    ['several clients', { aud: ['other', 'cid'] }],
    ['no kind', {}, { header: {} }],
    ['a kind that says little', {}, { header: { typ: 'JWT' } }],
    ['a kind in full', {}, { header: { typ: 'application/logout+jwt' } }],
    ['an expiry 29 s ago, as clocks may differ', { exp: 1_800_000_000 - 29 }],
    ['details of the event', { events: { [logoutEvent]: { x: 1 }, 'https://acme.example/event': {} } }],
  ])('may have %s', async (_, change, signing) => {
    const { provider, issue } = await logoutStage()
    expect((await provider.verifyLogoutToken(await issue(change, signing))).jti).toMatch(/^id-of/)
  })

  const now = 1_800_000_000
  test.each<[string, object, Signing?]>([
    ['another issuer', { iss: 'https://evil.example' }],
    ['no issuer', { iss: undefined }],
    ['another client', { aud: 'other' }],
    ['no client', { aud: undefined }],
    ['no time of issue', { iat: undefined }],
    ['a time of issue ahead of the clock', { iat: now + 31 }],
    ['a time of issue long ago', { iat: now - 601, exp: now + 60 }],
    ['no expiry', { exp: undefined }],
    ['an expiry in the past', { exp: now - 30 }],
    ['an expiry that is a string', { exp: String(now + 60) }],
    ['a later beginning', { nbf: now + 31 }],
    ['no events', { events: undefined }],
    ['events that are a list', { events: [logoutEvent] }],
    ['another event', { events: { 'https://acme.example/event': {} } }],
    ['an event that says only true', { events: { [logoutEvent]: true } }],
    ['an event that is a list', { events: { [logoutEvent]: [] } }],
    ['a nonce', { nonce: 'n' }],
    ['a nonce that is null', { nonce: null }],
    ['neither user nor session', { sub: undefined, sid: undefined }],
    ['an empty user', { sub: '' }],
    ['a session that is a number', { sid: 7 }],
    ['an empty session', { sid: '' }],
    ['no ID', { jti: undefined }],
    ['an empty ID', { jti: '' }],
    ['an ID that is a number', { jti: 7 }],
    ['an ID of a megabyte', { jti: 'x'.repeat(500_000) }],
    ['the kind of an ID token', {}, { header: { typ: 'id_token+jwt' } }],
    ['the kind of an access token', {}, { header: { typ: 'at+jwt' } }],
    ['the signature of another key', {}, { key: other }],
    ['another algorithm', {}, { key: es256 }],
  ])('R244, A28: that has %s is refused', async (_, change, signing) => {
    const { provider, issue } = await logoutStage({ keys: [es256.jwk, nameless.jwk] })
    const stage = await logoutStage()
    expect(await errorOf(stage.provider.verifyLogoutToken(await stage.issue(change, signing)))).toMatchObject({
      code: 'logout_token_invalid',
      action: 'report',
      provider: 'acme',
      message: expect.stringMatching(/^the logout token of acme /) as string,
    })
    expect((await errorOf(provider.verifyLogoutToken(await issue(change, signing)))).code).toBe('logout_token_invalid')
  })

  test('A28: that is an ID token is refused', async () => {
    const { provider, claims } = await logoutStage()
    const { iss, aud, iat, exp, sub } = claims()
    const idToken = await sign({ iss, aud, iat, exp, sub, nonce: 'n' } as never)
    expect((await errorOf(provider.verifyLogoutToken(idToken))).code).toBe('logout_token_invalid')
  })

  test('R230, A28: cannot be used as an ID token either', async () => {
    const { provider, issue, answer } = await logoutStage()
    const login = provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    await answer(await issue({ nonce: transaction.nonce }))
    const result = login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
    expect((await errorOf(result)).code).toBe('id_token_invalid')
  })

  test.each<[string, (part: (value: object) => string, claims: object) => unknown]>([
    ['not signed', (part, claims) => `${part({ alg: 'none' })}.${part(claims)}.`],
    ['signed with a secret', (part, claims) => `${part({ alg: 'HS256' })}.${part(claims)}.AAAA`],
    ['a form without it', () => new URLSearchParams('a=b').get('logout_token')],
    ['undefined', () => undefined],
    ['an object', () => ({ sub: 'ada' })],
    ['two megabytes', () => `${'x'.repeat(2_000_000)}.e30.x`],
  ])('A22, A23: is not %s', async (_, make) => {
    const { provider, claims, jwksRequests } = await logoutStage({ client: { clientSecret } })
    const part = (value: object) => base64url(new TextEncoder().encode(JSON.stringify(value)))
    const error = await errorOf(provider.verifyLogoutToken(make(part, claims()) as string))
    expect(error.code).toBe('logout_token_invalid')
    expect(await jwksRequests()).toBeLessThanOrEqual(1)
  })

  test('may be encrypted', async () => {
    const key = await encryptionKey('RSA-OAEP-256')
    const { provider, issue } = await logoutStage({ client: { decryptionKey: { privateKey: key.privateJwk } } })
    expect((await provider.verifyLogoutToken(await encrypt(await issue(), key.publicKey))).sub).toBe('ada')
  })

  test('A36: changes no prototype', async () => {
    const { provider, issue } = await logoutStage()
    const claims = await provider.verifyLogoutToken(await issue(JSON.parse('{"__proto__":{"isAdmin":true}}') as object))
    expect((Object.assign({}, claims) as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })
})

describe('a logout token is used once', () => {
  test('R244: and a second time it is refused', async () => {
    const { provider, issue } = await logoutStage()
    const jwt = await issue()
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => provider.verifyLogoutToken(jwt)))
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected'])
    const error = await errorOf(provider.verifyLogoutToken(jwt))
    expect(error.message).toBe('the logout token of acme was used already (jti)')
    await provider.verifyLogoutToken(await issue())
  })

  test('one that is refused is not used up', async () => {
    const { provider, issue } = await logoutStage()
    const jti = 'id-of-the-token'
    await errorOf(provider.verifyLogoutToken(await issue({ jti, nonce: 'n' })))
    expect((await provider.verifyLogoutToken(await issue({ jti }))).jti).toBe(jti)
  })

  test('until it has expired: then it is refused for that, and its ID is forgotten', async () => {
    const { provider, issue, clock } = await logoutStage()
    const jwt = await issue({ jti: 'id-of-the-token' })
    await provider.verifyLogoutToken(jwt)
    await clock.advance(149_999)
    expect((await errorOf(provider.verifyLogoutToken(jwt))).message).toContain('(jti)')
    await clock.advance(1)
    expect((await errorOf(provider.verifyLogoutToken(jwt))).message).toContain('(exp)')
    expect((await provider.verifyLogoutToken(await issue({ jti: 'id-of-the-token' }))).jti).toBe('id-of-the-token')
  })

  test('by whoever remembers it for all processes, which is told until when', async () => {
    const known = new Map<string, number>()
    const remember: LogoutTokenOptions['remember'] = async (id, until) => {
      if (known.has(id)) return false
      known.set(id, until)
      return true
    }
    const { provider, issue, clock } = await logoutStage()
    const jwt = await issue({ jti: 'one' })
    await provider.verifyLogoutToken(jwt, { remember })
    expect((await errorOf(provider.verifyLogoutToken(jwt, { remember }))).code).toBe('logout_token_invalid')
    await provider.verifyLogoutToken(await issue({ jti: 'two', exp: clock.now() / 1000 + 3600 }), { remember })
    expect([...known]).toEqual([
      ['one', clock.now() + 150_000],
      ['two', clock.now() + 630_000],
    ])
  })

  test.each<[string, LogoutTokenOptions['remember']]>([
    ['rejects', () => Promise.reject(new Error('no connection for id-of-logout-token-1'))],
    [
      'throws',
      () => {
        throw new Error('no connection for id-of-logout-token-1')
      },
    ],
  ])('a store that %s is not one that knows it', async (_, remember) => {
    const { provider, issue } = await logoutStage()
    const error = await errorOf(provider.verifyLogoutToken(await issue(), { remember }))
    expect(error).toMatchObject({ code: 'store_failed', action: 'retry', provider: 'acme' })
    expect((error.cause as Error).message).toBe('no connection for [redacted]')
  })

  test.each([[undefined], [null], [1], ['yes']])('a store that says %j is a mistake', async (result) => {
    const { provider, issue } = await logoutStage()
    const error = await errorOf(provider.verifyLogoutToken(await issue(), { remember: () => result as never }))
    expect(error).toMatchObject({ code: 'config_invalid' })
  })

  test('the last ten thousand are remembered, and no more', async () => {
    const { UsedTokens } = await import('../../src/protocol/openid/used-tokens.ts')
    const used = new UsedTokens({ now: () => 0, sleep: async () => undefined })
    const first = Array.from({ length: 10_001 }, (_, i) => used.remember(`id ${i}`, 1))
    expect(first).not.toContain(false)
    expect(used.remember('id 1', 1)).toBe(false)
    expect(used.remember('id 10000', 1)).toBe(false)
    expect(used.remember('id 0', 1)).toBe(true)
  })
})

test('the keys that cannot be fetched say nothing of a logout token', async () => {
  const { provider, issue, server } = await logoutStage({ jwks: { status: 404 } })
  const jwt = await issue()
  expect(await errorOf(provider.verifyLogoutToken(jwt))).toMatchObject({ action: 'fix_configuration' })
  expect(await server.requests()).toHaveLength(1)
})

test('a caller who has given up hears so, and options have to exist', async () => {
  const { provider, issue } = await logoutStage()
  const jwt = await issue()
  expect((await errorOf(provider.verifyLogoutToken(jwt, { signal: AbortSignal.abort() }))).code).toBe('aborted')
  expect((await errorOf(provider.verifyLogoutToken(jwt, { jti: true } as never))).code).toBe('config_invalid')
  expect((await provider.verifyLogoutToken(jwt)).sub).toBe('ada')
})
