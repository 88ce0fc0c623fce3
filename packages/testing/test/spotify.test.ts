import { startAuthorizationServer } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { authorizationUrl, basic, callApi, logIn, redeem, refresh, requestToken, verifier } from './support.ts'
import type { AuthorizationServer } from '@grantkit/testing/server'

const start = (): Promise<AuthorizationServer> => startAuthorizationServer({ like: 'spotify' })
const none = { scope: undefined }

describe('like Spotify, the accounts service', () => {
  test('has its two endpoints and publishes nothing', async () => {
    await using server = await start()
    expect(server.metadata).toStrictEqual({
      authorization_endpoint: `${server.url}/authorize`,
      token_endpoint: `${server.url}/api/token`,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      code_challenge_methods_supported: ['S256'],
    })
    for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/jwks'])
      expect((await callApi(server, path)).status).toBe(404)
  })

  test('sends code and state in a callback, and no iss', async () => {
    await using server = await start()
    const callback = new URL(await server.logIn(authorizationUrl(server, none)))
    expect([...callback.searchParams.keys()]).toStrictEqual(['code', 'state'])
    expect(callback.searchParams.get('state')).toBe('the state')
    const denied = new URL(await server.logIn(authorizationUrl(server, none), { deny: true }))
    expect(Object.fromEntries(denied.searchParams)).toStrictEqual({ error: 'access_denied', state: 'the state' })
  })

  test('responds with a scope, a lifetime of an hour and a constant refresh token', async () => {
    await using server = await start()
    const { body } = await logIn(server, { scope: 'user-read-private user-read-email' })
    expect(body).toStrictEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'user-read-private user-read-email',
    })
    const refreshed = await refresh(server, body.refresh_token)
    expect(refreshed.body).not.toHaveProperty('refresh_token')
    expect((await refresh(server, body.refresh_token)).status).toBe(200)
  })

  test('accepts its nineteen scopes and no others', async () => {
    await using server = await start()
    const scope =
      'ugc-image-upload user-read-playback-state user-modify-playback-state user-read-currently-playing ' +
      'app-remote-control streaming playlist-read-private playlist-read-collaborative playlist-modify-private ' +
      'playlist-modify-public user-follow-modify user-follow-read user-read-playback-position user-top-read ' +
      'user-read-recently-played user-library-modify user-library-read user-read-email user-read-private'
    expect((await logIn(server, { scope })).body.scope).toBe(scope)
    for (const unknown of ['user-read-birthdate', 'openid', 'read'])
      await expect(server.logIn(authorizationUrl(server, { scope: unknown }))).rejects.toThrow('(400): Illegal scope')
  })

  test.for([
    [
      'a URI that is not registered',
      { redirect_uri: 'https://other.example/' },
      'INVALID_CLIENT: Invalid redirect URI',
    ],
    ['http elsewhere', { redirect_uri: 'http://app.example/cb' }, 'INVALID_CLIENT: Insecure redirect URI'],
    ['localhost', { redirect_uri: 'http://localhost:8888/cb' }, 'INVALID_CLIENT: Insecure redirect URI'],
    ['a client that is not registered', { client_id: 'nobody' }, 'INVALID_CLIENT: Invalid client'],
  ] as const)('shows a page instead of a callback for %s', async ([, changes, message]) => {
    const clients = [{ clientId: 'app', redirectUris: ['http://127.0.0.1/callback', 'http://localhost:8888/cb'] }]
    await using server = await startAuthorizationServer({ like: 'spotify', clients })
    const response = await fetch(authorizationUrl(server, { ...none, ...changes }), { redirect: 'manual' })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(`<p>${message}</p>`)
  })

  test('reports errors in its own words, all with 400', async () => {
    await using server = await start()
    const { redirectUri } = server.clients.confidential
    const credentials = { grant_type: 'client_credentials' }
    const wrong = await requestToken(server, credentials, { authorization: basic(server, 'guess') })
    expect([wrong.status, wrong.body]).toStrictEqual([
      400,
      { error: 'invalid_client', error_description: 'Invalid client secret' },
    ])
    const nobody = { ...credentials, client_id: 'nobody', client_secret: 'x' }
    expect((await requestToken(server, nobody)).body['error_description']).toBe('Invalid client')
    expect((await refresh(server, 'made-up')).body['error_description']).toBe('Invalid refresh token')

    const code = { grant_type: 'authorization_code', code: 'made-up', redirect_uri: redirectUri }
    const unknown = await requestToken(server, code, { authorization: basic(server) })
    expect(unknown.body).toStrictEqual({ error: 'invalid_grant', error_description: 'Invalid authorization code' })
    const callback = await server.logIn(authorizationUrl(server, none))
    const unproved = await redeem(server, callback, { code_verifier: `${verifier}-not` })
    expect(unproved.body).toStrictEqual({
      error: 'invalid_grant',
      error_description: 'code_verifier was incorrect',
    })
  })

  test('says why a refresh token is invalid', async () => {
    await using server = await start()
    const revoked = (await logIn(server, none)).body.refresh_token
    await server.revokeGrant(revoked)
    expect((await refresh(server, revoked)).body).toStrictEqual({
      error: 'invalid_grant',
      error_description: 'Refresh token revoked',
    })
    const expired = (await logIn(server, none)).body.refresh_token
    await server.expire(expired)
    expect((await refresh(server, expired)).body['error_description']).toBe('Refresh token expired')
    await server.rotateRefreshTokens(true)
    const rotated = (await logIn(server, none)).body.refresh_token
    await refresh(server, rotated)
    expect((await refresh(server, rotated)).body['error_description']).toBe('Refresh token revoked')
  })
})

describe('like Spotify, the Web API', () => {
  test('shows only the part of the profile that the scopes allow', async () => {
    await using server = await start()
    const profile = async (scope: string | undefined): Promise<Record<string, unknown>> => {
      const { body } = await logIn(server, { scope })
      return (await (await callApi(server, '/v1/me', body.access_token)).json()) as Record<string, unknown>
    }
    const bare = await profile(undefined)
    expect(bare).toStrictEqual({
      display_name: 'Ada Example',
      external_urls: { spotify: 'https://open.spotify.com/user/ada' },
      followers: { href: null, total: 3 },
      href: `${server.url}/v1/users/ada`,
      id: 'ada',
      images: [{ url: 'https://images.example/ada.jpg', height: 300, width: 300 }],
      type: 'user',
      uri: 'spotify:user:ada',
    })
    expect(await profile('user-read-email')).toStrictEqual({ ...bare, email: 'ada@mail.example' })
    expect(await profile('user-read-private')).toStrictEqual({
      ...bare,
      country: 'SE',
      product: 'premium',
      explicit_content: { filter_enabled: false, filter_locked: false },
    })
  })

  test('knows one track', async () => {
    await using server = await start()
    const { body } = await logIn(server, none)
    const track = await callApi(server, '/v1/tracks/7EjyzZcbLxW7PaaLua9Ksb', body.access_token)
    expect(await track.json()).toMatchObject({
      id: '7EjyzZcbLxW7PaaLua9Ksb',
      name: 'Example in E',
      artists: [{ name: 'The Examples', type: 'artist' }],
      album: { name: 'Worked Examples', type: 'album' },
      duration_ms: 217_573,
      type: 'track',
    })
    for (const path of ['/v1/tracks/0000000000000000000000', '/v1/tracks/constructor', '/v1/nothing']) {
      const missing = await callApi(server, path, body.access_token)
      expect(missing.status).toBe(404)
      expect(await missing.json()).toStrictEqual({ error: { status: 404, message: 'Resource not found' } })
    }
  })

  test('gives client credentials tracks, but no user', async () => {
    await using server = await start()
    const form = { grant_type: 'client_credentials', scope: 'user-read-private' }
    const { body } = await requestToken(server, form, { authorization: basic(server) })
    expect(body).toStrictEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 })
    const track = await callApi(server, '/v1/tracks/7EjyzZcbLxW7PaaLua9Ksb', body.access_token)
    expect(track.status).toBe(200)
    expect((await callApi(server, '/v1/me', body.access_token)).status).toBe(401)
  })

  test.for([
    ['none', undefined, 401, 'Missing/invalid/expired access token'],
    ['an empty one', 'Bearer ', 401, 'Missing/invalid/expired access token'],
    ['an unknown one', 'Bearer made-up', 401, 'Missing/invalid/expired access token'],
    ['other credentials', 'Basic YTpi', 400, 'Only valid bearer authentication supported'],
  ] as const)('answers %s in its error shape', async ([, authorization, status, message]) => {
    await using server = await start()
    const headers = authorization === undefined ? {} : { authorization }
    const response = await fetch(`${server.url}/v1/me`, { headers })
    expect(response.status).toBe(status)
    expect(await response.json()).toStrictEqual({ error: { status, message } })
    expect(response.headers.has('www-authenticate')).toBe(status === 401)
  })
})
