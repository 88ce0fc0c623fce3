import { describe, expect, test } from 'vitest'
import type { RawClaims } from '../../src/protocol/openid/id-token.ts'
import { honest, now, verify } from '../support/id-tokens.ts'
import { errorOf } from '../support/scene.ts'

const { iss, sub } = honest
const login = { iss, sub, aud: 'cid', azp: 'cid', auth_time: now - 1000 }

describe('OpenID Connect Core §12.2: a refreshed ID token', () => {
  test.each<[string, RawClaims, object]>([
    ['says the same', login, login],
    ['says nothing of azp and auth_time any more', login, { iss, sub, aud: 'cid' }],
    ['says more than the one before', { iss, sub, aud: 'cid' }, login],
    ['has a list where there was a single audience', login, { ...login, aud: ['cid'] }],
    ['has a single audience where there was a list', { ...login, aud: ['cid'] }, login],
    ['has another audience beside', login, { ...login, aud: ['api', 'cid'] }],
    ['has its audiences in another order', { ...login, aud: ['cid', 'api'] }, { ...login, aud: ['api', 'cid'] }],
    ['follows one whose audience is unknown', { iss, sub }, login],
    ['has a new iat and exp', { ...login, iat: now - 900, exp: now - 600 }, login],
  ])('is accepted when it %s', async (_, previous, claims) => {
    expect(await verify(claims, { previous })).toMatchObject(claims)
  })

  test.each<[string, string, RawClaims, object]>([
    ['iss', 'is another', { ...login, iss: 'https://other.example' }, login],
    ['iss', 'was unknown', { ...login, iss: undefined }, login],
    ['sub', 'is another', { ...login, sub: 'eve' }, login],
    ['sub', 'was unknown', { ...login, sub: undefined }, login],
    ['azp', 'is another', { ...login, azp: 'other' }, login],
    ['aud', 'is another', { ...login, aud: 'other' }, login],
    ['aud', 'lacks one', { ...login, aud: ['cid', 'api'] }, { ...login, aud: ['cid', 'other'] }],
  ])('is refused when its %s %s', async (claim, _, previous, claims) => {
    const error = await errorOf(verify(claims, { previous }))
    expect(error).toMatchObject({
      code: 'id_token_invalid',
      provider: 'acme',
      message: `the ID token of acme is not of the login that is refreshed (${claim})`,
    })
  })

  const signedInAgain = { ...login, auth_time: now }
  const declare = `if the provider means the last sign-in by it, declare idToken: { authTime: 'last_sign_in' }`

  test.each([
    ['is later', login, signedInAgain],
    ['was a string', { ...login, auth_time: String(login.auth_time) as unknown as number }, login],
  ])('is refused when its auth_time %s, with what to declare', async (_, previous, claims) => {
    const { code, message } = await errorOf(verify(claims, { previous }))
    expect(code).toBe('id_token_invalid')
    expect(message).toBe(`the ID token of acme is not of the login that is refreshed (auth_time; ${declare})`)
  })

  test('is accepted with a later auth_time where the provider means the last sign-in by it', async () => {
    expect(await verify(signedInAgain, { previous: login }, { authTime: 'last_sign_in' })).toMatchObject(signedInAgain)
  })

  test('is refused for another user, whatever auth_time means', async () => {
    const eve = verify({ ...signedInAgain, sub: 'eve' }, { previous: login }, { authTime: 'last_sign_in' })
    expect((await errorOf(eve)).message).toContain('(sub)')
  })
})
