import { DeviceAuthorization } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { codes, granted, pending, pendingStage, pendingStageWith } from '../support/pending-stage.ts'
import { clientSecret, errorOf, goodToken, publicClient } from '../support/scene.ts'

/** Begins a login whose response has these fields; an undefined one is left out. */
async function begin(fields: object, options: Parameters<DeviceAuthorization['authorize']>[0] = { scope: ['read'] }) {
  const stage = await pendingStageWith(fields)
  return stage.provider().grant(DeviceAuthorization).authorize(options)
}

describe('a login on another device begins', () => {
  test('R93: with an authenticated form that has what is asked for', async () => {
    const { provider, begun } = await pendingStage()
    const device = provider().grant(DeviceAuthorization)
    const resource = 'https://api.example/'
    await device.authorize({ scope: ['read', 'write'], resource, parameters: { audience: 'tv' } })
    const [sent] = await begun('/device')
    expect(sent).toMatchObject({ method: 'POST', form: { scope: 'read write', resource, audience: 'tv' } })
    expect(sent?.headers['authorization']).toBe(`Basic ${btoa(`cid:${clientSecret}`)}`)
    await provider({}, publicClient).grant(DeviceAuthorization).authorize()
    expect((await begun('/device')).at(-1)?.form).toEqual({ client_id: 'cid' })
  })

  test('R94, R96: with both the code and the complete URI, so that the code is shown', async () => {
    const { provider, clock, server } = await pendingStage()
    const begun = await provider()
      .grant(DeviceAuthorization)
      .authorize({ scope: ['read'] })
    expect(begun).toEqual({
      userCode: codes.user_code,
      verificationUri: codes.verification_uri,
      verificationUriComplete: codes.verification_uri_complete,
      expiresAt: clock.now() + 900_000,
      transaction: {
        deviceCode: codes.device_code,
        scope: ['read'],
        provider: 'acme',
        issuer: server.url,
        interval: 5,
        createdAt: clock.now(),
        expiresAt: clock.now() + 900_000,
      },
    })
    expect(JSON.parse(JSON.stringify(begun.transaction))).toEqual(begun.transaction)
  })

  test('without a complete URI, which is optional', async () => {
    expect(await begin({ verification_uri_complete: undefined })).not.toHaveProperty('verificationUriComplete')
  })

  test.each(['device_code', 'user_code', 'verification_uri', 'expires_in'])(
    'R94: not with a response that lacks %s',
    async (name) => {
      const error = await errorOf(begin({ [name]: undefined }))
      expect(error).toMatchObject({ code: 'token_response_invalid', action: 'report', provider: 'acme' })
      expect(error.message).toContain(`RFC 8628 §3.2: ${name} is missing`)
    },
  )

  test.each([
    ['device_code', ''],
    ['device_code', 7],
    ['device_code', 'canary\n'],
    ['user_code', '\u001B]0;x\u0007'],
    ['user_code', 'WDJB\u202EMJHT'],
    ['user_code', 'WDJB\u2028MJHT'],
    ['user_code', 'A'.repeat(101)],
    ['user_code', ''],
    ['user_code', null],
    ['verification_uri', 'javascript:alert(1)'],
    ['verification_uri', 'data:text/html,hi'],
    ['verification_uri', 'http://id.acme.example/device'],
    ['verification_uri', 'https://id.acme.example@evil.example/'],
    ['verification_uri', 'https://id.acme.example/\u001B[2J'],
    ['verification_uri', 'https://id.acme.example/\u202Eecived'],
    ['verification_uri', '/device'],
    ['verification_uri_complete', 'javascript:alert(1)'],
    ['verification_uri_complete', null],
    ['expires_in', -1],
    ['expires_in', 'soon'],
    ['interval', -1],
    ['interval', null],
    ['interval', {}],
  ])('A59, G25: not with the %s %j', async (name, value) => {
    const error = await errorOf(begin({ [name]: value }))
    expect(error.code).toBe('token_response_invalid')
    expect(error.message).toContain(name)
  })

  test.each([
    [undefined, 5],
    ['7', 7],
    [0, 1],
    [1e9, 300],
  ])('R95, A59: with an interval of %j, which is taken as %i seconds', async (interval, seconds) => {
    expect((await begin({ interval })).transaction.interval).toBe(seconds)
  })

  test('A59: with a lifetime of thirty days at most', async () => {
    const { transaction } = await begin({ expires_in: 1e12 })
    expect(transaction.expiresAt - transaction.createdAt).toBe(30 * 24 * 3600 * 1000)
  })

  test('at a page on a loopback address, too', async () => {
    const verification_uri = 'http://localhost:8080/device'
    expect((await begin({ verification_uri })).verificationUri).toBe(verification_uri)
  })
})

describe('a login on another device does not begin', () => {
  test.each<[string, object, string]>([
    ['a scope that is not an array', { scope: 'read' }, `write ['read']`],
    ['an option that does not exist', { scopes: ['read'] }, 'write "scope"'],
    ['a reserved parameter', { parameters: { client_id: 'other' } }, 'reserved'],
    ['a scope among the parameters', { parameters: { scope: 'read' } }, 'reserved'],
    ['a resource that is not a URI', { resource: 'api' }, 'absolute URI'],
  ])('with %s', async (_, options, advice) => {
    const { provider, server } = await pendingStage()
    const error = await errorOf(provider().grant(DeviceAuthorization).authorize(options))
    expect(error).toMatchObject({ code: 'config_invalid', action: 'fix_configuration' })
    expect(error.message).toContain(advice)
    expect(await server.requests()).toHaveLength(0)
  })

  test('at a provider without an endpoint for it: known types do not compile, others say what to add', async () => {
    const { provider, server } = await pendingStage()
    const acme = provider({ metadata: { device_authorization_endpoint: undefined } as never })
    const error = await errorOf(acme.grant(DeviceAuthorization).authorize())
    expect(error).toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('device_authorization_endpoint'),
    })
    expect(await server.requests()).toHaveLength(0)
  })

  test('with openid, where nothing says how an ID token is verified', async () => {
    const { provider, server } = await pendingStage()
    const acme = provider({ metadata: { jwks_uri: undefined } as never })
    const error = await errorOf(acme.grant(DeviceAuthorization).authorize({ scope: ['openid'] }))
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining('jwks_uri') })
    expect(await server.requests()).toHaveLength(0)
  })
})

describe('the token of a login on another device', () => {
  test('R97: is requested with the device code, by its exact grant type', async () => {
    const { provider, clock, tokenRequests } = await pendingStage(granted)
    const device = provider().grant(DeviceAuthorization)
    const resource = ['https://api.example/', 'https://files.example/']
    const { transaction } = await device.authorize({ scope: ['read'], resource })
    const token = await device.requestToken(transaction, { parameters: { hint: 'x' } })
    const [sent] = await tokenRequests()
    expect(new URLSearchParams(sent?.body).getAll('resource')).toEqual(resource)
    expect(sent?.form).toMatchObject({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: codes.device_code,
      hint: 'x',
    })
    expect(sent?.form).not.toHaveProperty('scope')
    expect(token).toMatchObject({ accessToken: goodToken['access_token'], resource, authorizedAt: clock.now() })
    expect(token).toMatchObject({ scope: ['read'], requestedScope: ['read'] })
  })

  test('knows when its grant ends, as after any other login', async () => {
    const { provider, clock } = await pendingStage({ json: { ...goodToken, refresh_token: 'canary-refresh-token' } })
    const device = provider({ refreshToken: { absoluteLifetime: 3600 } }).grant(DeviceAuthorization)
    const { transaction } = await device.authorize()
    const token = await device.requestToken(transaction)
    expect(token.refreshExpiresAt).toBe(clock.now() + 3_600_000)
  })

  test('is obtained in another process, with nothing but the JSON', async () => {
    const { provider, clock, tokenRequests } = await pendingStage(pending, granted)
    const { transaction } = await provider()
      .grant(DeviceAuthorization)
      .authorize({ scope: ['read'] })
    const elsewhere = provider().grant(DeviceAuthorization)
    const token = await elsewhere.requestToken(JSON.parse(JSON.stringify(transaction)) as typeof transaction)
    expect(token.hasScope('read')).toBe(true)
    expect(clock.pauses).toEqual([5, 5])
    expect(await tokenRequests()).toHaveLength(2)
  })
})
