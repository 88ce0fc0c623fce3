import { startAuthorizationServer, startFaultServer } from '@grantkit/testing/server'
import { SignJWT } from 'jose'
import * as client from 'openid-client'
import { describe, expect, test } from 'vitest'
import { clientKey, configure, echo, logIn, redirectUri, refusal } from './openid-client.ts'

const clientId = 'my-client'
const clientSecret = 'shh'
const basic = client.ClientSecretBasic(clientSecret)

async function stage(more: object = {}, options: object = {}) {
  const clients = [
    { clientId, clientSecret, redirectUris: [redirectUri], ...more },
    { clientId: 'service', clientSecret },
  ]
  const server = await startAuthorizationServer({ clients, ...options })
  return { server, configuration: configure(server, clientId, basic) }
}

describe('a device (RFC 8628)', () => {
  test('gets a token once the user has entered its code', async () => {
    const { server, configuration } = await stage()
    await using _ = server
    const response = await client.initiateDeviceAuthorization(configuration, { scope: 'openid read' })
    expect(response.verification_uri).toBe(`${server.url}/device`)
    const poll = () => client.pollDeviceAuthorizationGrant(configuration, { ...response, interval: 0.01 })
    const polling = poll()
    await server.approveDevice(response.user_code, { scope: ['openid', 'read'] })
    const tokens = await polling
    expect(tokens.claims()?.sub).toBe('ada')
    expect(await echo(server, configuration, tokens.access_token)).toMatchObject({ scope: 'openid read' })
    expect((await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '')).scope).toBe('openid read')
    await expect(server.approveDevice(response.user_code)).rejects.toThrow('already been used')
  })

  test('is refused when the user refuses, asks for an unknown scope, or mistypes the code', async () => {
    const { server, configuration } = await stage()
    await using _ = server
    const response = await client.initiateDeviceAuthorization(configuration, {})
    await server.approveDevice(response.user_code, { deny: true })
    const polling = client.pollDeviceAuthorizationGrant(configuration, { ...response, interval: 0.01 })
    expect(await refusal(polling)).toBe('access_denied')
    expect(await refusal(client.initiateDeviceAuthorization(configuration, { scope: 'fly' }))).toBe('invalid_scope')
    await expect(server.approveDevice('BDSD-HQMK')).rejects.toThrow('the code was not found')
  })
})

describe('a login on another device (CIBA)', () => {
  test('is polled until the user agrees', async () => {
    const { server, configuration } = await stage()
    await using _ = server
    const parameters = { scope: 'openid read', login_hint: 'ada@mail.example', binding_message: '1234' }
    const response = await client.initiateBackchannelAuthentication(configuration, parameters)
    const polling = client.pollBackchannelAuthenticationGrant(configuration, { ...response, interval: 0.01 })
    await server.approveBackchannel({ scope: ['openid'] })
    const tokens = await polling
    expect([tokens.scope, tokens.claims()?.sub]).toStrictEqual(['openid', 'ada'])
  })

  test('is refused by the user, or for an unknown user', async () => {
    const { server, configuration } = await stage()
    await using _ = server
    const request = (login_hint: string) =>
      client.initiateBackchannelAuthentication(configuration, { scope: 'openid', login_hint })
    const response = await request('ada')
    await request('ada')
    await server.approveBackchannel({ authReqId: response.auth_req_id, deny: true })
    const polling = client.pollBackchannelAuthenticationGrant(configuration, { ...response, interval: 0.01 })
    expect(await refusal(polling)).toBe('access_denied')
    expect(await refusal(request('eve'))).toBe('unknown_user_id')
    await expect(server.approveBackchannel({ authReqId: 'made-up' })).rejects.toThrow('no such login')
  })
})

describe('token exchange (RFC 8693)', () => {
  const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'
  const type = 'urn:ietf:params:oauth:token-type:'

  test('returns a token for another service, with the actor in it', async () => {
    const { server, configuration } = await stage()
    await using _ = server
    const subject = await logIn(server, configuration, { scope: 'openid read write' })
    const actor = await client.clientCredentialsGrant(configuration)
    const exchanged = await client.genericGrantRequest(configuration, grantType, {
      subject_token: subject.access_token,
      subject_token_type: `${type}access_token`,
      actor_token: actor.access_token,
      actor_token_type: `${type}access_token`,
      audience: 'service',
      scope: 'read',
    })
    expect(exchanged).toMatchObject({ issued_token_type: `${type}access_token`, token_type: 'bearer', scope: 'read' })
    expect(await client.tokenIntrospection(configuration, exchanged.access_token)).toMatchObject({
      sub: 'ada',
      aud: 'service',
      act: { sub: clientId },
    })
    const byIdToken = { subject_token: subject.id_token ?? '', subject_token_type: `${type}id_token`, scope: 'write' }
    const impersonated = await client.genericGrantRequest(configuration, grantType, byIdToken)
    expect(await echo(server, configuration, impersonated.access_token)).toMatchObject({ sub: 'ada', scope: 'write' })
  })

  test('refuses what RFC 8693 refuses', async () => {
    const { server, configuration } = await stage({}, { resources: ['https://api.example/'] })
    await using _ = server
    const { access_token } = await logIn(server, configuration)
    const ask = (changes: Record<string, string>): Promise<string> =>
      refusal(
        client.genericGrantRequest(configuration, grantType, {
          subject_token: access_token,
          subject_token_type: `${type}access_token`,
          ...changes,
        }),
      )
    expect(await ask({ subject_token: 'made-up' })).toBe('invalid_request')
    expect(await ask({ subject_token_type: `${type}saml2` })).toBe('invalid_request')
    expect(await ask({ requested_token_type: `${type}saml2` })).toBe('invalid_request')
    expect(await ask({ actor_token: access_token })).toBe('invalid_request')
    expect(await ask({ audience: 'nobody' })).toBe('invalid_target')
    expect(await ask({ audience: 'service', resource: 'https://api.example/' })).toBe('invalid_target')
    expect(await ask({ scope: 'write' })).toBe('invalid_scope')
    expect(await ask({ scope: 'fly' })).toBe('invalid_scope')
  })

  test('binds the new token to a key', async () => {
    const { server, configuration } = await stage({}, { require: { dpop: true, dpopNonce: true } })
    await using _ = server
    const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair())
    const { access_token } = await logIn(server, configuration, { grant: { DPoP } })
    const parameters = { subject_token: access_token, subject_token_type: `${type}access_token` }
    const exchanged = await client.genericGrantRequest(configuration, grantType, parameters, { DPoP })
    expect(exchanged.token_type).toBe('dpop')
    expect(await echo(server, configuration, exchanged.access_token, { DPoP })).toMatchObject({ sub: 'ada' })
    expect(await refusal(client.genericGrantRequest(configuration, grantType, parameters))).toBe('invalid_grant')
  })
})

test('an assertion is a grant (RFC 7523)', async () => {
  const { key, jwk, kid } = await clientKey()
  const { server, configuration } = await stage({ keys: [jwk] })
  await using _ = server
  const ask = async (claims: object): Promise<client.TokenEndpointResponse> => {
    const assertion = new SignJWT({ iss: clientId, sub: 'ada', aud: server.issuer, ...claims })
    const jwt = await assertion.setProtectedHeader({ alg: 'ES256', kid }).setExpirationTime('1m').sign(key)
    const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
    return client.genericGrantRequest(configuration, grantType, { assertion: jwt, scope: 'read' })
  }
  const { access_token } = await ask({})
  expect(await echo(server, configuration, access_token)).toMatchObject({ sub: 'ada', scope: 'read' })
  for (const wrong of [{ iss: 'other' }, { sub: 'eve' }, { aud: 'https://other.example' }])
    expect(await refusal(ask(wrong))).toBe('invalid_grant')
})

describe('logout', () => {
  test('ends the session of the browser, and leads back to the app', async () => {
    const { server, configuration } = await stage({}, {})
    await using _ = server
    const user = { browser: 'laptop' }
    const { id_token = '' } = await logIn(server, configuration, { user })
    const post_logout_redirect_uri = 'http://127.0.0.1:8080/'
    const parameters = { id_token_hint: id_token, post_logout_redirect_uri, state: 'bye' }
    const silently = { parameters: { prompt: 'none' }, user }
    expect((await logIn(server, configuration, silently)).claims()?.sub).toBe('ada')
    const url = client.buildEndSessionUrl(configuration, parameters)
    expect(await server.logOut(url, user)).toBe('http://127.0.0.1:8080/?state=bye')
    expect(await refusal(logIn(server, configuration, silently))).toBe('login_required')
    expect(await server.logOut(`${server.url}/logout`)).toBe(`${server.url}/logout/success`)
    const elsewhere = { ...parameters, post_logout_redirect_uri: 'https://evil.example/' }
    await expect(server.logOut(client.buildEndSessionUrl(configuration, elsewhere))).rejects.toThrow('not registered')
  })

  test('notifies the clients with a logout token', async () => {
    await using app = await startFaultServer()
    await app.reply('/logout', { status: 200, text: '' })
    const metadata = { backchannel_logout_uri: `${app.url}/logout`, backchannel_logout_session_required: true }
    const { server, configuration } = await stage({ metadata })
    await using _ = server
    const { id_token = '' } = await logIn(server, configuration)
    await server.logOut(client.buildEndSessionUrl(configuration, { id_token_hint: id_token }))
    const [request] = await app.requests()
    const [, claims = ''] = request?.form?.['logout_token']?.split('.') ?? []
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      iss: server.issuer,
      sub: 'ada',
      aud: clientId,
      sid: expect.any(String),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })
  })
})
