import { Pkce, Provider, type Token } from '@grantkit/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../stores/test/support/describe-with.ts'
import { clientSecret, errorOf, redirectUri, watched } from '../support/scene.ts'
import { type AuthlibServer, startAuthlib } from './support/authlib.ts'
import { authlib } from './support/programs.ts'

describeWith(authlib, () => {
  let server: AuthlibServer
  beforeAll(async () => {
    const grant_types = ['authorization_code', 'refresh_token']
    const common = { redirect_uris: [redirectUri], scope: 'openid read', grant_types }
    server = await startAuthlib([
      { client_id: 'web', client_secret: clientSecret, ...common },
      { client_id: 'other', client_secret: clientSecret, ...common },
    ])
  })
  afterAll(() => server.stop())

  const discover = (clientId = 'web') =>
    Provider.discover(server.issuer, { clientId, clientSecret, redirectUri }, { onEvent: watched() })

  async function logIn(provider: Provider): Promise<Token> {
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['openid', 'read'] })
    return login.requestToken(await server.decide(url), transaction)
  }

  test('user information is that of the user who logged in', async () => {
    const provider = await discover()
    const token = await logIn(provider)
    expect(await provider.userinfo(token)).toEqual({ sub: 'ada', name: 'Ada', email: 'ada@example.com' })
    const error = await errorOf(provider.userinfo(token.with({ accessToken: 'canary-token' })))
    expect(error).toMatchObject({ status: 401, oauth: { error: 'invalid_token' } })
  })

  test('introspection tells what a token is good for, and nothing to another client', async () => {
    const provider = await discover()
    const token = await logIn(provider)
    const active = { active: true, clientId: 'web', scope: ['openid', 'read'], subject: 'ada' }
    expect(await provider.introspect(token)).toMatchObject(active)
    expect(await provider.introspect(token.refreshToken ?? '')).toMatchObject(active)
    expect(await (await discover('other')).introspect(token)).toEqual({ active: false })
    await provider.revoke(token)
    expect(await provider.introspect(token)).toEqual({ active: false })
  })
})
