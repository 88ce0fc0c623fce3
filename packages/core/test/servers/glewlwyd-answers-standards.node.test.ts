import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { describeWith } from '../../../stores/test/support/describe-with.ts'
import { errorOf } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'
import { GlewlwydStage, web } from './support/glewlwyd-stage.ts'
import { glewlwyd } from './support/programs.ts'

const returnTo = 'https://app.example/after'

describeWith(glewlwyd, () => {
  const stage = new GlewlwydStage(
    {
      'session-management-allowed': true,
      'session-cookie-name': 'GLEWLWYD2_OIDC_SID',
      'session-cookie-expiration': 3600,
      'back-channel-logout-allowed': true,
    },
    { post_logout_redirect_uris: [returnTo] },
  )

  test('user information is that of the user who logged in', async () => {
    const provider = await stage.discover()
    const token = await stage.logIn(provider)
    expect(await provider.userinfo(token)).toMatchObject({ sub: token.claims?.sub, name: 'Ada' })
    await errorOf(provider.userinfo(token.with({ accessToken: 'canary-token' })))
  })

  test('introspection tells what a token is good for, and that a revoked one is good for nothing', async () => {
    const provider = await stage.discover()
    const token = await stage.logIn(provider)
    expect(await provider.introspect(token)).toMatchObject({ active: true, clientId: 'web', scope: ['openid', 'read'] })
    await provider.revoke(token)
    expect(await provider.introspect(token)).toMatchObject({ active: false })
  })

  test('a logout begins at its end-session endpoint, which knows whose session it is', async () => {
    const provider = await stage.discover()
    const token = await stage.logIn(provider)
    const url = provider.logoutUrl({ idToken: token.idToken, returnTo, state: 'after' })
    const session = await stage.server.logIn('web', 'openid')
    const { status, location = '' } = await session.visit(url)
    expect(status).toBe(302)
    expect(location).toContain('prompt=end_session')
    expect(location).toContain(encodeURIComponent(returnTo))
  })

  // Glewlwyd knows drafts of these: what it signs lacks what the standards have required since.

  test('signed user information is refused: it is of a type of its own, and for nobody in particular', async () => {
    const provider = await stage.discover()
    const token = await stage.logIn(provider)
    const error = await errorOf(provider.userinfo(token, { signed: true }))
    expect(error).toMatchObject({ code: 'userinfo_invalid' })
    expect(error.message).toContain('(typ)')
  })

  test('a signed introspection is refused: its audience is that of the token, not who asked', async () => {
    const provider = await stage.discover()
    const token = await stage.logIn(provider)
    const error = await errorOf(provider.introspect(token, { signed: true }))
    expect(error).toMatchObject({ code: 'token_response_invalid' })
    expect(error.message).toContain('(aud)')
  })

  test('a logout at the server reaches the application, and is refused: it does not expire', async () => {
    const application = await faultServer()
    await application.reply('/logout', { status: 200, json: {} })
    const fields = { backchannel_logout_uri: `${application.url}/logout`, backchannel_logout_session_required: '1' }
    await stage.addClient('left', { client_secret: web.clientSecret, ...fields })
    const provider = await stage.discover({ client: { ...web, clientId: 'left' } })
    const { idToken = '', claims } = await stage.logIn(provider, 'left')
    const { sid } = decodeJwt(idToken)
    const session = await stage.server.logIn('left', 'openid')
    await session.send('DELETE', `/api/oidc/session/${String(sid)}`)
    await expect.poll(() => application.requests()).toHaveLength(1)
    const logoutToken = (await application.requests())[0]?.form?.['logout_token'] ?? ''
    expect(decodeJwt(logoutToken)).toMatchObject({ iss: stage.issuer, aud: 'left', sub: claims?.sub, sid })
    const error = await errorOf(provider.verifyLogoutToken(logoutToken))
    expect(error).toMatchObject({ code: 'logout_token_invalid' })
    expect(error.message).toContain('(exp)')
  })
})
