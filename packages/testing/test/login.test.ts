import { startAuthorizationServer } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { authorizationUrl, basic, callApi, logIn, redeem, requestToken, verifier } from './support.ts'

describe('a login', () => {
  test('gives a public client with PKCE a token that the API accepts', async () => {
    await using server = await startAuthorizationServer()
    const callback = new URL(await server.logIn(authorizationUrl(server, { scope: 'read write' })))
    expect(callback.origin + callback.pathname).toBe('http://127.0.0.1/callback')
    expect(callback.searchParams.get('state')).toBe('the state')
    expect(callback.searchParams.get('iss')).toBe(server.issuer)

    const { status, body } = await redeem(server, callback.href)
    expect(status).toBe(200)
    expect(body).toStrictEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read write',
    })
    const answer = await callApi(server, '/api/echo', body.access_token)
    expect(await answer.json()).toStrictEqual({ sub: 'ada', scope: 'read write', client_id: 'public-client' })
  })

  test('lets the user choose the account', async () => {
    await using server = await startAuthorizationServer({ accounts: { ada: {}, 'bo&b"': { name: 'Bo Example' } } })
    const { body } = await logIn(server, {}, { account: 'bo&b"' })
    const answer = await callApi(server, '/api/echo', body.access_token)
    expect(await answer.json()).toMatchObject({ sub: 'bo&b"' })
    await expect(server.logIn(authorizationUrl(server), { account: 'eve' })).rejects.toThrow('Unknown account "eve"')
  })

  test('that the user denies returns access_denied', async () => {
    await using server = await startAuthorizationServer()
    const callback = new URL(await server.logIn(authorizationUrl(server), { deny: true }))
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'the state',
      iss: server.issuer,
    })
    expect(callback.searchParams.has('code')).toBe(false)
  })

  test('grants only the scopes that the user agrees to', async () => {
    await using server = await startAuthorizationServer()
    const { body } = await logIn(server, { scope: 'read write' }, { scope: ['write'] })
    expect(body.scope).toBe('write')
    const nothing = await logIn(server, { scope: 'read' }, { scope: [] })
    expect(nothing.status).toBe(200)
    expect(nothing.body.scope).toBe('')
    const more = server.logIn(authorizationUrl(server), { scope: ['read', 'write'] })
    await expect(more).rejects.toThrow('did not ask for the scope "write"')
  })

  test('needs no scope', async () => {
    await using server = await startAuthorizationServer()
    const { status, body } = await logIn(server, { scope: undefined })
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('scope')
    const answer = await callApi(server, '/api/echo', body.access_token)
    expect(await answer.json()).toMatchObject({ sub: 'ada', scope: '' })
  })

  test('with an unknown scope returns invalid_scope', async () => {
    await using server = await startAuthorizationServer({ scopes: ['notes'] })
    const callback = await server.logIn(authorizationUrl(server, { scope: 'notes read' }))
    expect(new URL(callback).searchParams.get('error')).toBe('invalid_scope')
  })

  test('without interaction fails when nobody is logged in', async () => {
    await using server = await startAuthorizationServer()
    const callback = await server.logIn(authorizationUrl(server, { prompt: 'none' }))
    expect(new URL(callback).searchParams.get('error')).toBe('login_required')
  })

  test('at another server is refused', async () => {
    await using server = await startAuthorizationServer()
    await expect(server.logIn('https://id.acme.example/authorize')).rejects.toThrow('not the authorization endpoint')
    await expect(server.logIn(`${server.url}/token`)).rejects.toThrow('not the authorization endpoint')
    expect(await server.requests()).toStrictEqual([])
  })
})

describe('PKCE', () => {
  test('with the wrong verifier is invalid_grant', async () => {
    await using server = await startAuthorizationServer()
    const callback = await server.logIn(authorizationUrl(server))
    const { status, body } = await redeem(server, callback, { code_verifier: `${verifier}-not` })
    expect([status, body['error']]).toStrictEqual([400, 'invalid_grant'])
  })

  test('is required of a public client', async () => {
    await using server = await startAuthorizationServer()
    const callback = await server.logIn(
      authorizationUrl(server, { code_challenge: undefined, code_challenge_method: undefined }),
    )
    expect(new URL(callback).searchParams.get('error')).toBe('invalid_request')
  })

  test('is S256 and never plain', async () => {
    await using server = await startAuthorizationServer()
    const callback = await server.logIn(authorizationUrl(server, { code_challenge_method: 'plain' }))
    expect(new URL(callback).searchParams.get('error')).toBe('invalid_request')
  })

  test('can be combined with a client secret', async () => {
    await using server = await startAuthorizationServer()
    const { clientId, clientSecret, redirectUri } = server.clients.confidential
    const url = authorizationUrl(server, { client_id: clientId })
    const form = { grant_type: 'authorization_code', redirect_uri: redirectUri, code_verifier: verifier }
    const code = async (): Promise<string> => new URL(await server.logIn(url)).searchParams.get('code') ?? ''

    const byBasic = await requestToken(server, { ...form, code: await code() }, { authorization: basic(server) })
    expect(byBasic.status).toBe(200)
    const posted = { ...form, client_id: clientId, client_secret: clientSecret }
    expect((await requestToken(server, { ...posted, code: await code() })).status).toBe(200)
    const unproved = await requestToken(server, { ...posted, code: await code(), code_verifier: `${verifier}-not` })
    expect(unproved.body['error']).toBe('invalid_grant')
    const wrong = await requestToken(server, { ...form, code: await code() }, { authorization: basic(server, 'guess') })
    expect([wrong.status, wrong.body['error']]).toStrictEqual([401, 'invalid_client'])
  })
})

test('a code can be redeemed once; a second attempt revokes the grant', async () => {
  await using server = await startAuthorizationServer()
  const callback = await server.logIn(authorizationUrl(server))
  const { body } = await redeem(server, callback)
  expect((await redeem(server, callback)).body['error']).toBe('invalid_grant')
  expect((await callApi(server, '/api/echo', body.access_token)).status).toBe(401)
})
