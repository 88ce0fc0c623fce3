import { startAuthorizationServer } from '@grantkit/testing/server'
import * as client from 'openid-client'
import { describe, expect, test } from 'vitest'
import { clientKey, configure, echo, logIn, redirectUri, refusal } from './openid-client.ts'

const clientId = 'my-client'
const redirectUris = [redirectUri]
const pushed = (c: client.Configuration, p: Record<string, string>) => client.buildAuthorizationUrlWithPAR(c, p)

async function stage(options: Parameters<typeof startAuthorizationServer>[0] = {}, metadata = {}) {
  const key = await clientKey()
  const clients = [{ clientId, keys: [key.jwk], redirectUris, metadata }]
  const server = await startAuthorizationServer({ ...options, clients })
  const authentication = client.PrivateKeyJwt({ key: key.key, kid: key.kid })
  const signed = async (c: client.Configuration, p: Record<string, string>): Promise<URL> =>
    client.buildAuthorizationUrlWithJAR(c, p, { key: key.key, kid: key.kid })
  return { server, signed, configuration: configure(server, clientId, authentication) }
}

describe('pushed authorization requests (RFC 9126)', () => {
  test('are accepted, and their URL has nothing but the client and the request URI', async () => {
    const { server, configuration } = await stage()
    await using _ = server
    const { access_token, scope } = await logIn(server, configuration, { url: pushed })
    expect(scope).toBe('openid read')
    expect(await echo(server, configuration, access_token)).toMatchObject({ sub: 'ada', scope: 'openid read' })
    const url = await pushed(configuration, {
      redirect_uri: redirectUri,
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    })
    expect([...url.searchParams.keys()].toSorted()).toStrictEqual(['client_id', 'request_uri'])
  })

  test('can be required: a plain request is refused', async () => {
    const { server, configuration } = await stage({ require: { pushedRequests: true } })
    await using _ = server
    expect(server.metadata['require_pushed_authorization_requests']).toBe(true)
    expect(await refusal(logIn(server, configuration))).toBe('invalid_request')
    expect((await logIn(server, configuration, { url: pushed })).scope).toBe('openid read')
  })

  test('with an unknown scope are refused at once', async () => {
    const { server, configuration } = await stage()
    await using _ = server
    expect(await refusal(logIn(server, configuration, { url: pushed, scope: 'openid fly' }))).toBe('invalid_scope')
  })

  test('need no scope', async () => {
    const { server } = await stage()
    await using _ = server
    const { clientId: client_id, redirectUri: redirect_uri } = server.clients.public
    const code_challenge = await client.calculatePKCECodeChallenge('v'.repeat(43))
    const request = { redirect_uri, code_challenge, code_challenge_method: 'S256' }
    const url = await pushed(configure(server, client_id, client.None()), request)
    expect(await server.logIn(url)).toContain('code=')
  })
})

describe('request objects (RFC 9101)', () => {
  test('are verified, and pushed as well', async () => {
    const { server, configuration, signed } = await stage({ require: { requestObjects: true } })
    await using _ = server
    expect((await logIn(server, configuration, { url: signed })).scope).toBe('openid read')
    const both = async (c: client.Configuration, p: Record<string, string>): Promise<URL> =>
      pushed(c, { request: (await signed(c, p)).searchParams.get('request') ?? '' })
    expect((await logIn(server, configuration, { url: both })).scope).toBe('openid read')
  })

  test('can be required: a plain request is refused', async () => {
    const { server, configuration } = await stage({ require: { requestObjects: true } })
    await using _ = server
    expect(await refusal(logIn(server, configuration))).toBe('invalid_request')
  })

  test('of another key are refused', async () => {
    const { server, configuration } = await stage()
    await using _ = server
    const { key, kid } = await clientKey()
    const forged = (c: client.Configuration, p: Record<string, string>): Promise<URL> =>
      client.buildAuthorizationUrlWithJAR(c, p, { key, kid })
    expect(await refusal(logIn(server, configuration, { url: forged }))).toContain('invalid_request_object')
  })

  test('with an unknown scope are refused', async () => {
    const { server, configuration, signed } = await stage()
    await using _ = server
    expect(await refusal(logIn(server, configuration, { url: signed, scope: 'openid fly' }))).toBe('invalid_scope')
  })
})

test.for(['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'])(
  'a signed callback as %s (JARM)',
  async (response_mode) => {
    const { server, configuration } = await stage()
    await using _ = server
    client.useJwtResponseMode(configuration)
    const { scope } = await logIn(server, configuration, { parameters: { response_mode } })
    expect(scope).toBe('openid read')
  },
)

test('a posted callback has its parameters in the query of the URL', async () => {
  const { server, configuration } = await stage()
  await using _ = server
  expect((await logIn(server, configuration, { parameters: { response_mode: 'form_post' } })).scope).toBe('openid read')
})

test('a hybrid response has a code and an ID token with its hashes', async () => {
  const { server, configuration } = await stage()
  await using _ = server
  client.useCodeIdTokenResponseType(configuration)
  expect((await logIn(server, configuration)).scope).toBe('openid read')
})

test('the claims parameter adds a claim to the ID token (OpenID Connect Core §5.5)', async () => {
  const { server, configuration } = await stage()
  await using _ = server
  const parameters = { claims: JSON.stringify({ id_token: { email: null } }) }
  const tokens = await logIn(server, configuration, { parameters })
  expect(tokens.claims()).toMatchObject({ sub: 'ada', email: 'ada@mail.example' })
})

describe('authorization details (RFC 9396)', () => {
  const detail = { type: 'payment', amount: '3' }
  const options = { authorizationDetailsTypes: ['payment'] }

  test('are granted, and are in the response and at the API', async () => {
    const { server, configuration } = await stage(options)
    await using _ = server
    const parameters = { authorization_details: JSON.stringify([detail]) }
    const tokens = await logIn(server, configuration, { parameters })
    expect(tokens['authorization_details']).toStrictEqual([detail])
    expect(await echo(server, configuration, tokens.access_token)).toMatchObject({ authorization_details: [detail] })
    const seen = await client.tokenIntrospection(configuration, tokens.access_token)
    expect(seen['authorization_details']).toStrictEqual([detail])
    const fresh = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '')
    expect(fresh['authorization_details']).toStrictEqual([detail])
  })

  test('of an unknown type are refused, and so are those that were not granted', async () => {
    const { server, configuration } = await stage(options)
    await using _ = server
    const unknown = { authorization_details: '[{"type":"flight"}]' }
    expect(await refusal(logIn(server, configuration, { parameters: unknown }))).toBe('invalid_authorization_details')
    const parameters = { authorization_details: JSON.stringify([detail]) }
    const more = { authorization_details: JSON.stringify([{ ...detail, amount: '300' }]) }
    const asked = logIn(server, configuration, { parameters, tokenParameters: more })
    expect(await refusal(asked)).toBe('invalid_authorization_details')
  })
})

describe('resource indicators (RFC 8707)', () => {
  test('limit a token to its resource', async () => {
    const { server, configuration } = await stage()
    await using _ = server
    const here = await logIn(server, configuration, { parameters: { resource: `${server.url}/api` } })
    expect(await echo(server, configuration, here.access_token)).toMatchObject({
      aud: `${server.url}/api`,
      scope: 'read',
    })
    const there = await logIn(server, configuration, { parameters: { resource: 'https://api.example/' } })
    await expect(echo(server, configuration, there.access_token)).rejects.toThrow(Error)
    const fresh = await client.refreshTokenGrant(configuration, there.refresh_token ?? '')
    expect(await client.tokenIntrospection(configuration, fresh.access_token)).toMatchObject({
      aud: 'https://api.example/',
    })
  })

  test('that the server does not know are refused', async () => {
    const { server, configuration } = await stage({ resources: ['https://api.example/'] })
    await using _ = server
    const parameters = { resource: 'https://other.example/' }
    expect(await refusal(logIn(server, configuration, { parameters }))).toBe('invalid_target')
  })
})
