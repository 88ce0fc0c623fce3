import { AuthorizationCode, authorizedFetch, ClientCredentials, Pkce, Provider, Refresh, Token } from '@grantkit/core'
import type { AuthorizationServerOptions } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { errorOf, watched } from '../support/scene.ts'
import { authorizationServer } from '../support/servers.ts'

/** A real authorization server, and a provider that points at it. */
async function start(options: AuthorizationServerOptions = {}, kind: 'public' | 'confidential' = 'public') {
  const server = await authorizationServer(options)
  const client = server.clients[kind]
  const definition = { name: 'acme', metadata: server.metadata }
  const provider = new Provider(definition, client, { onEvent: watched() })
  const logIn = async (scope: string[] = ['read']) => {
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize({ scope })
    return login.requestToken(await server.logIn(url), transaction)
  }
  return { server, provider, definition, client, logIn }
}

describe('the main job at a real server', () => {
  test.each(['public', 'confidential'] as const)('R47, R52: a %s client logs in with PKCE', async (kind) => {
    const { logIn, server } = await start({}, kind)
    const token = await logIn(['read', 'write'])
    expect(token.tokenType).toBe('Bearer')
    expect(token.scope).toEqual(['read', 'write'])
    expect(token.expiresAt).toBeGreaterThan(Date.now() + 3_500_000)
    const api = authorizedFetch(token, { origins: [server.url] })
    expect((await api(`${server.url}/api/echo`)).status).toBe(200)
  })

  test('E-27: a confidential client logs in without PKCE', async () => {
    const { server, provider } = await start({}, 'confidential')
    const login = provider.grant(AuthorizationCode)
    const { url, transaction } = await login.authorize({ scope: ['read'] })
    expect(url.searchParams.has('code_challenge')).toBe(false)
    expect(await login.requestToken(await server.logIn(url), transaction)).toBeInstanceOf(Token)
  })

  test('E-07: another process finishes with the stored JSON, on a provider of its own', async () => {
    const { server, provider, definition, client } = await start()
    const { url, transaction } = await provider.grant(Pkce).authorize({ scope: ['read'] })
    const stored = JSON.stringify({ url, transaction })
    const callback = await server.logIn((JSON.parse(stored) as { url: string }).url)
    const again = new Provider(structuredClone(definition), structuredClone(client))
    const token = await again
      .grant(Pkce)
      .requestToken(callback, (JSON.parse(stored) as { transaction: typeof transaction }).transaction)
    expect(token.hasScope('read')).toBe(true)
  })

  test('E-07: or with the code and the verifier alone', async () => {
    const { server, provider } = await start()
    const { url, transaction } = await provider.grant(Pkce).authorize({ scope: ['read'] })
    const code = String(new URL(await server.logIn(url)).searchParams.get('code'))
    const token = await provider.grant(Pkce).exchangeCode({ code, codeVerifier: String(transaction.codeVerifier) })
    expect(token.hasScope('read')).toBe(true)
  })

  test('E-26: a challenge made elsewhere, and a client that has a secret only in step two', async () => {
    const { server, definition } = await start()
    const { clientId, clientSecret, redirectUri } = server.clients.confidential
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
    const first = new Provider(definition, { clientId, clientSecret: '', redirectUri })
    const { url, transaction } = await first
      .grant(Pkce)
      .authorize({ codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', scope: ['read'] })
    const second = new Provider(definition, { clientId, clientSecret, redirectUri })
    const token = await second
      .grant(Pkce)
      .requestToken(await server.logIn(url), { ...transaction, codeVerifier: verifier })
    expect(token.hasScope('read')).toBe(true)
  })

  test('A7: a code that was stolen from another login is worth nothing', async () => {
    const { server, provider } = await start()
    const login = provider.grant(Pkce)
    const [victim, thief] = await Promise.all([login.authorize(), login.authorize()])
    const stolen = new URL(await server.logIn(victim.url)).searchParams
    stolen.set('state', thief.transaction.state)
    const error = await errorOf(login.requestToken(stolen, thief.transaction))
    expect(error).toMatchObject({ code: 'token_error', action: 'reauthorize', oauth: { error: 'invalid_grant' } })
  })

  test('a user who says no is an error of its own', async () => {
    const { server, provider } = await start()
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize()
    const error = await errorOf(login.requestToken(await server.logIn(url, { deny: true }), transaction))
    expect(error).toMatchObject({ code: 'authorization_denied', action: 'none', oauth: { error: 'access_denied' } })
  })

  test('E-36: a user who grants less than was asked', async () => {
    const { server, provider } = await start()
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['read', 'write'] })
    const token = await login.requestToken(await server.logIn(url, { scope: ['read'] }), transaction)
    expect(token.scope).toEqual(['read'])
    expect(token.requestedScope).toEqual(['read', 'write'])
  })

  test('R17, A41, E-55: the redirect URI that is sent is the one of the login, whatever the callback looks like', async () => {
    const { server, provider } = await start()
    const login = provider.grant(Pkce)
    const redirectUri = 'http://127.0.0.1:51234/callback'
    const { url, transaction } = await login.authorize({ redirectUri })
    const { search } = new URL(await server.logIn(url))
    await login.requestToken(`https://behind.proxy.example/elsewhere${search}`, transaction)
    const token = (await server.requests()).findLast(({ method }) => method === 'POST')
    expect(token?.form?.['redirect_uri']).toBe(redirectUri)
  })

  test('R60, E-54: a custom scheme', async () => {
    const server = await authorizationServer({
      clients: [{ clientId: 'app', redirectUris: ['com.example.app://callback'] }],
    })
    const provider = new Provider(
      { name: 'acme', metadata: server.metadata },
      { clientId: 'app', redirectUri: 'com.example.app://callback' },
    )
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['read'] })
    const callback = await server.logIn(url)
    expect(callback).toMatch(/^com\.example\.app:\/\/callback\?/)
    expect((await login.requestToken(callback, transaction)).hasScope('read')).toBe(true)
  })

  test('R143: the issuer of every callback is checked', async () => {
    const { server, provider } = await start()
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize()
    const callback = new URL(await server.logIn(url))
    expect(callback.searchParams.get('iss')).toBe(server.issuer)
    callback.searchParams.set('iss', 'https://evil.example')
    expect((await errorOf(login.requestToken(callback, transaction))).code).toBe('issuer_mismatch')
  })
})

describe('afterwards', () => {
  test('5.5.5, R28, G29, E-30: a token is refreshed, given as it is or as its refresh token', async () => {
    const { provider, logIn } = await start({ rotateRefreshTokens: false })
    const token = await logIn()
    const fresh = await provider.grant(Refresh).requestToken(token)
    expect(fresh.accessToken).not.toBe(token.accessToken)
    expect(fresh.refreshToken).toBe(token.refreshToken)
    expect((await provider.grant(Refresh).requestToken(String(token.refreshToken))).refreshToken).toBe(
      token.refreshToken,
    )
  })

  test('5.5.6, R28: a rotated refresh token replaces the old one, which is dead', async () => {
    const { provider, logIn } = await start({ rotateRefreshTokens: true })
    const token = await logIn()
    const fresh = await provider.grant(Refresh).requestToken(token)
    expect(fresh.refreshToken).not.toBe(token.refreshToken)
    expect((await errorOf(provider.grant(Refresh).requestToken(token))).code).toBe('reauthorization_required')
  })

  test('a grant that the user withdrew needs a new login', async () => {
    const { provider, server, logIn } = await start()
    const token = await logIn()
    await server.revokeGrant(token.accessToken)
    const error = await errorOf(provider.grant(Refresh).requestToken(token))
    expect(error).toMatchObject({
      code: 'reauthorization_required',
      action: 'reauthorize',
      oauth: { error: 'invalid_grant' },
    })
  })

  test('R19, E-33: client credentials, with and without a scope', async () => {
    const { provider } = await start({}, 'confidential')
    const token = await provider.grant(ClientCredentials).requestToken({ scope: ['read'] })
    expect(token.scope).toEqual(['read'])
    expect(token).not.toHaveProperty('refreshToken')
    expect(await provider.grant(ClientCredentials).requestToken()).toBeInstanceOf(Token)
  })

  test('a wrong secret is a mistake of the configuration', async () => {
    const { server, definition } = await start()
    const provider = new Provider(definition, { ...server.clients.confidential, clientSecret: 'canary-wrong-secret' })
    expect(await errorOf(provider.grant(ClientCredentials).requestToken())).toMatchObject({
      code: 'token_error',
      action: 'fix_configuration',
      oauth: { error: 'invalid_client' },
    })
  })
})
