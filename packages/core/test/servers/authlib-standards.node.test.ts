import { type ClientRegistration, DeviceAuthorization, JwtBearer, Pkce, Provider, Refresh } from '@grantkit/core'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../../../stores/test/support/describe-with.ts'
import { errorOf, redirectUri, watched } from '../support/scene.ts'
import { type AuthlibServer, startAuthlib } from './support/authlib.ts'
import { authlib } from './support/programs.ts'
import { withoutPauses } from './support/without-pauses.ts'

const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] }
const device_code = 'urn:ietf:params:oauth:grant-type:device_code'
const jwt_bearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const scope = ['openid', 'read']
const withKey: ClientRegistration = {
  clientId: 'keys',
  redirectUri,
  authentication: 'private_key_jwt',
  signingKey: { privateKey, keyId: 'k1' },
}

describeWith(authlib, () => {
  let server: AuthlibServer
  beforeAll(async () => {
    const grant_types = ['authorization_code', 'refresh_token', device_code, jwt_bearer]
    const common = { redirect_uris: [redirectUri], scope: 'openid read write', grant_types }
    const response_types = ['code', 'code id_token']
    server = await startAuthlib([
      { client_id: 'keys', token_endpoint_auth_method: 'private_key_jwt', jwks, response_types, ...common },
      { client_id: 'tv', token_endpoint_auth_method: 'none', ...common },
    ])
  })
  afterAll(() => server.stop())

  const discover = (client: ClientRegistration = withKey, ...pauses: (() => unknown)[]) =>
    Provider.discover(server.issuer, client, { ...withoutPauses(...pauses), onEvent: watched() })

  test('a client authenticates with its key, and names the issuer as the audience', async () => {
    const provider = await discover()
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize({ scope })
    const token = await login.requestToken(await server.decide(url), transaction)
    expect(token.claims).toMatchObject({ aud: ['keys'] })
    expect((await provider.grant(Refresh).requestToken(token)).accessToken).not.toBe(token.accessToken)
    await provider.revoke(token)
  })

  test('and not with another key', async () => {
    const other = await generateKeyPair('ES256')
    const provider = await discover({ ...withKey, signingKey: { privateKey: other.privateKey, keyId: 'k1' } })
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize({ scope })
    const error = await errorOf(login.requestToken(await server.decide(url), transaction))
    expect(error).toMatchObject({ action: 'fix_configuration', oauth: { error: 'invalid_client' } })
  })

  test('an ID token that comes with the code vouches for it', async () => {
    const login = (await discover()).grant(Pkce)
    const { url, transaction } = await login.authorize({ scope, responseType: 'code id_token' })
    const callback = await server.decide(url)
    expect(new URL(callback).hash).toContain('id_token=')
    expect((await login.requestToken(callback, transaction)).claims).toMatchObject({ sub: 'ada' })
  })

  describe('a device', () => {
    const tv = { clientId: 'tv' }

    test('waits, asks less often where it is told to, and gets its token when the user has agreed', async () => {
      let userCode = ''
      const nothing = () => undefined
      const device = (await discover(tv, nothing, nothing, () => server.decideDevice(userCode))).grant(
        DeviceAuthorization,
      )
      const { transaction, ...begun } = await device.authorize({ scope: ['read'] })
      userCode = begun.userCode
      expect(begun.verificationUriComplete).toContain(encodeURIComponent(userCode))
      expect(await device.requestToken(transaction)).toMatchObject({ tokenType: 'Bearer', scope: ['read'] })
    })

    test('whose user says no', async () => {
      const device = (await discover(tv)).grant(DeviceAuthorization)
      const { userCode, transaction } = await device.authorize({ scope: ['read'] })
      await server.decideDevice(userCode, 'no')
      const error = await errorOf(device.requestToken(transaction))
      expect(error).toMatchObject({ code: 'authorization_denied', action: 'none' })
    })
  })

  describe('an assertion', () => {
    test('that the key signs is traded for a token of the user', async () => {
      const bearer = (await discover()).grant(JwtBearer)
      const token = await bearer.requestToken({ subject: 'ada' }, { scope: ['read'] })
      expect(token).toMatchObject({ tokenType: 'Bearer', scope: ['read'] })
    })

    test('about somebody unknown is refused', async () => {
      const error = await errorOf((await discover()).grant(JwtBearer).requestToken({ subject: 'eve' }))
      expect(error).toMatchObject({ oauth: { error: 'invalid_grant' } })
    })
  })
})
