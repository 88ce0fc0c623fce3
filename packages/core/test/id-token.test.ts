import { Pkce, Provider, Refresh } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { type JWK, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { base64url, digest } from '../src/protocol/base64url.ts'
import { testClock } from './support/clock.ts'
import { accessToken, eddsa, es256, keyOf, logIn, openid, rs256, sign } from './support/openid.ts'
import { errorOf } from './support/scene.ts'
import { authorizationServer, faultServer } from './support/servers.ts'

describe('OpenID Connect at a real server', () => {
  test('R217, R218: the scope has openid, the nonce is sent, and the claims of a verified ID token are on the token', async () => {
    const server = await authorizationServer()
    const provider = await Provider.discover(server.issuer, server.clients.public)
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['openid'] })
    expect(url.searchParams.get('scope')).toBe('openid')
    expect(url.searchParams.get('nonce')).toBe(transaction.nonce)
    const token = await login.requestToken(await server.logIn(url), transaction)
    expect(token.claims).toMatchObject({ iss: server.issuer, sub: 'ada', nonce: transaction.nonce })
    expect(token.idToken).toMatch(/^ey/)
    expect(token.extra).not.toHaveProperty('id_token')
    expect((await provider.grant(Refresh).requestToken(token)).claims?.['sub']).toBe('ada')
  })
})

describe('when OpenID Connect applies', () => {
  test('R217: with "openid" in the scope, an ID token is required', async () => {
    const stage = await openid()
    await stage.answer(undefined)
    const login = stage.provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    expect((await errorOf(login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))).code).toBe(
      'id_token_invalid',
    )
  })

  test('R32: without, an ID token is left in the extras, unread, and there is no claim to believe', async () => {
    const stage = await openid()
    await stage.answer('nonsense')
    const login = stage.provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['read'] })
    const token = await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
    expect(token.extra).toEqual({ id_token: 'nonsense' })
    expect(token).not.toHaveProperty('claims')
    expect(transaction).not.toHaveProperty('nonce')
    expect(await stage.jwksRequests()).toBe(0)
  })

  test.each([['issuer'], ['jwks_uri']])(
    'a provider without %s says so before the user is sent anywhere',
    async (member) => {
      const { provider } = await openid({ metadata: { [member]: undefined } })
      const error = await errorOf(provider.grant(Pkce).authorize({ scope: ['openid'] }))
      expect(error.code).toBe('config_invalid')
      expect(error.message).toContain(member)
    },
  )
})

describe('the signature', () => {
  test.each([
    ['RS256, by default', rs256, {}, {}],
    ['ES256, listed in the metadata', es256, { id_token_signing_alg_values_supported: ['RS256', 'ES256'] }, {}],
    ['EdDSA, registered for the client', eddsa, {}, { idTokenSigningAlgorithm: 'EdDSA' }],
  ])('%s, is accepted', async (_, key, metadata, client) => {
    const stage = await openid({ keys: [rs256.jwk, es256.jwk, eddsa.jwk], metadata, client })
    expect((await logIn(stage, {}, { key })).claims?.['sub']).toBe('ada')
  })

  test.each([
    ['R223, A23: ES256, when nothing but RS256 is expected', es256, {}, {}],
    ['R223: RS256, when the client registered ES256', rs256, {}, { idTokenSigningAlgorithm: 'ES256' }],
    [
      'G36: none and HS256 listed in the metadata',
      es256,
      { id_token_signing_alg_values_supported: ['none', 'HS256'] },
      {},
    ],
  ])('%s, is refused', async (_, key, metadata, client) => {
    const stage = await openid({ keys: [rs256.jwk, es256.jwk], metadata, client })
    expect((await errorOf(logIn(stage, {}, { key }))).code).toBe('id_token_invalid')
  })

  test('R222, G26: of another key, is refused', async () => {
    const other = await keyOf('RS256', 'k1')
    expect((await errorOf(logIn(await openid(), {}, { key: other }))).code).toBe('id_token_invalid')
  })

  test.each([
    [
      'A22, G35: none',
      (claims: JWTPayload) =>
        `${btoa('{"alg":"none"}').replaceAll('=', '')}.${base64url(new TextEncoder().encode(JSON.stringify(claims)))}.`,
    ],
    [
      'A23, G35: HS256 with the public key',
      async (claims: JWTPayload) =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
          .sign(new TextEncoder().encode(JSON.stringify(rs256.jwk))),
    ],
    ['a token cut short', async (claims: JWTPayload) => (await sign(claims)).slice(0, -4)],
    ['no token', () => 'abc'],
    ['a number', () => 42],
    ['an empty text', () => ''],
  ])('%s is refused', async (_, make) => {
    const stage = await openid()
    const login = stage.provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    await stage.answer(await make({ ...stage.claims(), nonce: transaction.nonce }))
    const error = await errorOf(login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))
    expect(error.code).toBe('id_token_invalid')
  })

  test('A25, G35: keys that the token brings or points to are ignored', async () => {
    const other = await keyOf('RS256', 'k1')
    const evil = await faultServer()
    const header = { jku: `${evil.url}/jwks`, x5u: `${evil.url}/x5u`, jwk: other.jwk, x5c: ['AAAA'] }
    expect((await errorOf(logIn(await openid(), {}, { key: other, header }))).code).toBe('id_token_invalid')
    expect(await evil.requests()).toHaveLength(0)
  })

  test.each(['../../dev/null', '__proto__', 'constructor', `' OR 1=1 --`, 'x'.repeat(10_000)])(
    'A24, G35: the key ID %.20s is only looked up',
    async (kid) => {
      expect((await errorOf(logIn(await openid(), {}, { header: { kid } }))).code).toBe('id_token_invalid')
    },
  )

  test.each([
    ['an unknown critical header', { crit: ['x'], x: 1 }],
    ['an empty list of critical headers', { crit: [] }],
    ['a payload that is not encoded', { crit: ['b64'], b64: false }],
    ['an algorithm that is none of the list', { alg: 'constructor' }],
  ])('A26, G35: %s is refused', async (_, changes) => {
    const stage = await openid()
    const header = base64url(new TextEncoder().encode(JSON.stringify({ alg: 'RS256', kid: 'k1', ...changes })))
    const login = stage.provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    const payload = base64url(new TextEncoder().encode(JSON.stringify({ ...stage.claims(), nonce: transaction.nonce })))
    const signature = await crypto.subtle.sign(
      'RSASSA-PKCS1-v1_5',
      rs256.privateKey,
      new TextEncoder().encode(`${header}.${payload}`),
    )
    await stage.answer(`${header}.${payload}.${base64url(new Uint8Array(signature))}`)
    expect((await errorOf(login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))).code).toBe(
      'id_token_invalid',
    )
  })
})

describe('the keys', () => {
  test('A26: an encrypted ID token, whose key derivation would take years, is refused at once', async () => {
    const stage = await openid()
    const login = stage.provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    const header = { alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', p2c: 2 ** 31 - 1, p2s: 'AAAA', zip: 'DEF' }
    await stage.answer(`${btoa(JSON.stringify(header)).replaceAll('=', '')}.AAAA.AAAA.AAAA.AAAA`)
    const error = await errorOf(login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))
    expect(error.code).toBe('id_token_invalid')
  })

  test('are fetched once for many logins', async () => {
    const stage = await openid()
    for (let i = 0; i < 3; i++) await logIn(stage)
    expect(await stage.jwksRequests()).toBe(1)
  })

  test('R231: are fetched again for a key that is unknown: rotate, then sign', async () => {
    const stage = await openid()
    await logIn(stage)
    const next = await keyOf('RS256', 'k9')
    await stage.publish(next.jwk)
    expect((await logIn(stage, {}, { key: next })).claims?.['sub']).toBe('ada')
    expect(await stage.jwksRequests()).toBe(2)
  })

  test('R231, A27: five unknown keys make one refetch, and another one only after a minute', async () => {
    const stage = await openid()
    const forged = await keyOf('RS256', 'unknown')
    for (let i = 0; i < 5; i++) expect((await errorOf(logIn(stage, {}, { key: forged }))).code).toBe('id_token_invalid')
    expect(await stage.jwksRequests()).toBe(2)
    await stage.clock.advance(60_001)
    await errorOf(logIn(stage, {}, { key: forged }))
    expect(await stage.jwksRequests()).toBe(3)
  })

  test('are asked for again when that fails', async () => {
    const clock = { ...testClock(), sleep: async (ms: number) => (ms > 5000 ? new Promise<void>(() => {}) : undefined) }
    const stage = await openid({ clock, jwks: { status: 503 } })
    await stage.publish(rs256.jwk)
    expect((await logIn(stage)).claims?.['sub']).toBe('ada')
    expect(await stage.jwksRequests()).toBe(2)
  })

  test('are fetched again after ten minutes', async () => {
    const stage = await openid()
    await logIn(stage)
    await stage.clock.advance(600_001)
    await logIn(stage)
    expect(await stage.jwksRequests()).toBe(2)
  })

  test('R232: a token without key ID fits the only key, or one of several', async () => {
    const second = await keyOf('RS256', 'other')
    for (const keys of [[rs256.jwk], [second.jwk, rs256.jwk], [rs256.jwk, second.jwk]]) {
      const stage = await openid({ keys })
      expect((await logIn(stage, {}, { header: { kid: undefined } })).claims?.['sub']).toBe('ada')
    }
  })

  test('R233, G35: a key ID that stands on several keys is no obstacle, in any order', async () => {
    const decoys = [{ ...es256.jwk, kid: 'k1' }, { ...(await keyOf('RS256', 'k1')).jwk }]
    for (const keys of [
      [...decoys, rs256.jwk],
      [rs256.jwk, ...decoys],
    ]) {
      expect((await logIn(await openid({ keys }))).claims?.['sub']).toBe('ada')
    }
  })

  test('A27: a hundred unknown keys at once make no more than one refetch', async () => {
    const stage = await openid()
    const login = stage.provider.grant(Pkce)
    const forged = await keyOf('RS256', 'unknown')
    await stage.answer(await sign(stage.claims(), { key: forged }))
    const logins = await Promise.all(Array.from({ length: 100 }, () => login.authorize({ scope: ['openid'] })))
    const errors = await Promise.all(
      logins.map(({ transaction }) =>
        errorOf(login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)),
      ),
    )
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['id_token_invalid']))
    expect(await stage.jwksRequests()).toBeLessThanOrEqual(2)
  })

  test.each<[string, Reply]>([
    ['10 MB', { bytes: 10_000_000 }],
    ['a small answer that unfolds', { bytes: 50_000_000, encoding: 'gzip' }],
    ['10,000 keys', { json: { keys: Array.from({ length: 10_000 }, (_, i) => ({ ...rs256.jwk, kid: `k${i}` })) } }],
  ])('A27, A29, A30: a set of %s is given up at the cap', async (_, jwks) => {
    expect((await errorOf(logIn(await openid({ jwks })))).code).toBe('response_too_large')
  })

  test('A36: __proto__ in a set changes no prototype', async () => {
    const text = JSON.stringify({ keys: [rs256.jwk] }).replace('{', '{"__proto__":{"isAdmin":true},')
    const token = await logIn(await openid({ jwks: { text } }))
    expect(token.claims?.['sub']).toBe('ada')
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  test('G35: a symmetric key, a key for encryption, or a weak one in the set is no key for a signature', async () => {
    const oct = { kty: 'oct', k: base64url(new TextEncoder().encode('x'.repeat(32))), kid: 'k1', alg: 'HS256' }
    const encryption = { ...rs256.jwk, use: 'enc' }
    const weak = { kty: 'RSA', n: base64url(new Uint8Array(128).fill(255)), e: 'AQAB', kid: 'k1', alg: 'RS256' }
    for (const jwk of [oct, encryption, weak] as JWK[])
      expect((await errorOf(logIn(await openid({ keys: [jwk] })))).code).toBe('id_token_invalid')
  })

  test.each([
    [{ status: 404 }, 'report'],
    [{ json: { keys: 'none' } }, 'report'],
    [{ json: [] }, 'report'],
    [{ status: 503 }, 'retry'],
  ])('that cannot be had are an error: %j', async (reply, action) => {
    const clock = { ...testClock(), sleep: async (ms: number) => (ms > 5000 ? new Promise<void>(() => {}) : undefined) }
    const broken = await openid({ clock, jwks: reply })
    expect(await errorOf(logIn(broken))).toMatchObject({ code: 'id_token_invalid', action })
  })
})

describe('the claims', () => {
  test.each<[string, object]>([
    ['R219: iss of another issuer', { iss: 'https://evil.example' }],
    ['R219: iss missing', { iss: undefined }],
    ['R220: aud of another client', { aud: 'other' }],
    ['R220: aud missing', { aud: undefined }],
    ['R220, R221: a second audience without azp', { aud: ['cid', 'other'] }],
    ['R221, G27: azp of another client', { azp: 'other' }],
    ['R229, G27: sub empty', { sub: '' }],
    ['R229: sub missing', { sub: undefined }],
    ['R229: sub too long', { sub: 'x'.repeat(256) }],
    ['R229: sub with control characters', { sub: 'a\nb' }],
    ['R229: sub a number', { sub: 42 }],
    ['R225: nonce of another login', { nonce: 'other' }],
    ['R225: nonce missing', { nonce: undefined }],
    ['R224: iat missing', { iat: undefined }],
    ['R224: exp missing', { exp: undefined }],
    ['R224, G27: exp beyond reason', { exp: 1e300 }],
    ['R227, G27: at_hash of another token', { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['R227: at_hash a number', { at_hash: 1 }],
    ['R228: c_hash of another code', { c_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['R226: auth_time a text', { auth_time: 'x' }],
  ])('%s is refused', async (_, change) => {
    expect((await errorOf(logIn(await openid(), change))).code).toBe('id_token_invalid')
  })

  test.each([
    ['exp 40 s ago', 'exp', -40],
    ['iat in an hour', 'iat', 3600],
    ['iat a week ago', 'iat', -7 * 24 * 3600],
    ['nbf in an hour', 'nbf', 3600],
  ])('R224, G27: %s is refused', async (_, claim, offset) => {
    const stage = await openid()
    const error = await errorOf(logIn(stage, { [claim]: Math.floor(stage.clock.now() / 1000) + offset }))
    expect(error.code).toBe('id_token_invalid')
  })

  test.each([
    ['exp 20 s ago', 'exp', -20],
    ['iat in 20 s', 'iat', 20],
    ['nbf in 20 s', 'nbf', 20],
  ])('A43: clocks may differ a little: %s', async (_, claim, offset) => {
    const stage = await openid()
    const token = await logIn(stage, { [claim]: Math.floor(stage.clock.now() / 1000) + offset })
    expect(token.claims?.['sub']).toBe('ada')
  })

  test('the clock of the provider counts, not that of the machine', async () => {
    const clock = testClock(Date.UTC(2040, 0, 1))
    expect((await logIn(await openid({ clock }))).claims?.['sub']).toBe('ada')
  })

  test.each<[string, object]>([
    ['an audience list of one', { aud: ['cid'] }],
    ['several audiences with azp', { aud: ['cid', 'other'], azp: 'cid' }],
    ['azp beside a single audience', { azp: 'cid' }],
  ])('%s is accepted', async (_, change) => expect((await logIn(await openid(), change)).claims?.['sub']).toBe('ada'))

  test('R227, R228: hashes that fit are accepted', async () => {
    const half = async (text: string) => base64url((await digest('SHA-256', text)).subarray(0, 16))
    expect(await half(accessToken)).toBe('77QmUPtjPfzWtF2AnpK9RQ') // OpenID Connect Core App. A.3
    const token = await logIn(await openid(), { at_hash: await half(accessToken), c_hash: await half('canary-code') })
    expect(token.claims?.['sub']).toBe('ada')
  })

  test.each([
    ['RS256', 'SHA-256'],
    ['ES384', 'SHA-384'],
    ['PS512', 'SHA-512'],
    ['EdDSA', 'SHA-512'],
  ] as const)('R227, R228: at %s they are the left half of %s', async (algorithm, hash) => {
    const key = await keyOf(algorithm, 'k9')
    const metadata = { id_token_signing_alg_values_supported: [algorithm] }
    const stage = await openid({ keys: [key.jwk], metadata })
    const half = async (name: typeof hash, text: string) => {
      const octets = await digest(name, text)
      return base64url(octets.subarray(0, octets.length / 2))
    }
    const fitting = { at_hash: await half(hash, accessToken), c_hash: await half(hash, 'canary-code') }
    expect((await logIn(stage, fitting, { key })).claims).toMatchObject(fitting)
    const at_hash = await half(hash === 'SHA-256' ? 'SHA-512' : 'SHA-256', accessToken)
    expect((await errorOf(logIn(stage, { at_hash }, { key }))).code).toBe('id_token_invalid')
  })

  test.each(['at+jwt', 'logout+jwt', 'dpop+jwt'])(
    'R230, A28, G27: a token of the kind %s is no ID token',
    async (typ) => {
      expect((await errorOf(logIn(await openid(), {}, { header: { typ } }))).code).toBe('id_token_invalid')
      expect((await logIn(await openid(), {}, { header: { typ: 'JWT' } })).claims?.['sub']).toBe('ada')
    },
  )

  test('R226: a promised max_age has to be kept', async () => {
    const stage = await openid()
    const at = Math.floor(stage.clock.now() / 1000)
    const parameters = { max_age: '60' }
    expect((await errorOf(logIn(stage, {}, {}, parameters))).code).toBe('id_token_invalid')
    expect((await errorOf(logIn(stage, { auth_time: at - 100 }, {}, parameters))).code).toBe('id_token_invalid')
    expect((await logIn(stage, { auth_time: at - 50 }, {}, parameters)).claims?.['auth_time']).toBe(at - 50)
    expect(
      (await errorOf(stage.provider.grant(Pkce).authorize({ scope: ['openid'], parameters: { max_age: 'x' } }))).code,
    ).toBe('config_invalid')
  })

  test('A36: are frozen, and __proto__ is not among them', async () => {
    const { claims } = await logIn(await openid(), JSON.parse('{"address":{"__proto__":{"isAdmin":true}}}') as object)
    expect(Object.isFrozen(claims?.['address'])).toBe(true)
    expect(claims).not.toHaveProperty('address.isAdmin')
  })
})

describe('a refreshed ID token', () => {
  async function refreshed(change: object) {
    const stage = await openid()
    const token = (await logIn(stage, { auth_time: 5, azp: 'cid' })).with({ refreshToken: 'canary-refresh-token' })
    await stage.answer(await sign(JSON.parse(JSON.stringify({ ...stage.claims(), ...change })) as JWTPayload), {
      refresh_token: 'canary-rotated-token',
    })
    return { token, result: stage.provider.grant(Refresh).requestToken(token) }
  }

  test.each<[string, object]>([
    ['another user', { sub: 'eve' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['another client', { azp: 'other' }],
    ['another login', { auth_time: 6 }],
    ['another nonce', { nonce: 'other' }],
  ])('R237, G28: of %s is refused', async (_, change) =>
    expect((await errorOf((await refreshed(change)).result)).code).toBe('id_token_invalid'),
  )

  test('R237: of the same login is accepted, without a nonce', async () => {
    const { result, token } = await refreshed({ auth_time: 5 })
    const fresh = await result
    expect(fresh.claims).toMatchObject({ sub: 'ada', auth_time: 5 })
    expect(fresh.idToken).not.toBe(token.idToken)
  })

  test.each([
    [['cid', 'api'], true],
    [['api', 'more', 'cid'], true],
    [['cid'], false],
    ['cid', false],
  ])('R237: of the audience cid and api: %j is accepted: %s', async (aud, accepted) => {
    const stage = await openid()
    const token = await logIn(stage, { aud: ['cid', 'api'], azp: 'cid' })
    await stage.answer(await sign({ ...stage.claims(), aud, azp: 'cid' }))
    const result = stage.provider.grant(Refresh).requestToken(token.with({ refreshToken: 'canary-refresh-token' }))
    if (accepted) expect((await result).claims?.['aud']).toEqual(aud)
    else expect((await errorOf(result)).code).toBe('id_token_invalid')
  })

  test('is not needed: the old one stays', async () => {
    const stage = await openid()
    const token = (await logIn(stage)).with({ refreshToken: 'canary-refresh-token' })
    await stage.answer(undefined)
    const { idToken, claims } = await stage.provider.grant(Refresh).requestToken(token)
    expect({ idToken, claims }).toEqual({ idToken: token.idToken, claims: token.claims })
  })
})
