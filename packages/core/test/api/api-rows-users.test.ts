import { authorizedFetch, ClientCredentials, memoryStore, Pkce, Provider, Refresh, Token } from '@grantkit/core'
import { apiClient } from '@grantkit/core/ky'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { busy, ok, unauthorized } from '../support/api-replies.ts'
import { apiStage, tokenAnswer } from '../support/api-stage.ts'
import { testClock } from '../support/clock.ts'
import { clientSecret, confidential, errorOf, redirectUri, scene } from '../support/scene.ts'
import { authorizationServer, faultServer } from '../support/servers.ts'

// The rows of the seed systems that are about calls of an API.

describe('what users of the seed systems can do', () => {
  test('E-29: a stored access token is all that a third process needs', async () => {
    const { api, url, sent } = await apiStage([ok])
    const token = Token.from({ accessToken: 'canary-stored' })
    expect((await authorizedFetch(token, { origins: [api.url] })(url)).status).toBe(200)
    expect(await sent()).toEqual(['stored'])
  })

  test('E-34: client credentials bring no refresh token, and calls go on beyond their end', async () => {
    const answer = (n: number): Reply => ({
      json: { access_token: `canary-token-${n}`, token_type: 'Bearer', expires_in: 60 },
    })
    const { provider, clock, url, sent } = await apiStage([ok], { answers: [answer(1), answer(2)] })
    const api = authorizedFetch(provider.tokenSource({ grant: ClientCredentials }))
    await api(url)
    await clock.advance(61_000)
    await api(url)
    expect(await sent()).toEqual(['token-1', 'token-2'])
  })

  test('E-36: the granted scopes are readable before and after a refresh', async () => {
    const { tokens, clock, fetch, url } = await apiStage([ok])
    expect((await tokens.token()).scope).toEqual(['read'])
    await clock.advance(3_600_000)
    await fetch(url)
    expect((await tokens.peek())?.scope).toEqual(['read'])
  })

  test('E-37: refreshing goes on with a refresh token alone', async () => {
    const { provider, url, sent } = await apiStage([ok])
    const token = await provider.grant(Refresh).requestToken('canary-refresh-0')
    await authorizedFetch(provider.tokenSource({ token }))(url)
    expect(await sent()).toEqual(['token-1'])
  })

  test('E-38: a rotated token can be read afterwards, and an event says that it changed', async () => {
    const { tokens, clock, fetch, url, events } = await apiStage([ok])
    await clock.advance(3_600_000)
    await fetch(url)
    expect(await tokens.peek()).toMatchObject({ accessToken: 'canary-token-1', refreshToken: 'canary-refresh-1' })
    expect(events.filter(({ type }) => type !== 'request')).toMatchObject([
      { type: 'refreshed', provider: 'acme', at: clock.now() },
    ])
  })

  test('E-39: an expired token, a bad client, a bad refresh token and a limit are told apart', async () => {
    const codes: unknown[] = []
    for (const [api, token] of [
      [unauthorized, { status: 400, json: { error: 'invalid_grant' } }],
      [unauthorized, { status: 401, json: { error: 'invalid_client' } }],
      [unauthorized, { status: 429, headers: { 'retry-after': '7' }, text: '' }],
      [{ status: 429, headers: { 'retry-after': '700' }, text: '' }, ok],
    ] as [Reply, Reply][]) {
      const { fetch, url } = await apiStage([api], { answers: [token], retry: {} })
      const { code, action, retryAfter } = await errorOf(fetch(url))
      codes.push([code, action, retryAfter])
    }
    expect(codes).toEqual([
      ['reauthorization_required', 'reauthorize', undefined],
      ['token_error', 'fix_configuration', undefined],
      ['rate_limited', 'retry', 7],
      ['rate_limited', 'retry', 700],
    ])
  })

  test('E-40: headers, deadline, HTTP stack and the last response are the caller’s own', async () => {
    const seen: number[] = []
    const own: typeof globalThis.fetch = async (input, init) => {
      const response = await globalThis.fetch(input, {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init?.headers)), 'x-mine': '1' },
      })
      seen.push(response.status)
      return response
    }
    const { fetch, url, requests } = await apiStage([ok, { hang: 'headers' }], { fetch: own })
    await fetch(url)
    expect((await requests())[0]?.headers['x-mine']).toBe('1')
    expect(seen).toEqual([200])
    await expect(fetch(url, { signal: AbortSignal.timeout(50) })).rejects.toThrow(
      expect.objectContaining({ name: 'TimeoutError' }),
    )
  })

  test('E-41: waiting is off unless it is asked for, with ky too', async () => {
    const { fetch, url, tokens, api, requests } = await apiStage([busy('1')])
    expect((await fetch(url)).status).toBe(429)
    const client = apiClient(tokens, { baseUrl: `${api.url}/v1/`, retry: 0, throwHttpErrors: false })
    expect((await client.get('me')).status).toBe(429)
    expect(await requests()).toHaveLength(2)
  })

  test('E-57: a public client hands over its first token, and that is all', async () => {
    const { provider: make, tokenRequests } = await scene(tokenAnswer(1))
    const clock = testClock()
    const provider = make({ clientId: 'cid', redirectUri }, {}, { clock })
    const expired = { accessToken: 'canary-token-0', refreshToken: 'canary-refresh-0', expiresAt: clock.now() - 1 }
    const token = Token.from(expired)
    await provider.tokenSource({ token }).token()
    const [request] = await tokenRequests()
    expect(request?.form).toEqual({ grant_type: 'refresh_token', refresh_token: 'canary-refresh-0', client_id: 'cid' })
    expect(request?.headers).not.toHaveProperty('authorization')
  })
})

test('E-67: a browser authorizes, returns and exchanges, and its URL is clean again', async () => {
  const { withoutCallback } = await import('@grantkit/core')
  const server = await authorizationServer()
  const provider = new Provider({ name: 'acme', metadata: server.metadata }, server.clients.public)
  const login = provider.grant(Pkce)
  const begun = await login.authorize({ scope: ['read'] })
  const stored = JSON.stringify(begun.transaction) // in sessionStorage

  const page = currentPage()
  for (const deny of [true, false]) {
    const { search } = new URL(await server.logIn(begun.url, { deny }))
    page.show(`${search}&tab=1#top`)
    const callback = page.url()
    page.show(withoutCallback(callback).href)
    expect(page.url()).toMatch(/\/[^?]*\?tab=1#top$/)
    const finished = login.requestToken(callback, JSON.parse(stored))
    if (deny) expect((await errorOf(finished)).code).toBe('authorization_denied')
    else expect((await finished).hasScope('read')).toBe(true)
  }
  page.show('?')
})

/** The page of this browser, or something that behaves so. */
function currentPage(): { url(): string; show(url: string): void } {
  const { location, history } = globalThis as Partial<Pick<typeof globalThis, 'location' | 'history'>>
  if (location && history)
    return { url: () => location.href, show: (url) => history.replaceState(history.state, '', url) }
  let current = 'https://app.example/callback'
  return { url: () => current, show: (url) => (current = new URL(url, current).href) }
}

test.each([
  ['https://app.example/cb?code=a&state=b&iss=c', 'https://app.example/cb'],
  ['https://app.example/cb?error=a&error_description=b&error_uri=c&state=d', 'https://app.example/cb'],
  ['https://app.example/cb?a=1&code=b&code=c&session_state=d#e', 'https://app.example/cb?a=1#e'],
  ['com.example.app:/cb?code=a', 'com.example.app:/cb'],
])('E-67: %s without its callback is %s', async (url, clean) => {
  const { withoutCallback } = await import('@grantkit/core')
  expect(withoutCallback(url).href).toBe(clean)
  expect(withoutCallback(new URL(url)).href).toBe(clean)
})

test('E-63: users share one fetch and have tokens of their own', async () => {
  const { provider: make } = await scene()
  const api = await faultServer()
  await api.reply('/v1/me', ok)
  const provider = make({ ...confidential, clientSecret }, { apiOrigins: [api.url] })
  const store = memoryStore()
  const shared: typeof fetch = (input, init) => globalThis.fetch(input, init)
  await Promise.all(
    ['ada', 'grace'].map(async (user) => {
      const tokens = provider.tokenSource({ store, key: user })
      await tokens.save(Token.from({ accessToken: `canary-${user}` }))
      await authorizedFetch(tokens, { fetch: shared })(`${api.url}/v1/me`)
    }),
  )
  const sent = (await api.requests()).map(({ headers }) => headers['authorization'])
  expect(new Set(sent)).toEqual(new Set(['Bearer canary-ada', 'Bearer canary-grace']))
})
