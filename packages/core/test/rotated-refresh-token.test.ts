import { GrantError, Pkce, Refresh, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { rememberRefreshToken, salvagedRefreshToken } from '../src/protocol/salvage.ts'
import { logIn, openid, sign } from './support/openid.ts'
import { errorOf, goodToken, scene } from './support/scene.ts'

const token = Token.from({ accessToken: 'canary-access', refreshToken: 'canary-refresh' })

describe('the new refresh token of an answer that is refused', () => {
  test.each<[string, object]>([
    ['it has no access token', { access_token: undefined }],
    ['its token type is unknown', { token_type: 'mac' }],
    ['its life is no number', { expires_in: 'soon' }],
  ])('is remembered where %s', async (_, wrong) => {
    const { provider } = await scene({ json: { ...goodToken, refresh_token: 'canary-next', ...wrong } })
    const error = await errorOf(provider().grant(Refresh).requestToken(token))
    expect(salvagedRefreshToken(error)).toBe('canary-next')
  })

  test('is remembered where its ID token is of another user', async () => {
    const stage = await openid()
    const before = (await logIn(stage)).with({ refreshToken: 'canary-refresh' })
    await stage.answer(await sign({ ...stage.claims(), sub: 'eve' }), { refresh_token: 'canary-next' })
    const error = await errorOf(stage.provider.grant(Refresh).requestToken(before))
    expect(error.code).toBe('id_token_invalid')
    expect(salvagedRefreshToken(error)).toBe('canary-next')
  })

  test('is not remembered of a login: nobody keeps a grant yet', async () => {
    const stage = await openid()
    const login = stage.provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    await stage.answer('canary-no-token', { refresh_token: 'canary-next' })
    const callback = `?code=canary-code&state=${transaction.state}`
    const error = await errorOf(login.requestToken(callback, transaction))
    expect(error.code).toBe('id_token_invalid')
    expect(salvagedRefreshToken(error)).toBeUndefined()
    const broken = await scene({ json: { refresh_token: 'canary-next' } })
    const pkce = broken.provider().grant(Pkce)
    const other = await pkce.authorize()
    const refused = pkce.requestToken(`?code=canary-code&state=${other.transaction.state}`, other.transaction)
    expect(salvagedRefreshToken(await errorOf(refused))).toBeUndefined()
  })

  test.each([[42], [null], [undefined], [''], ['canary\n'], ['canary\u00E9'], [['canary']]])(
    'is not remembered where it is %j',
    (refreshToken) => {
      const error = new GrantError('token_response_invalid', 'refused')
      rememberRefreshToken(error, refreshToken)
      expect(salvagedRefreshToken(error)).toBeUndefined()
    },
  )
})
