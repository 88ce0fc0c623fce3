import { Grant, GrantError, type ProviderDefinition, type Token } from '@grantkit/core'
import { configurationOf, grantErrorIn } from '@grantkit/core/openid-client'
import type { Reply } from '@grantkit/testing/server'
import { decodeJwt } from 'jose'
import {
  buildAuthorizationUrlWithPAR,
  ClientError,
  clientCredentialsGrant,
  fetchProtectedResource,
  fetchUserInfo,
  getDPoPHandle,
  initiateDeviceAuthorization,
  pollDeviceAuthorizationGrant,
  randomDPoPKeyPair,
  refreshTokenGrant,
  tokenIntrospection,
  tokenRevocation,
} from 'openid-client'
import { describe, expect, test } from 'vitest'
import { testClock } from '../support/clock.ts'
import { confidential, eventLog, goodToken, scene } from '../support/scene.ts'

const basic = `Basic ${btoa('cid:canary-client-secret')}`

/** A provider with every endpoint, whose definition deviates as it is told, and its configuration. */
async function stageOf(definition: Partial<ProviderDefinition> = {}, ...replies: readonly Reply[]) {
  const { server, provider, ...rest } = await scene(...replies)
  const { events, onEvent } = eventLog()
  const clock = testClock()
  const at = (name: string) => `${server.url}/${name}`
  const metadata = {
    authorization_endpoint: at('authorize'),
    token_endpoint: at('token'),
    pushed_authorization_request_endpoint: at('par'),
    device_authorization_endpoint: at('device'),
    introspection_endpoint: at('introspect'),
    userinfo_endpoint: at('userinfo'),
    ...(definition.revocation?.endpoint === undefined && { revocation_endpoint: at('revoke') }),
    ...definition.metadata,
  }
  const revocation = definition.revocation?.endpoint?.replace('{server}', server.url)
  const acme = provider(
    confidential,
    {
      ...definition,
      metadata,
      ...(revocation !== undefined && { revocation: { ...definition.revocation, endpoint: revocation } }),
    },
    { onEvent, clock },
  )
  const last = async () => (await server.requests()).at(-1)
  return { ...rest, server, clock, events, acme, last, configuration: configurationOf(acme) }
}

const causeOf = async (action: Promise<unknown>): Promise<unknown> => action.catch((error: unknown) => error)

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
    const { configuration, last } = await stageOf({ ...deviating, hooks: undefined } as never, { json, status: 201 })
    expect(await clientCredentialsGrant(configuration, { scope: 'a b' })).toMatchObject({ expires_in: 60 })
    const sent = await last()
    expect(sent?.headers).toMatchObject({ 'x-token': '1', 'content-type': 'application/json' })
    expect(JSON.parse(sent?.body ?? '')).toEqual({ grant_type: 'client_credentials', droits: 'a,b' })
  })

  test('introspection is a form, and its response stays as it is', async () => {
    const { configuration, server, last } = await stageOf(deviating)
    await server.reply('/introspect', { json: { active: true, data, scope: 'a,b' } })
    expect(await tokenIntrospection(configuration, 'canary-token')).toEqual({ active: true, data, scope: 'a,b' })
    expect((await last())?.form).toEqual({ token: 'canary-token' })
    expect((await last())?.headers).not.toHaveProperty('x-token')
    expect((await last())?.headers['authorization']).toBe(basic)
  })

  test('a pushed authorization request is one, too, and is answered with 201', async () => {
    const { configuration, server, last } = await stageOf(deviating)
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
    const { configuration, server, last } = await stageOf(deviating)
    await server.reply('/device', { json: { ...device, expires_in: 600, data } })
    expect(await initiateDeviceAuthorization(configuration, { scope: 'a b' })).toMatchObject({ ...device, data })
    expect((await last())?.form).toEqual({ client_id: 'cid', scope: 'a,b' })
  })

  test('and a request of a grant of your own to another endpoint', async () => {
    class Device extends Grant {
      static readonly grantType = 'urn:ietf:params:oauth:grant-type:device_code'
      requestToken = (): Promise<Token> => this.tokenRequest({ device_code: 'canary-device' })
      start(): Promise<Record<string, unknown>> {
        return this.request('device_authorization_endpoint', { scope: 'a b' })
      }
    }
    const { acme, server, last, events } = await stageOf(deviating)
    await server.reply('/device', { json: { ...device, data } })
    expect(await acme.grant(Device).start()).toEqual({ ...device, data })
    expect((await last())?.form).toEqual({ scope: 'a,b' })
    expect(events.flatMap(({ deviation }) => deviation ?? [])).toEqual(['scopeSeparator'])
  })

  test('user information is read as it is, and the error in its challenge too', async () => {
    const { configuration, server } = await stageOf(deviating)
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
    const { configuration, server, last } = await stageOf({
      revocation: { endpoint, statuses: [204], parameters: { action: 'revoke' }, method: 'DELETE', encoding: 'json' },
    })
    await server.reply('/apps/cid', { status: 204 })
    await tokenRevocation(configuration, 'canary-token')
    expect(await last()).toMatchObject({ method: 'DELETE', path: '/apps/cid' })
    expect(JSON.parse((await last())?.body ?? '')).toEqual({ action: 'revoke', token: 'canary-token' })
  })

  test('with the token itself as the credential sends no other', async () => {
    const { configuration, server, last } = await stageOf({ revocation: { authentication: 'bearer' } })
    await server.reply('/revoke', { json: {} })
    await tokenRevocation(configuration, 'canary-token', { token_type_hint: 'access_token' })
    expect(await last()).toMatchObject({ headers: { authorization: 'Bearer canary-token' }, body: '' })
  })

  test('shares a URL with the token endpoint where the provider has one for both', async () => {
    const { configuration, server, last } = await stageOf({ revocation: { endpoint: '{server}/token' } })
    await server.reply('/token', { json: {} })
    await tokenRevocation(configuration, 'canary-token')
    expect((await last())?.form).toEqual({ token: 'canary-token' })
  })
})

describe('an error of the token endpoint', () => {
  const declared: Partial<ProviderDefinition> = {
    tokenResponse: { error: { status: 200, code: 'err.code', codes: { dead: 'invalid_grant' } } },
  }
  test.each<[string, Partial<ProviderDefinition>, Reply, string]>([
    ['with status 200, declared', declared, { json: { err: { code: 'dead' } } }, 'invalid_grant'],
    [
      'with a challenge beside it',
      {},
      { status: 401, headers: { 'www-authenticate': 'Basic' }, json: { error: 'invalid_client' } },
      'invalid_client',
    ],
    [
      'in a challenge alone',
      {},
      { status: 401, headers: { 'www-authenticate': 'Basic error="invalid_client"' } },
      'invalid_client',
    ],
    ['as a form', {}, { status: 400, form: { error: 'invalid_grant' } }, 'invalid_grant'],
    ['of another content type', {}, { status: 400, text: '{"error":"invalid_grant"}' }, 'invalid_grant'],
  ])('%s is one that openid-client reads', async (_, definition, reply, error) => {
    const { configuration } = await stageOf(definition, reply)
    await expect(refreshTokenGrant(configuration, 'canary-refresh-token')).rejects.toMatchObject({ error })
  })

  test('that is not declared is refused', async () => {
    const { configuration } = await stageOf({}, { form: { access_token: 'canary-token', token_type: 'bearer' } })
    await expect(clientCredentialsGrant(configuration)).rejects.toBeInstanceOf(ClientError)
  })
})

describe('the guard', () => {
  test('lets nothing go to a URL that is not an endpoint of the metadata', async () => {
    const { configuration, server } = await stageOf()
    const before = (await server.requests()).length
    const error = await causeOf(
      fetchProtectedResource(configuration, 'canary-token', new URL(`${server.url}/api`), 'GET'),
    )
    expect(grantErrorIn(error)).toMatchObject({ code: 'origin_not_allowed' })
    const posted = await causeOf(
      fetchProtectedResource(configuration, 'canary-token', new URL(`${server.url}/userinfo`), 'PUT', 'x'),
    )
    expect(grantErrorIn(posted)).toMatchObject({ code: 'config_invalid' })
    expect(await server.requests()).toHaveLength(before)
  })

  test.each<[string, Reply, string]>([
    ['a redirect', { redirect: 'https://elsewhere.example/' }, 'redirect_refused'],
    ['a response without an end', { endless: true }, 'response_too_large'],
    ['a connection that is reset', { reset: true }, 'network_error'],
  ])('%s is a GrantError behind the error of openid-client', async (_, reply, code) => {
    const { configuration } = await stageOf({}, reply)
    const error = await causeOf(clientCredentialsGrant(configuration))
    expect(error).toBeInstanceOf(ClientError)
    expect(grantErrorIn(error)).toBeInstanceOf(GrantError)
    expect(grantErrorIn(error)).toMatchObject({ code, provider: 'acme' })
  })

  test('has the deadline of the provider, by its clock, and openid-client has none beside it', async () => {
    const { configuration, clock, tokenRequests } = await stageOf({}, { hang: 'headers' })
    const pending = causeOf(clientCredentialsGrant(configuration))
    await expect.poll(async () => (await tokenRequests()).length).toBe(1)
    await clock.advance(60_000)
    expect(grantErrorIn(await pending)).toMatchObject({ code: 'timeout' })
    expect(configuration.timeout).toBe(0)
  })

  test('there is no GrantError in what is another error', () => {
    expect(grantErrorIn(new Error('x', { cause: new TypeError('y') }))).toBeUndefined()
    expect(grantErrorIn('a string')).toBeUndefined()
    const cyclic = new Error('x')
    cyclic.cause = cyclic
    expect(grantErrorIn(cyclic)).toBeUndefined()
  })
})

test('a DPoP proof goes along, and its nonce comes back', async () => {
  const wanted = { status: 400, json: { error: 'use_dpop_nonce' }, headers: { 'dpop-nonce': 'n-1' } }
  const { configuration, tokenRequests } = await stageOf({}, wanted, { json: { ...goodToken, token_type: 'DPoP' } })
  const handle = getDPoPHandle(configuration, await randomDPoPKeyPair())
  expect(await clientCredentialsGrant(configuration, {}, { DPoP: handle })).toMatchObject({ token_type: 'dpop' })
  const proofs = (await tokenRequests()).map(({ headers }) => decodeJwt(headers['dpop'] ?? ''))
  expect(proofs.map(({ nonce }) => nonce)).toEqual([undefined, 'n-1'])
})

test('a device polls until there is a token', async () => {
  const { configuration, server } = await stageOf(
    {},
    { status: 400, json: { error: 'authorization_pending' } },
    { json: goodToken },
  )
  const json = {
    device_code: 'canary-device',
    user_code: 'AB',
    verification_uri: 'https://id.example/d',
    expires_in: 60,
  }
  await server.reply('/device', { json: { ...json, interval: 0.001 } })
  const started = await initiateDeviceAuthorization(configuration, {})
  expect(await pollDeviceAuthorizationGrant(configuration, started)).toMatchObject({ token_type: 'bearer' })
})
