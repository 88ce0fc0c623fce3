import { ClientCredentials, Pkce, Refresh } from '@grantkit/core'
import { expect, test } from 'vitest'
import { describeWith } from '../../../stores/test/support/describe-with.ts'
import { errorOf } from '../support/scene.ts'
import { GlewlwydStage, native, web } from './support/glewlwyd-stage.ts'
import { glewlwyd } from './support/programs.ts'
import { send } from './support/send.ts'

describeWith(glewlwyd, () => {
  const stage = new GlewlwydStage()
  const userinfo = (token: string) =>
    send(`${stage.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } })

  test('its metadata is discovered', async () => {
    const { metadata } = (await stage.discover()).definition
    const { issuer } = stage
    expect(metadata).toMatchObject({ issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` })
  })

  test('a login with PKCE brings an access token, a refresh token and a verified ID token', async () => {
    const token = await stage.logIn(await stage.discover())
    expect(token).toMatchObject({ tokenType: 'Bearer', scope: ['openid', 'read'] })
    expect(token.refreshToken).toBeDefined()
    expect(token.claims).toMatchObject({ iss: stage.issuer, aud: 'web', name: 'Ada' })
    expect(token.isExpired()).toBe(false)
    expect(JSON.parse((await userinfo(token.accessToken)).text)).toMatchObject({ sub: token.claims?.sub })
  })

  test('a public client logs in, too', async () => {
    expect((await stage.logIn(await stage.discover({ client: native }), 'native')).claims).toMatchObject({
      aud: 'native',
    })
  })

  test('the callback names the issuer, and that of another issuer is refused', async () => {
    const login = (await stage.discover()).grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['openid'] })
    const callback = new URL(await stage.visit(url))
    expect(callback.searchParams.get('iss')).toBe(stage.issuer)
    callback.searchParams.set('iss', 'https://id.other.example')
    expect(await errorOf(login.requestToken(callback, transaction))).toMatchObject({ code: 'issuer_mismatch' })
  })

  test('a refresh brings a new refresh token, which can be used in turn', async () => {
    const provider = await stage.discover()
    const token = await stage.logIn(provider)
    const fresh = await provider.grant(Refresh).requestToken(token)
    expect(fresh).toMatchObject({ tokenType: 'Bearer', scope: ['openid', 'read'] })
    expect(fresh.accessToken).not.toBe(token.accessToken)
    expect(fresh.refreshToken).not.toBe(token.refreshToken)
    expect((await provider.grant(Refresh).requestToken(fresh)).accessToken).not.toBe(fresh.accessToken)
  })

  test('a token source refreshes once, however many ask', async () => {
    const provider = await stage.discover()
    const tokens = provider.tokenSource({ token: (await stage.logIn(provider)).with({ expiresAt: 1e12 }) })
    const all = await Promise.all([1, 2, 3].map(() => tokens.token()))
    expect(new Set(all.map(({ accessToken }) => accessToken)).size).toBe(1)
  })

  test('a client gets a token of its own, in each way of authenticating with a secret', async () => {
    for (const authentication of ['client_secret_basic', 'client_secret_post'] as const) {
      const provider = await stage.discover({ client: { ...web, authentication } })
      const token = await provider.grant(ClientCredentials).requestToken({ scope: ['read'] })
      expect(token).toMatchObject({ tokenType: 'Bearer', scope: ['read'] })
    }
  })

  test('after a revocation, neither token is worth anything', async () => {
    const provider = await stage.discover()
    const token = await stage.logIn(provider)
    await provider.revoke(token)
    expect((await userinfo(token.accessToken)).status).toBe(401)
    await errorOf(provider.grant(Refresh).requestToken(token))
  })
})
