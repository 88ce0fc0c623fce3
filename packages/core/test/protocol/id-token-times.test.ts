import { describe, expect, test } from 'vitest'
import { honest, now, verify, verifyText } from '../support/id-tokens.ts'
import { rs256 } from '../support/openid.ts'
import { base64url } from '../../src/wire/base64url.ts'
import { errorOf } from '../support/scene.ts'

const day = 24 * 3600
const tenYears = 10 * 365 * day

describe('the times of an ID token', () => {
  test.each<[string, object, number?]>([
    ['iat now', { iat: now }],
    ['iat 30 s ahead, as clocks may differ', { iat: now + 30 }],
    ['iat a day ago', { iat: now - day }],
    ['iat with a fraction', { iat: now - 0.5 }],
    ['exp 29 s ago, as clocks may differ', { exp: now - 29 }],
    ['exp ten years ahead', { exp: now + tenYears }],
    ['nbf 30 s ahead, as clocks may differ', { nbf: now + 30 }],
    ['nbf long ago', { nbf: 0 }],
    ['auth_time long ago', { auth_time: 0 }],
    ['auth_time as long ago as max_age', { auth_time: now - 60 }, 60],
    ['auth_time 30 s beyond max_age, as clocks may differ', { auth_time: now - 90 }, 60],
    ['auth_time within 30 s of a max_age of 0', { auth_time: now - 30 }, 0],
  ])('may be: %s', async (_, claims, maxAge) => {
    expect(await verify(claims, { maxAge })).toEqual({ ...honest, ...claims })
  })

  test.each<[string, object, number?]>([
    ['iat 31 s ahead', { iat: now + 31 }],
    ['iat more than a day ago', { iat: now - day - 1 }],
    ['iat a string', { iat: String(now) }],
    ['iat missing', { iat: undefined }],
    ['exp 30 s ago', { exp: now - 30 }],
    ['exp more than ten years ahead', { exp: now + tenYears + 1 }],
    ['exp a string', { exp: String(now + 300) }],
    ['exp missing', { exp: undefined }],
    ['nbf 31 s ahead', { nbf: now + 31 }],
    ['nbf a string', { nbf: String(now) }],
    ['nbf null', { nbf: null }],
    ['nbf before 1970', { nbf: -1 }],
    ['auth_time a string', { auth_time: String(now) }],
    ['auth_time before 1970', { auth_time: -1 }],
    ['auth_time 31 s beyond max_age', { auth_time: now - 91 }, 60],
    ['auth_time missing where there is a max_age', {}, 60],
  ])('may not be: %s', async (_, claims, maxAge) => {
    expect((await errorOf(verify(claims, { maxAge }))).code).toBe('id_token_invalid')
  })

  test.each(['iat', 'exp', 'nbf', 'auth_time'])('may not be: %s that is a number beyond all', async (claim) => {
    const octets = (text: string) => new TextEncoder().encode(text)
    const claims = JSON.stringify({ ...honest, [claim]: 0 }).replace(`"${claim}":0`, `"${claim}":1e400`)
    const signed = [JSON.stringify({ alg: 'RS256', kid: 'k1' }), claims]
      .map((text) => base64url(octets(text)))
      .join('.')
    const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', rs256.privateKey, octets(signed))
    const idToken = `${signed}.${base64url(new Uint8Array(signature))}`
    expect((await errorOf(verifyText(idToken, {}))).code).toBe('id_token_invalid')
  })
})

const compare = `compare the clocks of the two machines`

describe('an ID token whose times do not fit says by how much', () => {
  test.each([
    [{ exp: now - 30 }, `expired 30 s ago by this machine's clock: ${compare} (exp)`],
    [{ exp: now - 3600.4 }, `expired 3600 s ago by this machine's clock: ${compare} (exp)`],
    [{ exp: now + tenYears + 1 }, 'has no plausible expiry (exp)'],
    [{ nbf: now + 31 }, `is not valid for another 31 s by this machine's clock: ${compare} (nbf)`],
    [{ iat: now + 45 }, `was issued 45 s ahead of this machine's clock: ${compare} (iat)`],
    [{ iat: now - day - 1 }, `was issued ${day + 1} s ago, which is too long: ${compare} (iat)`],
  ])('%j', async (claims, message) => {
    expect(await errorOf(verify(claims))).toMatchObject({
      code: 'id_token_invalid',
      provider: 'acme',
      message: `the ID token of acme ${message}`,
    })
  })
})
