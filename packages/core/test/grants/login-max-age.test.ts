import { Pkce } from '@grantkit/core'
import type { JWTPayload } from 'jose'
import { describe, expect, test } from 'vitest'
import { openid, sign } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'

/** A login within the last five minutes was asked for; the ID token says this of it. */
async function logIn(authTime: number | undefined, kept: (transaction: object) => object = (value) => value) {
  const stage = await openid()
  const login = stage.provider.grant(Pkce)
  const { url, transaction } = await login.authorize({ scope: ['openid'], maxAge: 300, acrValues: ['gold'] })
  expect(Object.fromEntries(url.searchParams)).toMatchObject({ max_age: '300', acr_values: 'gold' })
  const { iat = 0, ...claims } = stage.claims()
  const auth_time = authTime === undefined ? {} : { auth_time: iat - authTime }
  const payload: JWTPayload = { ...claims, iat, ...auth_time, nonce: transaction.nonce }
  await stage.answer(await sign(payload))
  const stored = kept(JSON.parse(JSON.stringify(transaction)) as object) as typeof transaction
  return login.requestToken(`?code=canary-code&state=${transaction.state}`, stored)
}

describe('a login that has to be recent', () => {
  test('is finished where the ID token shows it', async () => {
    expect((await logIn(200)).claims?.sub).toBe('ada')
  })

  test('R226: is refused where the user logged in before', async () => {
    expect((await errorOf(logIn(400))).code).toBe('id_token_invalid')
  })

  test('R226: is refused where the ID token does not say when', async () => {
    expect((await errorOf(logIn(undefined))).code).toBe('id_token_invalid')
  })

  test.each([['300'], [null], [[]], [{}], [true]])('is not weakened by a stored maxAge of %j', async (maxAge) => {
    const error = await errorOf(logIn(400, (transaction) => ({ ...transaction, maxAge })))
    expect(error.code).toBe('callback_invalid')
  })
})
