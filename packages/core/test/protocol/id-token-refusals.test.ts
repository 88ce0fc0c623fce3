import { describe, expect, test } from 'vitest'
import { base64url, digest } from '../../src/wire/base64url.ts'
import type { ExpectedIdToken } from '../../src/protocol/port.ts'
import { honest, now, verify, verifyText } from '../support/id-tokens.ts'
import { errorOf } from '../support/scene.ts'

const hash = 'AAAAAAAAAAAAAAAAAAAAAA'
const previous = { iss: honest.iss, sub: 'ada', aud: 'cid' }

describe('an ID token that is refused says why', () => {
  test.each<[string, object, Partial<ExpectedIdToken>?]>([
    [
      'comes from the issuer "https://evil.example", not from "https://id.acme.example" (iss)',
      { iss: 'https://evil.example' },
    ],
    ['comes from the issuer undefined, not from "https://id.acme.example" (iss)', { iss: undefined }],
    ['is meant for another client (aud)', { aud: 'other' }],
    ['is meant for another client (aud)', { aud: [['cid']] }],
    ['was issued to another client (azp)', { azp: 'other' }],
    ['was issued to another client (azp)', { aud: ['cid', 'other'] }],
    ['names no user (sub)', { sub: '' }],
    ['names no user (sub)', { sub: 'Zoë' }],
    ['names no user (sub)', { sub: ' ada' }],
    ['does not say when it was issued (iat)', { iat: undefined }],
    ['has no plausible expiry (exp)', { exp: undefined }],
    ['does not say from when on it is valid (nbf)', { nbf: 'x' }],
    ['has an invalid time of authentication (auth_time)', { auth_time: 'x' }],
    ['comes from an authentication that is too old (auth_time)', {}, { maxAge: 60 }],
    ['comes from an authentication that is too old (auth_time)', { auth_time: now - 100 }, { maxAge: 60 }],
    ['belongs to another login (nonce)', { nonce: 'other' }, { nonce: 'this' }],
    ['belongs to another login (nonce)', { nonce: 'this ' }, { nonce: 'this' }],
    ['belongs to another login (nonce)', {}, { nonce: 'this' }],
    ['belongs to another login (nonce)', { nonce: ['this'] }, { nonce: 'this' }],
    ['belongs to another login (nonce)', { nonce: 'nobody asked for one' }],
    ['belongs to another login (nonce)', { nonce: 'other' }, { previous: { ...previous, nonce: 'this' } }],
    ['does not fit what it came with (at_hash)', { at_hash: hash }],
    ['does not fit what it came with (c_hash)', { c_hash: hash }, { code: 'canary-code' }],
    ['is not of the login that is refreshed (sub)', {}, { previous: { ...previous, sub: 'eve' } }],
    ['is not of the login that is refreshed (aud)', {}, { previous: { ...previous, aud: ['cid', 'api'] } }],
  ])('%s: %j of %j', async (message, claims, expected) => {
    const error = await errorOf(verify(claims, expected))
    expect(error).toMatchObject({
      code: 'id_token_invalid',
      provider: 'acme',
      message: `the ID token of acme ${message}`,
    })
  })

  test.each(['at+jwt', 'JWTX', 'id_token', 'application/', 7, ['JWT'], null])('by its kind: %j', async (typ) => {
    const error = await errorOf(verify({}, {}, { header: { typ } }))
    expect(error.message).toBe('the ID token of acme is a token of another kind (typ)')
  })

  test.each([42, null, {}, ['a.b.c']])('because it is not a string: %j', async (idToken) => {
    const error = await errorOf(verifyText(idToken))
    expect(error).toMatchObject({ code: 'id_token_invalid', message: 'the ID token of acme is not a string' })
  })

  test('when its signature is wrong, with what was wrong below', async () => {
    const { message, cause } = await errorOf(verify({}, {}, { algorithms: ['ES256'] }))
    expect(message).toBe('the ID token of acme is not signed as it should be')
    expect(cause).toMatchObject({ message: '"alg" (Algorithm) Header Parameter value not allowed' })
  })
})

describe('an ID token is accepted', () => {
  test.each(['JWT', 'jwt', 'application/jwt', 'id_token+jwt', 'application/id_token+jwt'])(
    'of the kind %s',
    async (typ) => expect((await verify({}, {}, { header: { typ } }))['sub']).toBe('ada'),
  )

  test.each(['x'.repeat(255), '~', '!', 'auth0|0123 4567'])('that names the user %.20s', async (sub) =>
    expect((await verify({ sub }))['sub']).toBe(sub),
  )

  test.each<[string, object, Partial<ExpectedIdToken>]>([
    ['with the nonce of the request', { nonce: 'this' }, { nonce: 'this' }],
    ['without a nonce where there was none', {}, {}],
    ['with a c_hash that there is no code to compare with', { c_hash: hash }, {}],
    ['refreshed, without a nonce', {}, { previous: { ...previous, nonce: 'this' } }],
    ['refreshed, with the nonce of the login', { nonce: 'this' }, { previous: { ...previous, nonce: 'this' } }],
  ])('%s', async (_, claims, expected) => expect(await verify(claims, expected)).toEqual({ ...honest, ...claims }))

  test('with the hash of the code that was exchanged', async () => {
    const c_hash = base64url((await digest('SHA-256', 'canary-code')).subarray(0, 16))
    expect(await verify({ c_hash }, { code: 'canary-code' })).toMatchObject({ c_hash })
    expect((await errorOf(verify({ c_hash }, { code: 'canary-other' }))).code).toBe('id_token_invalid')
  })
})
