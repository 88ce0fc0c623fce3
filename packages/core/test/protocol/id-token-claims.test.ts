import { Pkce } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { base64url, digest } from '../../src/wire/base64url.ts'
import { testClock } from '../support/clock.ts'
import { accessToken, keyOf, logIn, openid } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'

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
