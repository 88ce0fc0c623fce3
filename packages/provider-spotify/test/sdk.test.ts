import { authorizedFetch, ClientCredentials, GrantError, memoryStore, Pkce, Provider, Token } from '@grantkit/core'
import { type AuthorizationServer, startAuthorizationServer } from '@grantkit/testing/server'
import { type SdkOptions, SpotifyApi } from '@spotify/web-api-ts-sdk'
import { describe, expect, onTestFinished, test } from 'vitest'
import { spotify } from '../src/index.ts'
import { sdkAuthentication } from '../src/sdk.ts'

const api = 'https://api.spotify.com'
const track = '7EjyzZcbLxW7PaaLua9Ksb'

/** Responds in place of the server, where it returns a response. */
type Fault = (path: string, init: RequestInit) => Response | undefined

/** A user who has logged in at a server that behaves like Spotify, and what the SDK and the provider reach it through. */
async function stage({ server }: { server?: AuthorizationServer } = {}) {
  const running = server ?? (await startAuthorizationServer({ like: 'spotify' }))
  if (!server) onTestFinished(() => running.close())
  const faults: Fault[] = []
  const toServer: typeof globalThis.fetch = async (input, init = {}) => {
    const url = String(input).replace(api, running.url)
    const fault = faults.map((answer) => answer(new URL(url).pathname, init)).find((response) => response)
    return fault ?? globalThis.fetch(url, init)
  }
  const provider = new Provider(await running.adapt(spotify), running.clients.confidential, { fetch: toServer })
  const login = provider.grant(Pkce)
  const { url, transaction } = await login.authorize({ scope: ['user-read-private'] })
  const token = await login.requestToken(await running.logIn(url), transaction)
  const tokens = provider.tokenSource({ store: memoryStore(), key: 'user:42' })
  await tokens.save(token)
  await running.forget()
  const sent = async (path: string) => (await running.requests()).filter((request) => request.path === path)
  return {
    server: running,
    provider,
    token,
    tokens,
    faults,
    toServer,
    sdk: (options: SdkOptions = {}) => new SpotifyApi(sdkAuthentication(tokens), { fetch: toServer, ...options }),
    refreshes: () => sent('/api/token'),
    calls: () => sent('/v1/me'),
    /** Stores the token as one that has expired. */
    end: () => tokens.save(token.with({ expiresAt: Date.now() - 1 })),
  }
}

const refusal = () =>
  Response.json({ error: { status: 401, message: 'Missing/invalid/expired access token' } }, { status: 401 })

/** Responds to calls of the Web API in place of the server. */
const always =
  (answer: () => Response): Fault =>
  (path) =>
    path.startsWith('/v1/') ? answer() : undefined

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
  } catch (error) {
    return error
  }
  return expect.fail('nothing was thrown')
}

describe('a fresh token for each call of the SDK', () => {
  test('the SDK reads a profile and a track with the token of the source', async () => {
    const { sdk, calls, refreshes, token } = await stage()
    const spotifyApi = sdk()
    expect((await spotifyApi.currentUser.profile()).product).toBe('premium')
    expect((await spotifyApi.tracks.get(track)).name).toBe('Example in E')
    expect((await calls())[0]?.headers['authorization']).toBe(`Bearer ${token.accessToken}`)
    expect(await refreshes()).toHaveLength(0)
  })

  test('a token that has expired is refreshed first, and its refresh token stays', async () => {
    const { sdk, end, refreshes, tokens, token } = await stage()
    const spotifyApi = sdk()
    for (let n = 1; n <= 2; n++) {
      await end()
      await spotifyApi.currentUser.profile()
      expect(await refreshes()).toHaveLength(n)
    }
    const kept = await tokens.peek()
    expect(kept?.refreshToken).toBe(token.refreshToken)
    expect(kept?.accessToken).not.toBe(token.accessToken)
  })

  test.each([1, 5, 20])('%i calls at once refresh once', async (count) => {
    const { sdk, end, refreshes } = await stage()
    await end()
    const spotifyApi = sdk()
    await Promise.all(Array.from({ length: count }, () => spotifyApi.currentUser.profile()))
    expect(await refreshes()).toHaveLength(1)
  })

  test('the SDKs of two users each use the token of their own', async () => {
    const { sdk, server, calls } = await stage()
    const other = await stage({ server })
    await server.forget()
    await Promise.all([sdk().currentUser.profile(), other.sdk().currentUser.profile()])
    expect(new Set((await calls()).map(({ headers }) => headers['authorization'])).size).toBe(2)
  })

  test('a client without a user gets its own token, again and again', async () => {
    const { provider, toServer, server } = await stage()
    const tokens = provider.tokenSource({ grant: ClientCredentials })
    const spotifyApi = new SpotifyApi(sdkAuthentication(tokens), { fetch: toServer })
    expect((await spotifyApi.tracks.get(track)).id).toBe(track)
    await server.expire((await tokens.token()).accessToken)
    expect((await spotifyApi.tracks.get(track)).id).toBe(track)
  })

  test('the refresh token is never handed to the SDK, and printing the strategy shows no secret', async () => {
    const { sdk, token, tokens } = await stage()
    const spotifyApi = sdk()
    await spotifyApi.currentUser.profile()
    for (const seen of [await spotifyApi.authenticate(), await spotifyApi.getAccessToken()])
      expect(JSON.stringify(seen)).not.toContain(token.refreshToken)
    const { inspect } = await import('node:util')
    const authentication = sdkAuthentication(tokens)
    await authentication.getOrCreateAccessToken()
    for (const printed of [inspect(authentication, { depth: 9, showHidden: true }), JSON.stringify(authentication)])
      expect(printed).not.toContain(token.accessToken)
  })

  test('the SDK says that the user is logged in, and when the token expires', async () => {
    const { sdk, token } = await stage()
    const { authenticated, accessToken } = await sdk().authenticate()
    expect(authenticated).toBe(true)
    expect(accessToken).toMatchObject({ token_type: 'Bearer', expires: token.expiresAt, refresh_token: '' })
    expect(accessToken.expires_in).toBeGreaterThan(3500)
    expect(accessToken.expires_in).toBeLessThanOrEqual(3600)
  })

  test('a token whose expiry is unknown counts as valid', async () => {
    const { provider, toServer, token } = await stage()
    const tokens = provider.tokenSource({ token: Token.from({ accessToken: token.accessToken }) })
    const spotifyApi = new SpotifyApi(sdkAuthentication(tokens), { fetch: toServer })
    expect((await spotifyApi.authenticate()).authenticated).toBe(true)
    expect((await spotifyApi.currentUser.profile()).product).toBe('premium')
  })
})

describe('a call that gets a 401', () => {
  test('is repeated with a fresh token', async () => {
    const { sdk, server, token, calls, refreshes } = await stage()
    await server.expire(token.accessToken)
    expect((await sdk().currentUser.profile()).product).toBe('premium')
    expect(await calls()).toHaveLength(2)
    expect(await refreshes()).toHaveLength(1)
  })

  test('five of them refresh once', async () => {
    const { sdk, server, token, refreshes } = await stage()
    await server.expire(token.accessToken)
    const spotifyApi = sdk()
    const profiles = await Promise.all(Array.from({ length: 5 }, () => spotifyApi.currentUser.profile()))
    expect(profiles.map(({ product }) => product)).toEqual(Array(5).fill('premium'))
    expect(await refreshes()).toHaveLength(1)
  })

  test('is repeated with its body', async () => {
    const { sdk, faults } = await stage()
    const bodies: unknown[] = []
    faults.push((path, { body }) => {
      if (path !== '/v1/me/library') return undefined
      bodies.push(body)
      return bodies.length === 1 ? refusal() : new Response(null, { status: 204 })
    })
    expect(await sdk().makeRequest('PUT', 'me/library', { ids: [track] })).toBeNull()
    expect(bodies).toEqual([`{"ids":["${track}"]}`, `{"ids":["${track}"]}`])
  })

  test('is not repeated twice', async () => {
    const { sdk, faults, refreshes } = await stage()
    const asked: string[] = []
    faults.push(always(() => (asked.push('me'), refusal())))
    expect(String(await failureOf(sdk().currentUser.profile()))).toContain('Bad or expired token')
    expect(asked).toHaveLength(2)
    expect(await refreshes()).toHaveLength(1)
  })

  test('gets its 401 where the source has no other token', async () => {
    const { tokens, toServer, faults, token } = await stage()
    const asked: string[] = []
    faults.push(always(() => (asked.push('me'), refusal())))
    const same = { ...tokens, token: async () => token, invalidate: async () => undefined, peek: async () => token }
    const source = { ...same, origins: [], save: tokens.save.bind(tokens), clear: tokens.clear.bind(tokens) }
    const spotifyApi = new SpotifyApi(sdkAuthentication(source), { fetch: toServer })
    expect(String(await failureOf(spotifyApi.currentUser.profile()))).toContain('Bad or expired token')
    expect(asked).toHaveLength(1)
  })

  test('rejects for a user whose grant has expired, without logging in or out', async () => {
    const { sdk, server, token, tokens } = await stage()
    await server.revokeGrant(token.accessToken)
    expect(await failureOf(sdk().currentUser.profile())).toMatchObject({
      code: 'reauthorization_required',
      action: 'reauthorize',
      oauth: { errorDescription: 'Refresh token revoked' },
    })
    expect(await tokens.peek()).toBeDefined()
  })
})

describe('nothing is lost', () => {
  test('looking at an expired token neither refreshes nor deletes it', async () => {
    const { sdk, end, refreshes, tokens, token } = await stage()
    await end()
    const seen = await sdk().getAccessToken()
    expect(seen).toMatchObject({ access_token: token.accessToken, expires_in: 0 })
    expect(await refreshes()).toHaveLength(0)
    expect((await tokens.peek())?.refreshToken).toBe(token.refreshToken)
  })

  test('nobody is logged in: looking finds null, and a call says so', async () => {
    const { provider, toServer } = await stage()
    const tokens = provider.tokenSource({ store: memoryStore(), key: 'user:43' })
    const spotifyApi = new SpotifyApi(sdkAuthentication(tokens), { fetch: toServer })
    expect(await spotifyApi.getAccessToken()).toBeNull()
    expect(await failureOf(spotifyApi.currentUser.profile())).toMatchObject({ code: 'reauthorization_required' })
  })

  test('a refresh that fails for the moment rejects, and the user stays logged in', async () => {
    const { sdk, end, faults, tokens, token } = await stage()
    await end()
    faults.push((path) => (path === '/api/token' ? new Response('<html>', { status: 503 }) : undefined))
    expect(await failureOf(sdk().currentUser.profile())).toMatchObject({ code: 'token_error', action: 'retry' })
    expect((await tokens.peek())?.refreshToken).toBe(token.refreshToken)
  })

  test('a logout deletes the token, although the SDK does not wait for it', async () => {
    const { sdk, tokens, calls } = await stage()
    const spotifyApi = sdk()
    spotifyApi.logOut()
    expect(await failureOf(spotifyApi.currentUser.profile())).toMatchObject({ code: 'reauthorization_required' })
    expect(await spotifyApi.getAccessToken()).toBeNull()
    expect(await tokens.peek()).toBeUndefined()
    expect(await calls()).toHaveLength(0)
  })

  test('a failed logout rejects the next call once', async () => {
    const { provider, token, toServer } = await stage()
    const store = memoryStore()
    const broken = Object.assign(memoryStore(), {
      read: (key: string) => store.read(key),
      compareAndSet: () => Promise.reject(new Error('disk full')),
    })
    await provider.tokenSource({ store, key: 'user:42' }).save(token)
    const tokens = provider.tokenSource({ store: broken, key: 'user:42' })
    const spotifyApi = new SpotifyApi(sdkAuthentication(tokens), { fetch: toServer })
    spotifyApi.logOut()
    expect(await failureOf(spotifyApi.currentUser.profile())).toMatchObject({ code: 'store_failed' })
    expect((await spotifyApi.currentUser.profile()).product).toBe('premium')
  })
})

describe('beside what else the SDK offers', () => {
  test('its own hooks and error handler keep working', async () => {
    const { sdk, faults } = await stage()
    const seen: string[] = []
    const spotifyApi = sdk({
      beforeRequest: (url) => void seen.push(url),
      afterRequest: (_, __, { status }) => void seen.push(String(status)),
      errorHandler: { handleErrors: async (error) => error instanceof Error },
    })
    await spotifyApi.currentUser.profile()
    faults.push(always(() => new Response('', { status: 500 })))
    expect(await spotifyApi.currentUser.profile()).toBeNull()
    expect(seen).toEqual([`${api}/v1/me`, '200', `${api}/v1/me`, '500'])
  })

  test('after a change of strategy, no user gets the token of another', async () => {
    const { sdk, server, calls } = await stage()
    const other = await stage({ server })
    const spotifyApi = sdk()
    await spotifyApi.currentUser.profile()
    await server.forget()
    spotifyApi.switchAuthenticationStrategy(sdkAuthentication(other.tokens))
    await server.expire(other.token.accessToken)
    await spotifyApi.currentUser.profile()
    const fresh = await other.tokens.token()
    const sent = (await calls()).map(({ headers }) => headers['authorization']?.slice('Bearer '.length))
    expect(sent).toEqual([other.token.accessToken, fresh.accessToken])
  })

  test('a strategy that is set again and again carries a call once', async () => {
    const { tokens, toServer, faults } = await stage()
    const asked: string[] = []
    faults.push(always(() => (asked.push('me'), refusal())))
    const authentication = sdkAuthentication(tokens)
    const spotifyApi = new SpotifyApi(authentication, { fetch: toServer })
    for (let n = 0; n < 3; n++) spotifyApi.switchAuthenticationStrategy(authentication)
    expect(String(await failureOf(spotifyApi.currentUser.profile()))).toContain('Bad or expired token')
    expect(asked).toHaveLength(2)
  })

  test('a strategy of the SDK itself may follow, and its 401 is left alone', async () => {
    const { sdk, calls, refreshes } = await stage()
    const { ProvidedAccessTokenStrategy } = await import('./provided-access-token.ts')
    const spotifyApi = sdk()
    await spotifyApi.currentUser.profile()
    spotifyApi.switchAuthenticationStrategy(new ProvidedAccessTokenStrategy('somebody-elses-token'))
    expect(String(await failureOf(spotifyApi.currentUser.profile()))).toContain('Bad or expired token')
    expect((await calls()).at(-1)?.headers['authorization']).toBe('Bearer somebody-elses-token')
    expect(await refreshes()).toHaveLength(0)
  })

  test('E-68: a token that the SDK has had is adopted, with the caller’s own way to refresh it', async () => {
    const { provider, toServer, token, server } = await stage()
    const old = { access_token: token.accessToken, refresh_token: 'kept elsewhere', expires: Date.now() + 3_600_000 }
    const asked: string[] = []
    const tokens = provider.tokenSource({
      store: memoryStore(),
      key: 'user:42',
      request: async () => {
        asked.push('refresh') // by a backend of the caller's own, say
        return provider.grant(ClientCredentials).requestToken()
      },
    })
    await tokens.save(Token.from({ accessToken: old.access_token, expiresAt: old.expires }))
    const spotifyApi = new SpotifyApi(sdkAuthentication(tokens), { fetch: toServer })
    expect((await spotifyApi.currentUser.profile()).product).toBe('premium')
    expect(asked).toEqual([])
    await server.expire(token.accessToken)
    expect((await spotifyApi.tracks.get(track)).id).toBe(track)
    expect(asked).toEqual(['refresh'])
  })

  test('E-68: or it goes on with its refresh token', async () => {
    const { provider, toServer, token, server } = await stage()
    const old = { access_token: token.accessToken, refresh_token: token.refreshToken, expires: Date.now() - 1 }
    const { access_token: accessToken, refresh_token: refreshToken, expires: expiresAt } = old
    const tokens = provider.tokenSource({ store: memoryStore(), key: 'user:42' })
    await tokens.save(Token.from({ accessToken, refreshToken, expiresAt }))
    await server.expire(accessToken)
    const spotifyApi = new SpotifyApi(sdkAuthentication(tokens), { fetch: toServer })
    expect((await spotifyApi.currentUser.profile()).product).toBe('premium')
  })
})

describe('carried by an authorizedFetch', () => {
  async function carried(options: Parameters<typeof authorizedFetch>[1] = {}) {
    const all = await stage()
    const own = authorizedFetch(all.tokens, { origins: [api], fetch: all.toServer, ...options })
    const unused: typeof fetch = () => expect.fail('the SDK fetched by itself')
    const sdk = new SpotifyApi(sdkAuthentication(all.tokens, { api: own }), { fetch: unused })
    return { ...all, sdk }
  }

  test('a 401 is recovered from in the same way', async () => {
    const { sdk, server, token, calls, refreshes } = await carried()
    await server.expire(token.accessToken)
    expect((await sdk.currentUser.profile()).product).toBe('premium')
    expect(await calls()).toHaveLength(2)
    expect(await refreshes()).toHaveLength(1)
  })

  test('a busy Spotify is waited for', async () => {
    const { sdk, faults } = await carried({ retry: { longestWait: 1 } })
    let busy = 1
    faults.push(
      always(() =>
        busy-- > 0
          ? new Response('Too many requests', { status: 429, headers: { 'retry-after': '0' } })
          : Response.json({ product: 'open' }),
      ),
    )
    expect((await sdk.currentUser.profile()).product).toBe('open')
  })

  test('an error that the preset explains reaches the caller as a GrantError', async () => {
    const { sdk, faults } = await carried()
    faults.push(always(() => new Response('User not registered in the Developer Dashboard', { status: 403 })))
    const error = await failureOf(sdk.currentUser.profile())
    expect(error).toBeInstanceOf(GrantError)
    expect(error).toMatchObject({ code: 'api_error', action: 'fix_configuration', status: 403 })
  })
})
