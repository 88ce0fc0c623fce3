import { startAuthorizationServer } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { authorizationUrl, basic, callApi, logIn, redeem, requestToken } from './support.ts'
import type { AuthorizationServer } from '@grantkit/testing/server'

describe('client credentials', () => {
  test('need no scope, and grant the requested one', async () => {
    await using server = await startAuthorizationServer()
    const authorization = basic(server)
    const plain = await requestToken(server, { grant_type: 'client_credentials' }, { authorization })
    expect(plain.body).toStrictEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 })
    const scoped = await requestToken(server, { grant_type: 'client_credentials', scope: 'read' }, { authorization })
    expect(scoped.body.scope).toBe('read')
    const answer = await callApi(server, '/api/echo', scoped.body.access_token)
    expect(await answer.json()).toStrictEqual({ scope: 'read', client_id: 'confidential-client' })
  })

  test('are not for a public client', async () => {
    await using server = await startAuthorizationServer()
    const { clientId } = server.clients.public
    const { status } = await requestToken(server, { grant_type: 'client_credentials', client_id: clientId })
    expect(status).toBe(400)
  })
})

describe('an extension grant', () => {
  const grantType = 'urn:example:grant-type:password-of-the-day'
  const grants = {
    [grantType]: async (parameters: Readonly<Record<string, string>>) =>
      parameters['password'] === 'xyzzy' ? { accountId: parameters['who'] ?? '', scope: ['read'] } : undefined,
  }
  const ask = (server: AuthorizationServer, form: Record<string, string>) =>
    requestToken(server, { grant_type: grantType, client_id: server.clients.public.clientId, ...form })

  test('decides what a token grants', async () => {
    await using server = await startAuthorizationServer({ grants })
    const { status, body } = await ask(server, { password: 'xyzzy', who: 'ada' })
    expect(status).toBe(200)
    expect(body).toStrictEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read',
    })
    const answer = await callApi(server, '/api/echo', body.access_token)
    expect(await answer.json()).toStrictEqual({ sub: 'ada', scope: 'read', client_id: 'public-client' })
    await server.revokeGrant(body.access_token)
    expect((await callApi(server, '/api/echo', body.access_token)).status).toBe(401)
  })

  test('that returns undefined is invalid_grant', async () => {
    await using server = await startAuthorizationServer({ grants })
    const { status, body } = await ask(server, { password: 'plugh', who: 'ada' })
    expect([status, body['error']]).toStrictEqual([400, 'invalid_grant'])
  })

  test('that returns an unknown account reports it', async () => {
    await using server = await startAuthorizationServer({ grants })
    const { status, body } = await ask(server, { password: 'xyzzy', who: 'eve' })
    expect([status, body['error_description']]).toStrictEqual([500, 'unknown account eve'])
  })

  test('is unsupported where it was not configured', async () => {
    await using server = await startAuthorizationServer()
    expect((await ask(server, {})).body['error']).toBe('unsupported_grant_type')
  })
})

describe('clients', () => {
  test('that are configured replace the default of their kind', async () => {
    const clients = [{ clientId: 'mine', redirectUris: ['http://127.0.0.1/mine'] }]
    await using server = await startAuthorizationServer({ clients })
    expect(server.clients.public).toStrictEqual({ clientId: 'mine', redirectUri: 'http://127.0.0.1/mine' })
    expect(server.clients.confidential.clientId).toBe('confidential-client')
    expect((await redeem(server, await server.logIn(authorizationUrl(server)))).status).toBe(200)
    await expect(server.logIn(authorizationUrl(server, { client_id: 'public-client' }))).rejects.toThrow(
      'invalid_client',
    )
  })

  test('with a secret may use Basic and post', async () => {
    await using server = await startAuthorizationServer()
    const { clientId, clientSecret } = server.clients.confidential
    const form = { grant_type: 'client_credentials' }
    expect((await requestToken(server, form, { authorization: basic(server) })).status).toBe(200)
    const posted = { ...form, client_id: clientId, client_secret: clientSecret }
    expect((await requestToken(server, posted)).status).toBe(200)
    expect((await requestToken(server, { ...form, client_id: clientId })).body['error']).toBe('invalid_client')
  })

  test.for([
    ['client_secret_basic', 200, 401],
    ['client_secret_post', 401, 200],
  ] as const)('registered for %s are held to it', async ([authentication, byBasic, byPost]) => {
    const clients = [{ clientId: 'a+b c', clientSecret: 's:%', authentication }]
    await using server = await startAuthorizationServer({ clients })
    const form = { grant_type: 'client_credentials' }
    const authorization = `Basic ${btoa('a%2Bb+c:s%3A%25')}`
    expect((await requestToken(server, form, { authorization })).status).toBe(byBasic)
    const posted = await requestToken(server, { ...form, client_id: 'a+b c', client_secret: 's:%' })
    expect(posted.status).toBe(byPost)
  })

  test('may be limited to some grants', async () => {
    const clients = [{ clientId: 'mine', grantTypes: ['authorization_code'] }]
    await using server = await startAuthorizationServer({ clients })
    expect((await logIn(server)).body).not.toHaveProperty('refresh_token')
  })
})

test('a client revokes and introspects its own tokens (RFC 7009, RFC 7662)', async () => {
  const clients = [{ clientId: 'mine' }, { clientId: 'other' }]
  await using server = await startAuthorizationServer({ clients })
  const { body } = await logIn(server)
  const ask = (endpoint: unknown, token: string, client_id = 'mine'): Promise<Response> =>
    fetch(String(endpoint), { method: 'POST', body: new URLSearchParams({ token, client_id }) })
  const hidden = await ask(server.metadata.introspection_endpoint, body.access_token, 'other')
  expect(await hidden.json()).toStrictEqual({ active: false })
  await ask(server.metadata.revocation_endpoint, body.refresh_token, 'other')
  expect((await callApi(server, '/api/echo', body.access_token)).status).toBe(200)
  const seen = await ask(server.metadata.introspection_endpoint, body.access_token)
  expect(await seen.json()).toMatchObject({ active: true, scope: 'read', sub: 'ada' })
  expect((await ask(server.metadata.revocation_endpoint, body.refresh_token)).status).toBe(200)
  expect((await callApi(server, '/api/echo', body.access_token)).status).toBe(401)
})
