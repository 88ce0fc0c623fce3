import { simulateProvider } from '@grantkit/testing/server'
import * as client from 'openid-client'
import { expect, test } from 'vitest'
import { refusal } from './openid-client.ts'

const grant = 'urn:ietf:params:oauth:grant-type:'
const type = 'urn:ietf:params:oauth:token-type:'
const acme = {
  name: 'acme',
  metadata: {
    issuer: 'https://id.acme.example',
    authorization_endpoint: 'https://id.acme.example/authorize',
    token_endpoint: 'https://id.acme.example/token',
    pushed_authorization_request_endpoint: 'https://id.acme.example/par',
    device_authorization_endpoint: 'https://id.acme.example/device',
    introspection_endpoint: 'https://id.acme.example/introspect',
    userinfo_endpoint: 'https://id.acme.example/userinfo',
    jwks_uri: 'https://id.acme.example/keys',
    grant_types_supported: ['authorization_code', 'refresh_token', `${grant}token-exchange`, `${grant}jwt-bearer`],
  },
}

async function stage(more: object = {}) {
  const simulation = await simulateProvider({ ...acme, metadata: { ...acme.metadata, ...more } })
  const { clientId, clientSecret = '' } = simulation.clients.confidential
  const metadata = simulation.definition.metadata as unknown as client.ServerMetadata
  const authenticate = (secret = clientSecret): client.Configuration => {
    const configuration = new client.Configuration(metadata, clientId, undefined, client.ClientSecretBasic(secret))
    client.allowInsecureRequests(configuration)
    return configuration
  }
  return { simulation, configuration: authenticate(), forged: authenticate('wrong') }
}

test('a request is pushed, and its URI works once', async () => {
  const { simulation, configuration, forged } = await stage({ require_pushed_authorization_requests: true })
  await using _ = simulation
  const parameters = { redirect_uri: 'https://app.example/callback', scope: 'openid', state: 'the-state' }
  const url = await client.buildAuthorizationUrlWithPAR(configuration, parameters)
  const callback = new URL((await simulation.logIn(url)).url)
  const tokens = await client.authorizationCodeGrant(configuration, callback, { expectedState: 'the-state' })
  expect(await client.fetchUserInfo(configuration, tokens.access_token, 'ada')).toMatchObject({ sub: 'ada' })
  await expect(simulation.logIn(url)).rejects.toThrow('was already used')
  await expect(simulation.logIn(client.buildAuthorizationUrl(configuration, parameters))).rejects.toThrow('pushed')
  expect(await refusal(client.buildAuthorizationUrlWithPAR(forged, parameters))).toBe('invalid_client')
})

test('a device is polled until the user decides', async () => {
  const { simulation, configuration } = await stage()
  await using _ = simulation
  const begin = () => client.initiateDeviceAuthorization(configuration, { scope: 'read' })
  const [first, second] = [await begin(), await begin()]
  const poll = (response: typeof first) =>
    client.pollDeviceAuthorizationGrant(configuration, { ...response, interval: 0.01 })
  const polling = poll(first)
  await simulation.approveDevice(first.user_code)
  expect((await polling).scope).toBe('read')
  await simulation.approveDevice(second.user_code, { deny: true })
  expect(await refusal(poll(second))).toBe('access_denied')
  await expect(simulation.approveDevice(first.user_code)).rejects.toThrow('unknown or was already used')
})

test('a token is introspected and exchanged, and an assertion is a grant', async () => {
  const { simulation, configuration } = await stage()
  await using _ = simulation
  const ask = (name: string, parameters: Record<string, string>) =>
    client.genericGrantRequest(configuration, grant + name, parameters)
  const asserted = await ask('jwt-bearer', { assertion: 'a.b.c', scope: 'read' })
  expect(await client.tokenIntrospection(configuration, asserted.access_token)).toMatchObject({
    active: true,
    scope: 'read',
  })
  expect(await client.tokenIntrospection(configuration, 'made-up')).toStrictEqual({ active: false })
  const subject = { subject_token: asserted.access_token, subject_token_type: `${type}access_token` }
  expect((await ask('token-exchange', subject)).access_token).not.toBe(asserted.access_token)
  for (const wrong of [{ subject_token: 'x' }, { ...subject, actor_token: 'x' }])
    expect(await refusal(ask('token-exchange', wrong as Record<string, string>))).toBe('invalid_request')
  expect(await refusal(ask('jwt-bearer', {}))).toBe('invalid_request')
  expect(await refusal(ask('saml2-bearer', { assertion: 'x' }))).toBe('unsupported_grant_type')
})
