import {
  authorizedFetch,
  ClientCredentials,
  generatePkce,
  generateState,
  generateVerifier,
  GrantError,
  Pkce,
  pkceChallenge,
  Provider,
  Token,
} from '@grantkit/core'
import { describe, expect, test, vi } from 'vitest'
import { clientSecret, errorOf, publicClient, scene } from './support/scene.ts'
import { authorizationServer } from './support/servers.ts'

// What the users of the systems before this one could do, row by row. Rows that have a file of their own stand there:
// E-02 configuration, E-07 E-26 E-27 E-30 E-33 E-36 E-54 E-55 login, E-10 errors, E-21 client-authentication,
// E-25 authorization-url, E-29 token, E-31 token-responses, E-35 callback, E-56 token-requests, E-64 custom-grant,
// E-66 transport, E-37 E-62 seed-systems-sources, E-60 E-70 node/loopback-login; E-13 is the run of every sample in docs/,
// E-20 and E-58 are in provider-spotify, E-61 and E-72 in stores. docs/conformance/seed-systems.md lists them all.

const metadata = {
  authorization_endpoint: 'https://id.acme.example/authorize',
  token_endpoint: 'https://id.acme.example/token',
}
const acme = () => new Provider({ name: 'acme', metadata }, { clientId: 'cid', redirectUri: 'https://app.example/cb' })

describe('a generic provider with PKCE', () => {
  test('E-01: id, redirect URI and two endpoints make a provider, without secret, discovery or network', () => {
    const fetch = vi.spyOn(globalThis, 'fetch')
    const provider = acme()
    expect(provider.name).toBe('acme')
    expect(fetch).not.toHaveBeenCalled()
    fetch.mockRestore()
  })

  test('E-03: a state can be generated', () => expect(generateState()).toMatch(/^[\w-]{43}$/))

  test('E-04: a verifier can be generated', () => expect(generateVerifier()).toMatch(/^[\w.~-]{64}$/))

  test('E-05: state, verifier and further parameters of your own make the URL; the challenge is computed', async () => {
    const [state, codeVerifier] = [generateState(), generateVerifier()]
    const { url } = await acme()
      .grant(Pkce)
      .authorize({ state, codeVerifier, scope: ['a'], parameters: { prompt: 'login' } })
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      state,
      scope: 'a',
      prompt: 'login',
      code_challenge: await pkceChallenge(codeVerifier),
      code_challenge_method: 'S256',
    })
  })

  test('E-06: state and verifier are plain strings for any session', async () => {
    const { transaction } = await acme().grant(Pkce).authorize()
    expect([typeof transaction.state, typeof transaction.codeVerifier]).toEqual(['string', 'string'])
    expect(JSON.parse(JSON.stringify(transaction))).toEqual(transaction)
  })

  test('E-08: the exchange takes further parameters', async () => {
    const { provider, lastRequest } = await scene()
    const codeVerifier = generateVerifier()
    await provider(publicClient)
      .grant(Pkce)
      .exchangeCode({ code: 'canary-code', codeVerifier }, { parameters: { audience: 'api' } })
    expect((await lastRequest()).form).toMatchObject({ code: 'canary-code', audience: 'api' })
  })

  test('E-09: the result is a Token', async () => {
    const { provider } = await scene()
    expect(
      await provider(publicClient).grant(Pkce).exchangeCode({ code: 'canary-code', codeVerifier: generateVerifier() }),
    ).toBeInstanceOf(Token)
  })

  test('E-11: a state that does not fit stops the flow, and by hand nothing is in the way', async () => {
    const { provider, tokenRequests } = await scene()
    const login = provider(publicClient).grant(Pkce)
    const { transaction } = await login.authorize()
    expect((await errorOf(login.requestToken('?code=canary-code&state=other', transaction))).code).toBe(
      'state_mismatch',
    )
    expect(await tokenRequests()).toHaveLength(0)
    await login.exchangeCode({ code: 'canary-code', codeVerifier: String(transaction.codeVerifier) })
    expect(await tokenRequests()).toHaveLength(1)
  })
})

describe('a session of a music service', () => {
  test('E-22: client credentials need no redirect URI', async () => {
    const { provider } = await scene()
    expect(await provider({ clientId: 'cid', clientSecret }).grant(ClientCredentials).requestToken()).toBeInstanceOf(
      Token,
    )
  })

  test('E-23: verifier, challenge and state can be had one by one, and a ready-made challenge is accepted', async () => {
    const verifier = generateVerifier(128)
    const codeChallenge = await pkceChallenge(verifier)
    const { url } = await acme().grant(Pkce).authorize({ codeChallenge, state: generateState() })
    expect(url.searchParams.get('code_challenge')).toBe(codeChallenge)
  })

  test('E-24: a list of scopes is separated by spaces in the URL', async () => {
    const { url } = await acme()
      .grant(Pkce)
      .authorize({ scope: ['playlist-read-private', 'user-read-private'] })
    expect(url.searchParams.get('scope')).toBe('playlist-read-private user-read-private')
  })

  test('E-28: access and refresh token can be read and stored', async () => {
    const { provider } = await scene({
      json: { access_token: 'canary-at', token_type: 'Bearer', refresh_token: 'canary-rt' },
    })
    const { accessToken, refreshToken } = await provider(publicClient)
      .grant(Pkce)
      .exchangeCode({ code: 'canary-code', codeVerifier: generateVerifier() })
    expect({ accessToken, refreshToken }).toEqual({ accessToken: 'canary-at', refreshToken: 'canary-rt' })
  })

  test('E-29: in a third process, a stored access token is enough to call me and a track', async () => {
    const server = await authorizationServer({ like: 'spotify' })
    const provider = new Provider({ name: 'music', metadata: server.metadata }, server.clients.public)
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['user-read-private'] })
    const { accessToken } = await login.requestToken(await server.logIn(url), transaction)

    const api = authorizedFetch(Token.from({ accessToken }), { origins: [server.url] })
    expect((await api(`${server.url}/v1/me`)).status).toBe(200)
    expect(await (await api(`${server.url}/v1/tracks/7EjyzZcbLxW7PaaLua9Ksb`)).json()).toMatchObject({ type: 'track' })
  })
})

describe('a desktop login', () => {
  test('E-50: one call makes verifier and challenge', async () => {
    const { verifier, challenge, method } = await generatePkce()
    expect(verifier).toHaveLength(64)
    expect(challenge).toBe(await pkceChallenge(verifier))
    expect(method).toBe('S256')
  })

  test('E-51: of exactly the length asked for', async () => {
    expect((await generatePkce({ length: 120 })).verifier).toHaveLength(120)
  })

  test('E-52: or for a verifier of your own, if it is one', async () => {
    const verifier = 'a'.repeat(43)
    expect((await generatePkce({ verifier })).verifier).toBe(verifier)
    for (const bad of ['YourSecureRandomString', 'a'.repeat(129), `${'a'.repeat(42)}+`])
      await expect(generatePkce({ verifier: bad })).rejects.toBeInstanceOf(GrantError)
  })

  test('E-53: a login URL needs no server', async () => {
    const { url } = await acme().grant(Pkce).authorize()
    expect(url.href).toMatch(/^https:\/\/id\.acme\.example\/authorize\?/)
  })
})
