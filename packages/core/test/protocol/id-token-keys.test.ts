import { Pkce } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import type { JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { base64url } from '../../src/wire/base64url.ts'
import { testClock } from '../support/clock.ts'
import { es256, keyOf, logIn, openid, rs256, sign } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'

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
    ['a small response that unfolds', { bytes: 50_000_000, encoding: 'gzip' }],
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
    [{ status: 404 }, 'fix_configuration'],
    [{ json: { keys: 'none' } }, 'fix_configuration'],
    [{ json: [] }, 'fix_configuration'],
    [{ status: 503 }, 'retry'],
  ])('that cannot be had are an error: %j', async (reply, action) => {
    const clock = { ...testClock(), sleep: async (ms: number) => (ms > 5000 ? new Promise<void>(() => {}) : undefined) }
    const broken = await openid({ clock, jwks: reply })
    expect(await errorOf(logIn(broken))).toMatchObject({ code: 'id_token_invalid', action })
  })
})
