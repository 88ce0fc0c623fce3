import { ClientCredentials, Pkce, Provider, Refresh, type Token } from '@grantkit/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../stores/test/support/describe-with.ts'
import { clientSecret, errorOf, eventLog, redirectUri } from '../support/scene.ts'
import { type AuthlibServer, startAuthlib } from './support/authlib.ts'
import { authlib } from './support/programs.ts'
import { send } from './support/send.ts'

const web = { clientId: 'web', clientSecret, redirectUri }
const native = { clientId: 'native', redirectUri }
const scope = 'openid read write'
const grant_types = ['authorization_code', 'refresh_token', 'client_credentials']

describeWith(authlib, () => {
  let server: AuthlibServer
  beforeAll(async () => {
    const common = { redirect_uris: [redirectUri], scope, grant_types }
    server = await startAuthlib([
      { client_id: 'web', client_secret: clientSecret, ...common },
      { client_id: 'post', client_secret: clientSecret, token_endpoint_auth_method: 'client_secret_post', ...common },
      { client_id: 'native', token_endpoint_auth_method: 'none', ...common },
    ])
  })
  afterAll(() => server.stop())

  const discover = (client: Parameters<typeof Provider.discover>[1] = web) =>
    Provider.discover(server.issuer, client, { onEvent: eventLog().onEvent })

  async function logIn(provider: Provider): Promise<Token> {
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['openid', 'read'] })
    return login.requestToken(await server.decide(url), transaction)
  }

  test('a login with PKCE brings an access token, a refresh token and a verified ID token', async () => {
    const token = await logIn(await discover())
    expect(token).toMatchObject({ tokenType: 'Bearer', scope: ['openid', 'read'] })
    expect(token.refreshToken).toBeDefined()
    expect(token.claims).toMatchObject({ iss: server.issuer, sub: 'ada', name: 'Ada' })
    const headers = { authorization: `Bearer ${token.accessToken}` }
    expect(JSON.parse((await send(`${server.issuer}/userinfo`, { headers })).text)).toMatchObject({ sub: 'ada' })
  })

  test('a public client logs in, too', async () => {
    expect((await logIn(await discover(native))).claims).toMatchObject({ sub: 'ada' })
  })

  test('a user who says no is told apart from an error', async () => {
    const login = (await discover()).grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['openid'] })
    const error = await errorOf(login.requestToken(await server.decide(url, 'no'), transaction))
    expect(error).toMatchObject({ code: 'authorization_denied', action: 'none' })
  })

  test('it compares the code challenge: a code is worth nothing with another verifier', async () => {
    const login = (await discover()).grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['openid'] })
    const other = { ...transaction, codeVerifier: 'canary-'.padEnd(43, 'x') }
    const error = await errorOf(login.requestToken(await server.decide(url), other))
    expect(error).toMatchObject({ code: 'token_error', action: 'reauthorize', oauth: { error: 'invalid_grant' } })
  })

  test('a refresh brings a new refresh token, and the old one is dead', async () => {
    const provider = await discover()
    const token = await logIn(provider)
    const fresh = await provider.grant(Refresh).requestToken(token)
    expect(fresh.refreshToken).not.toBe(token.refreshToken)
    const error = await errorOf(provider.grant(Refresh).requestToken(token))
    expect(error).toMatchObject({ code: 'reauthorization_required', action: 'reauthorize' })
  })

  test('a client gets a token of its own, in each way of authenticating', async () => {
    for (const client of [web, { ...web, clientId: 'post', authentication: 'client_secret_post' as const }]) {
      const token = await (await discover(client)).grant(ClientCredentials).requestToken({ scope: ['read'] })
      expect(token).toMatchObject({ tokenType: 'Bearer', scope: ['read'] })
    }
  })

  test('a wrong secret and a scope that nobody has are the configuration', async () => {
    const wrong = await discover({ ...web, clientSecret: 'canary-another' })
    const refused = await errorOf(wrong.grant(ClientCredentials).requestToken())
    expect(refused).toMatchObject({ action: 'fix_configuration', status: 401, oauth: { error: 'invalid_client' } })
    const unknown = await errorOf((await discover()).grant(ClientCredentials).requestToken({ scope: ['admin'] }))
    expect(unknown).toMatchObject({ action: 'fix_configuration', oauth: { error: 'invalid_scope' } })
  })

  test('after a revocation, neither token is worth anything', async () => {
    const provider = await discover()
    const token = await logIn(provider)
    await provider.revoke(token)
    const headers = { authorization: `Bearer ${token.accessToken}` }
    expect((await send(`${server.issuer}/userinfo`, { headers })).status).toBe(401)
    expect(await errorOf(provider.grant(Refresh).requestToken(token))).toMatchObject({ action: 'reauthorize' })
  })
})
