import { AuthorizationCode, Pkce, Provider } from '@grantkit/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { logIn, openid } from './support/openid.ts'
import { confidential, errorOf, eventLog, goodToken, publicClient, redirectUri, scene } from './support/scene.ts'
import { faultServer } from './support/servers.ts'

// A page that has gone offline, or whose files a new release has replaced, cannot load what it has not needed so far.

const verifier = '../src/protocol/openid/verifier.ts'
const deviations = '../src/protocol/deviations/deviations.ts'
const revocation = '../src/protocol/revocation.ts'
const discovery = '../src/protocol/discovery.ts'
const secretJwt = '../src/protocol/authentication/secret-jwt.ts'

const gone = (part: string) => vi.doMock(part, () => Promise.reject(new TypeError('error loading a module')))

afterEach(() => {
  for (const part of [verifier, deviations, revocation, discovery, secretJwt]) vi.doUnmock(part)
})

const notLoaded = {
  code: 'network_error',
  action: 'retry',
  message: 'a part of the library could not be loaded, and nothing was sent',
}

describe('a part of the library that cannot be loaded is a network_error, and nothing was sent', () => {
  test('what verifies ID tokens; the login can be completed later', async () => {
    const stage = await openid()
    const login = stage.provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    const callback = `?code=canary-code&state=${transaction.state}`
    gone(verifier)
    for (let i = 0; i < 2; i++)
      expect(await errorOf(login.requestToken(callback, transaction))).toMatchObject(notLoaded)
    expect(await stage.server.requests()).toEqual([])
    vi.doUnmock(verifier)
    await stage.answer(undefined)
    expect((await errorOf(login.requestToken(callback, transaction))).message).toContain('no ID token')
    expect((await logIn(stage)).claims?.['sub']).toBe('ada')
  })

  test('what a definition declares; the code is still good', async () => {
    const { provider, tokenRequests } = await scene()
    const login = provider(publicClient, { tokenResponse: { tokenType: 'Bearer' } }).grant(AuthorizationCode)
    gone(deviations)
    expect(await errorOf(login.exchangeCode({ code: 'canary-code' }))).toMatchObject(notLoaded)
    expect(await tokenRequests()).toHaveLength(0)
    vi.doUnmock(deviations)
    expect((await login.exchangeCode({ code: 'canary-code' })).accessToken).toBe(goodToken['access_token'])
  })

  test('what revokes', async () => {
    const { server, provider } = await scene()
    await server.reply('/revoke', { text: '' })
    const metadata = { token_endpoint: `${server.url}/token`, revocation_endpoint: `${server.url}/revoke` }
    const acme = provider(confidential, { metadata })
    gone(revocation)
    expect(await errorOf(acme.revoke('canary-refresh-token'))).toMatchObject(notLoaded)
    expect(await server.requests()).toEqual([])
    vi.doUnmock(revocation)
    await acme.revoke('canary-refresh-token')
    expect(await server.requests()).toHaveLength(1)
  })

  test('what discovers', async () => {
    const server = await faultServer()
    gone(discovery)
    expect(await errorOf(Provider.discover(server.url, publicClient))).toMatchObject(notLoaded)
    expect(await server.requests()).toEqual([])
  })

  test('what signs a secret, which is no mistake in the configuration', async () => {
    const { events, onEvent } = eventLog()
    const { provider, tokenRequests } = await scene()
    const secret = { algorithm: 'ES256', audience: 'https://id.acme.example' } as const
    const definition = { clientAuthentication: { method: 'client_secret_post', secretJwt: secret } } as const
    const signingKey = { privateKey: 'canary-key', keyId: 'k', issuer: 't' }
    const acme = provider({ clientId: 'cid', redirectUri, signingKey }, definition, { onEvent })
    gone(secretJwt)
    expect(await errorOf(acme.grant(AuthorizationCode).exchangeCode({ code: 'canary-code' }))).toMatchObject(notLoaded)
    expect(await tokenRequests()).toHaveLength(0)
    expect(events.filter(({ type }) => type === 'request')).toEqual([])
  })
})
