import { AuthorizationCode, DeviceAuthorization, Pkce, Provider, Token } from '@grantkit/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { assertionStage, clientKey, signer } from './support/client-keys.ts'
import { encryptionKey } from './support/encrypted.ts'
import { logIn, openid } from './support/openid.ts'
import { confidential, errorOf, eventLog, goodToken, publicClient, redirectUri, scene } from './support/scene.ts'
import { requestStage } from './support/request-stage.ts'
import { faultServer } from './support/servers.ts'

// A page that has gone offline, or whose files a new release has replaced, cannot load what it has not needed so far.

const verifier = '../src/protocol/openid/verifier.ts'
const deviations = '../src/protocol/deviations/deviations.ts'
const revocation = '../src/protocol/revocation.ts'
const discovery = '../src/protocol/discovery.ts'
const after = [
  '../src/protocol/userinfo.ts',
  '../src/protocol/introspection.ts',
  '../src/protocol/openid/logout-token.ts',
]
const decrypt = '../src/protocol/openid/decrypt.ts'
const endpointRequest = '../src/protocol/endpoint-request.ts'
const secretJwt = '../src/protocol/authentication/secret-jwt.ts'
const assertion = '../src/protocol/authentication/client-assertion.ts'
const unusual = '../src/grants/unusual-parameters.ts'
const delivery = '../src/protocol/authorization/deliver.ts'
const signedCallback = '../src/grants/signed-callback.ts'
const signedResponse = '../src/protocol/authorization/signed-response.ts'
const ofLogins = [unusual, delivery, signedCallback, signedResponse]
const dpopProofs = '../src/protocol/authentication/dpop-proofs.ts'

const gone = (part: string) => vi.doMock(part, () => Promise.reject(new TypeError('error loading a module')))

afterEach(() => {
  const parts = [
    ...ofLogins,
    verifier,
    decrypt,
    deviations,
    revocation,
    discovery,
    secretJwt,
    assertion,
    dpopProofs,
    endpointRequest,
    ...after,
  ]
  for (const part of parts) vi.doUnmock(part)
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

  test('what asks and is told after a login', async () => {
    const { provider, server } = await openid()
    const token = Token.from({ accessToken: 'canary-access' })
    for (const part of after) gone(part)
    expect(await errorOf(provider.userinfo(token, { subject: 'ada' }))).toMatchObject(notLoaded)
    expect(await errorOf(provider.introspect(token))).toMatchObject(notLoaded)
    expect(await errorOf(provider.verifyLogoutToken('e30.e30.x'))).toMatchObject(notLoaded)
    expect(await server.requests()).toEqual([])
  })

  test('what verifies a response that has to be signed', async () => {
    const { provider, server } = await openid()
    const token = Token.from({ accessToken: 'canary-access' })
    gone(verifier)
    expect(await errorOf(provider.userinfo(token, { subject: 'ada', signed: true }))).toMatchObject(notLoaded)
    expect(await errorOf(provider.introspect(token, { signed: true }))).toMatchObject(notLoaded)
    expect(await server.requests()).toEqual([])
  })

  test('what proves possession of a key; the code is still good', async () => {
    const { provider, tokenRequests } = await scene({ json: { ...goodToken, token_type: 'DPoP' } })
    const login = provider(publicClient, {}, { dpop: true }).grant(AuthorizationCode)
    gone(dpopProofs)
    expect(await errorOf(login.exchangeCode({ code: 'canary-code' }))).toMatchObject(notLoaded)
    expect(await tokenRequests()).toHaveLength(0)
    vi.doUnmock(dpopProofs)
    expect((await login.exchangeCode({ code: 'canary-code' })).tokenType).toBe('DPoP')
  })

  test('what begins a login on another device', async () => {
    const { server, provider } = await scene()
    const metadata = { token_endpoint: `${server.url}/token`, device_authorization_endpoint: `${server.url}/device` }
    const device = provider(confidential, { metadata }).grant(DeviceAuthorization)
    gone(endpointRequest)
    expect(await errorOf(device.authorize())).toMatchObject(notLoaded)
    expect(await server.requests()).toEqual([])
  })

  test('what discovers', async () => {
    const server = await faultServer()
    gone(discovery)
    expect(await errorOf(Provider.discover(server.url, publicClient))).toMatchObject(notLoaded)
    expect(await server.requests()).toEqual([])
  })

  test.each([
    ['what checks unusual options', unusual],
    ['what pushes and signs a request', delivery],
  ])('%s', async (_, part) => {
    const { login: begin, pushed } = await requestStage()
    const options = { pushed: true, prompt: 'login' }
    gone(part)
    expect(await errorOf(begin().authorize(options))).toMatchObject(notLoaded)
    expect(await pushed()).toHaveLength(0)
    vi.doUnmock(part)
    expect((await begin().authorize(options)).url.searchParams.has('request_uri')).toBe(true)
  })

  test.each([
    ['what opens a signed callback', signedCallback],
    ['what verifies one', signedResponse],
  ])('%s; the login can be completed later', async (_, part) => {
    const { login: begin, response, tokenRequests } = await requestStage()
    const grant = begin()
    const { transaction } = await grant.authorize({ responseMode: 'jwt' })
    const callback = `?response=${await response({ code: 'canary-code', state: transaction.state })}`
    gone(part)
    expect(await errorOf(grant.requestToken(callback, transaction))).toMatchObject(notLoaded)
    expect(await tokenRequests()).toHaveLength(0)
    vi.doUnmock(part)
    expect((await grant.requestToken(callback, transaction)).accessToken).toBe(goodToken['access_token'])
  })

  test('what signs a secret, which is not a mistake in the configuration', async () => {
    const { events, onEvent } = eventLog()
    const { provider, tokenRequests } = await scene()
    const secret = { algorithm: 'ES256', audience: 'https://id.acme.example' } as const
    const definition = { clientAuthentication: { method: 'client_secret_post', secretJwt: secret } } as const
    const signingKey = { privateKey: (await clientKey('ES256')).privateKey, keyId: 'k', issuer: 't' }
    const acme = provider({ clientId: 'cid', redirectUri, signingKey }, definition, { onEvent })
    gone(secretJwt)
    expect(await errorOf(acme.grant(AuthorizationCode).exchangeCode({ code: 'canary-code' }))).toMatchObject(notLoaded)
    expect(await tokenRequests()).toHaveLength(0)
    expect(events.filter(({ type }) => type === 'request')).toEqual([])
  })

  test('what decrypts an ID token; the code is not sent', async () => {
    const decryptionKey = { privateKey: (await encryptionKey('ECDH-ES')).privateJwk }
    const { provider, server } = await openid({ client: { decryptionKey } })
    const login = provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    gone(decrypt)
    const callback = `?code=canary-code&state=${transaction.state}`
    expect(await errorOf(login.requestToken(callback, transaction))).toMatchObject(notLoaded)
    expect(await server.requests()).toEqual([])
  })

  test('what signs an assertion', async () => {
    const { provider, tokenRequests } = await assertionStage()
    const grant = provider(signer((await clientKey('ES256')).privateKey)).grant(AuthorizationCode)
    gone(assertion)
    expect(await errorOf(grant.exchangeCode({ code: 'canary-code' }))).toMatchObject(notLoaded)
    expect(await tokenRequests()).toHaveLength(0)
    vi.doUnmock(assertion)
    expect((await grant.exchangeCode({ code: 'canary-code' })).accessToken).toBe(goodToken['access_token'])
  })
})
