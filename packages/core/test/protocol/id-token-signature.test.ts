import { Pkce } from '@grantkit/core'
import { type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { base64url } from '../../src/wire/base64url.ts'
import { eddsa, es256, keyOf, logIn, openid, rs256, sign } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'

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
