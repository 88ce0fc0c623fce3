import { Grant, type ProviderDefinition, type Token } from '@grantkit/core'
import {
  buildAuthorizationUrlWithPAR,
  clientCredentialsGrant,
  fetchUserInfo,
  initiateDeviceAuthorization,
  tokenIntrospection,
  tokenRevocation,
} from 'openid-client'
import { describe, expect, test } from 'vitest'
import { bridgeStage } from '../support/bridge-stage.ts'
import { goodToken } from '../support/scene.ts'

const basic = `Basic ${btoa('cid:canary-client-secret')}`

describe('requests other than token requests', () => {
  const deviating: Partial<ProviderDefinition> = {
    tokenRequest: { encoding: 'json', headers: { 'x-token': '1' }, renamed: { token: 'jeton', scope: 'droits' } },
    tokenResponse: { envelope: 'data', tokenType: 'Bearer', statuses: [201], expiresIn: { default: 60 } },
    hooks: {
      request: ({ body }) => body.set('hooked', '1'),
      response: () => ({ error: 'hooked' }),
    },
    scopeSeparator: ',',
  }
  const device = { device_code: 'canary-device', user_code: 'AB', verification_uri: 'https://id.example/d' }
  const data = { envelope: 'not ours' }

  test('a token request does deviate as declared', async () => {
    const json = { data: { access_token: goodToken['access_token'] } }
    const { configuration, last } = await bridgeStage({ ...deviating, hooks: undefined } as never, {
      json,
      status: 201,
    })
    expect(await clientCredentialsGrant(configuration, { scope: 'a b' })).toMatchObject({ expires_in: 60 })
    const sent = await last()
    expect(sent?.headers).toMatchObject({ 'x-token': '1', 'content-type': 'application/json' })
    expect(JSON.parse(sent?.body ?? '')).toEqual({ grant_type: 'client_credentials', droits: 'a,b' })
  })

  test('introspection is a form, and its response stays as it is', async () => {
    const { configuration, server, last } = await bridgeStage(deviating)
    await server.reply('/introspect', { json: { active: true, data, scope: 'a,b' } })
    expect(await tokenIntrospection(configuration, 'canary-token')).toEqual({ active: true, data, scope: 'a,b' })
    expect((await last())?.form).toEqual({ token: 'canary-token' })
    expect((await last())?.headers).not.toHaveProperty('x-token')
    expect((await last())?.headers['authorization']).toBe(basic)
  })

  test('a pushed authorization request is one, too, and has status 201', async () => {
    const { configuration, server, last } = await bridgeStage(deviating)
    await server.reply('/par', { status: 201, json: { request_uri: 'urn:x', expires_in: 60, data } })
    const url = await buildAuthorizationUrlWithPAR(configuration, {
      redirect_uri: 'https://app.example/cb',
      scope: 'a b',
    })
    expect(url.searchParams.get('request_uri')).toBe('urn:x')
    const { form } = (await last()) ?? {}
    expect(form).toEqual({
      client_id: 'cid',
      redirect_uri: 'https://app.example/cb',
      response_type: 'code',
      scope: 'a,b',
    })
  })

  test('and device authorization, whose scopes are separated as the provider separates them', async () => {
    const { configuration, server, last } = await bridgeStage(deviating)
    await server.reply('/device', { json: { ...device, expires_in: 600, data } })
    expect(await initiateDeviceAuthorization(configuration, { scope: 'a b' })).toMatchObject({ ...device, data })
    expect((await last())?.form).toEqual({ client_id: 'cid', scope: 'a,b' })
  })

  test('and a request of a custom grant to another endpoint', async () => {
    class Device extends Grant {
      static readonly grantType = 'urn:ietf:params:oauth:grant-type:device_code'
      requestToken = (): Promise<Token> => this.tokenRequest({ device_code: 'canary-device' })
      start(): Promise<Record<string, unknown>> {
        return this.request('device_authorization_endpoint', { scope: 'a b' })
      }
    }
    const { acme, server, last, events } = await bridgeStage(deviating)
    await server.reply('/device', { json: { ...device, data } })
    expect(await acme.grant(Device).start()).toEqual({ ...device, data })
    expect((await last())?.form).toEqual({ scope: 'a,b' })
    expect(events.flatMap(({ deviation }) => deviation ?? [])).toEqual(['scopeSeparator'])
  })

  test('user information is read as it is, and the error in its challenge too', async () => {
    const { configuration, server } = await bridgeStage(deviating)
    const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' }
    await server.reply('/userinfo', { json: { sub: 'ada', data } }, { status: 401, headers: challenge })
    expect(await fetchUserInfo(configuration, 'canary-token', 'ada')).toEqual({ sub: 'ada', data })
    await expect(fetchUserInfo(configuration, 'canary-token', 'ada')).rejects.toMatchObject({
      code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
      cause: [{ parameters: { error: 'invalid_token' } }],
    })
  })
})

describe('revocation', () => {
  test('has the parameters and the endpoint that the definition declares, and its statuses', async () => {
    const endpoint = '{server}/apps/{client_id}'
    const { configuration, server, last } = await bridgeStage({
      revocation: { endpoint, statuses: [204], parameters: { action: 'revoke' }, method: 'DELETE', encoding: 'json' },
    })
    await server.reply('/apps/cid', { status: 204 })
    await tokenRevocation(configuration, 'canary-token')
    expect(await last()).toMatchObject({ method: 'DELETE', path: '/apps/cid' })
    expect(JSON.parse((await last())?.body ?? '')).toEqual({ action: 'revoke', token: 'canary-token' })
  })

  test('with the token itself as the credential sends no other', async () => {
    const { configuration, server, last } = await bridgeStage({ revocation: { authentication: 'bearer' } })
    await server.reply('/revoke', { json: {} })
    await tokenRevocation(configuration, 'canary-token', { token_type_hint: 'access_token' })
    expect(await last()).toMatchObject({ headers: { authorization: 'Bearer canary-token' }, body: '' })
  })

  test('shares a URL with the token endpoint where the provider has one for both', async () => {
    const { configuration, server, last } = await bridgeStage({ revocation: { endpoint: '{server}/token' } })
    await server.reply('/token', { json: {} })
    await tokenRevocation(configuration, 'canary-token')
    expect((await last())?.form).toEqual({ token: 'canary-token' })
  })
})
