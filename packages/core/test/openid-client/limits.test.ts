import { configurationOf, grantErrorIn, tokenFrom } from '@grantkit/core/openid-client'
import { decodeJwt } from 'jose'
import {
  authorizationCodeGrant,
  buildAuthorizationUrlWithPAR,
  ClientError,
  clientCredentialsGrant,
  getDPoPHandle,
  initiateDeviceAuthorization,
  pollDeviceAuthorizationGrant,
  randomDPoPKeyPair,
  refreshTokenGrant,
} from 'openid-client'
import { describe, expect, test } from 'vitest'
import { bridgeStage } from '../support/bridge-stage.ts'
import { confidential, goodToken, redirectUri, scene } from '../support/scene.ts'

// What the guide says that the bridge does not do. A test that fails here may be good news; the guide is then to be changed.

const failure = async (action: Promise<unknown>): Promise<unknown> => action.catch((error: unknown) => error)
const bound = { ...goodToken, token_type: 'DPoP' }

describe('DPoP', () => {
  test('names the token endpoint of the metadata, where a grant has another', async () => {
    const { server, provider } = await scene()
    await server.reply('/refresh', { json: bound })
    const grants = { refresh_token: { endpoint: `${server.url}/refresh` } }
    const configuration = await configurationOf(provider(confidential, { grants }))
    const handle = getDPoPHandle(configuration, await randomDPoPKeyPair())
    await refreshTokenGrant(configuration, 'canary-refresh-token', {}, { DPoP: handle })
    const { path, headers } = (await server.requests()).at(-1) ?? {}
    expect(path).toBe('/refresh')
    expect(decodeJwt(headers?.['dpop'] ?? '')['htu']).toBe(`${server.url}/token`)
  })
})

test('a pushed authorization request needs 201', async () => {
  const { configuration, server } = await bridgeStage()
  await server.reply('/par', { status: 200, json: { request_uri: 'urn:x', expires_in: 60 } })
  const pushed = failure(buildAuthorizationUrlWithPAR(configuration, { redirect_uri: redirectUri }))
  expect(await pushed).toBeInstanceOf(ClientError)
})

test('an ID token that nobody asked for is checked, and does not fit a provider without an issuer', async () => {
  const { configuration } = await bridgeStage({}, { json: { ...goodToken, id_token: 'canary.id.token' } })
  expect(await failure(clientCredentialsGrant(configuration))).toBeInstanceOf(ClientError)
})

test('what is kept of a callback does not reach the token request', async () => {
  const tokenHost = { parameter: 'location', hosts: ['eu.acme.example'] }
  const { configuration, tokenRequests } = await bridgeStage({ callback: { tokenHost } })
  const callback = new URL(`${redirectUri}?code=canary-code&state=s&location=eu.acme.example`)
  await authorizationCodeGrant(configuration, callback, { expectedState: 's' })
  expect(await tokenRequests()).toHaveLength(1) // at the endpoint of the metadata
})

test('there are events of requests and deviations, and none of tokens', async () => {
  const { configuration, events } = await bridgeStage(
    { tokenResponse: { expiresIn: { default: 60 } } },
    {
      json: { access_token: goodToken['access_token'], token_type: 'Bearer' },
    },
  )
  expect(tokenFrom(await refreshTokenGrant(configuration, 'canary-refresh-token')).tokenType).toBe('Bearer')
  expect(events).toMatchObject([
    { type: 'request', grantType: 'refresh_token', status: 200 },
    { type: 'normalised', deviation: 'tokenResponse.expiresIn.default' },
  ])
})

test('a response that openid-client refuses stands in the cause of its error, tokens included', async () => {
  const { configuration } = await bridgeStage({}, { json: { ...goodToken, expires_in: 'never' } })
  const error = (await failure(clientCredentialsGrant(configuration))) as Error & {
    cause?: { cause?: { body?: object } }
  }
  expect(error.cause?.cause?.body).toMatchObject({ access_token: goodToken['access_token'] })
  expect(grantErrorIn(error)).toBeUndefined()
})

test('a poll that is aborted while it asks is a GrantError behind the error of openid-client', async () => {
  const { configuration, server, tokenRequests } = await bridgeStage({}, { hang: 'headers' })
  const device = { device_code: 'canary-device', user_code: 'AB', verification_uri: 'https://id.example/d' }
  await server.reply('/device', { json: { ...device, expires_in: 60, interval: 0.001 } })
  const started = await initiateDeviceAuthorization(configuration, {})
  const abort = new AbortController()
  const poll = failure(pollDeviceAuthorizationGrant(configuration, started, {}, { signal: abort.signal }))
  await expect.poll(async () => (await tokenRequests()).length).toBe(1)
  abort.abort()
  expect(grantErrorIn(await poll)).toMatchObject({ code: 'aborted' })
})
