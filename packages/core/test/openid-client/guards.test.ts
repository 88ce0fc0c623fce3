import { GrantError, type ProviderDefinition } from '@grantkit/core'
import { grantErrorIn } from '@grantkit/core/openid-client'
import type { Reply } from '@grantkit/testing/server'
import { decodeJwt } from 'jose'
import {
  ClientError,
  clientCredentialsGrant,
  fetchProtectedResource,
  getDPoPHandle,
  initiateDeviceAuthorization,
  pollDeviceAuthorizationGrant,
  randomDPoPKeyPair,
  refreshTokenGrant,
} from 'openid-client'
import { describe, expect, test } from 'vitest'
import { bridgeStage } from '../support/bridge-stage.ts'
import { goodToken } from '../support/scene.ts'

const causeOf = async (action: Promise<unknown>): Promise<unknown> => action.catch((error: unknown) => error)

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
    const { configuration } = await bridgeStage(definition, reply)
    await expect(refreshTokenGrant(configuration, 'canary-refresh-token')).rejects.toMatchObject({ error })
  })

  test('that is not declared is refused', async () => {
    const { configuration } = await bridgeStage({}, { form: { access_token: 'canary-token', token_type: 'bearer' } })
    await expect(clientCredentialsGrant(configuration)).rejects.toBeInstanceOf(ClientError)
  })
})

describe('the guard', () => {
  test('lets nothing go to a URL that is not an endpoint of the metadata', async () => {
    const { configuration, server } = await bridgeStage()
    const before = (await server.requests()).length
    const ask = async (path: string, method: string, body?: string | URLSearchParams) =>
      fetchProtectedResource(configuration, 'canary-token', new URL(server.url + path), method, body)
    const refused = [
      await causeOf(ask('/api', 'GET')),
      await causeOf(ask('/token', 'GET')),
      await causeOf(ask('/api', 'POST', new URLSearchParams({ grant_type: 'x' }))),
      await causeOf(ask('/userinfo', 'POST', new URLSearchParams({ x: '1' }))),
    ]
    for (const error of refused) expect(grantErrorIn(error)).toMatchObject({ code: 'origin_not_allowed' })
    const put = await causeOf(ask('/userinfo', 'PUT', 'x'))
    expect(grantErrorIn(put)).toMatchObject({ code: 'config_invalid' })
    expect(await server.requests()).toHaveLength(before)
  })

  test.each<[string, Reply, string]>([
    ['a redirect', { redirect: 'https://elsewhere.example/' }, 'redirect_refused'],
    ['a response without an end', { endless: true }, 'response_too_large'],
    ['a connection that is reset', { reset: true }, 'network_error'],
  ])('%s is a GrantError behind the error of openid-client', async (_, reply, code) => {
    const { configuration } = await bridgeStage({}, reply)
    const error = await causeOf(clientCredentialsGrant(configuration))
    expect(error).toBeInstanceOf(ClientError)
    expect(grantErrorIn(error)).toBeInstanceOf(GrantError)
    expect(grantErrorIn(error)).toMatchObject({ code, provider: 'acme' })
  })

  test('has the deadline of the provider, by its clock, and openid-client has none beside it', async () => {
    const { configuration, clock, tokenRequests } = await bridgeStage({}, { hang: 'headers' })
    const pending = causeOf(clientCredentialsGrant(configuration))
    await expect.poll(async () => (await tokenRequests()).length).toBe(1)
    await clock.advance(60_000)
    expect(grantErrorIn(await pending)).toMatchObject({ code: 'timeout' })
    expect(configuration.timeout).toBe(0)
  })

  test('another error contains no GrantError', () => {
    expect(grantErrorIn(new Error('x', { cause: new TypeError('y') }))).toBeUndefined()
    expect(grantErrorIn('a string')).toBeUndefined()
    const cyclic = new Error('x')
    cyclic.cause = cyclic
    expect(grantErrorIn(cyclic)).toBeUndefined()
  })
})

test('a DPoP proof goes along, and its nonce comes back', async () => {
  const wanted = { status: 400, json: { error: 'use_dpop_nonce' }, headers: { 'dpop-nonce': 'n-1' } }
  const { configuration, tokenRequests } = await bridgeStage({}, wanted, { json: { ...goodToken, token_type: 'DPoP' } })
  const handle = getDPoPHandle(configuration, await randomDPoPKeyPair())
  expect(await clientCredentialsGrant(configuration, {}, { DPoP: handle })).toMatchObject({ token_type: 'dpop' })
  const proofs = (await tokenRequests()).map(({ headers }) => decodeJwt(headers['dpop'] ?? ''))
  expect(proofs.map(({ nonce }) => nonce)).toEqual([undefined, 'n-1'])
})

test('a device polls until there is a token', async () => {
  const { configuration, server } = await bridgeStage(
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
