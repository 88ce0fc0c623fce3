import {
  authorizedFetch,
  type AuthorizedFetchOptions,
  ClientCredentials,
  memoryStore,
  Pkce,
  Provider,
  Refresh,
  Token,
} from '@grantkit/core'
import { apiClient } from '@grantkit/core/ky'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { apiStage, tokenAnswer } from './support/api-stage.ts'
import { testClock } from './support/clock.ts'
import { clientSecret, confidential, errorOf, redirectUri, scene } from './support/scene.ts'
import { authorizationServer, faultServer } from './support/servers.ts'

// The rows of the tables 5.6 and 5.7, and those of the seed systems, that are about calls of an API.

const ok: Reply = { json: { id: 'ada' } }
const refused = (message: string): Reply => ({ status: 401, json: { error: { status: 401, message } } })
const unauthorized = refused('Missing/invalid/expired access token')
const busy = (after?: string): Reply => ({
  status: 429,
  headers: after === undefined ? {} : { 'Retry-After': after },
  json: { error: { status: 429, message: 'API rate limit exceeded' } },
})

describe('5.6: errors of an API', () => {
  test.each(['Missing/invalid/expired access token', 'The access token expired', ''])(
    '5.6.8: a 401 (%s) makes one refresh and one replay, then it surfaces',
    async (message) => {
      const reply: Reply = message === '' ? { status: 401 } : refused(message)
      const { fetch, url, sent, refreshes } = await apiStage([reply])
      expect((await fetch(url)).status).toBe(401)
      expect(await sent()).toEqual(['token-0', 'token-1'])
      expect(await refreshes()).toBe(1)
    },
  )

  test('5.6.9: a 403 in plain text keeps its status and text where no preset explains it', async () => {
    const { fetch, url } = await apiStage([{ status: 403, text: 'User not registered in the Developer Dashboard' }])
    const response = await fetch(url)
    expect([response.status, await response.text()]).toEqual([403, 'User not registered in the Developer Dashboard'])
  })

  /** Calls the API, and lets each pause pass; returns how long they were. */
  async function patiently(replies: readonly Reply[], retry: AuthorizedFetchOptions['retry']) {
    const stage = await apiStage(replies, { retry })
    const { clock } = stage
    const pauses: number[] = []
    const state = { settled: false }
    const answer = stage.fetch(stage.url).then(({ status }) => status)
    void answer.catch(() => undefined).finally(() => (state.settled = true))
    while (!state.settled) {
      await expect.poll(() => state.settled || clock.waiting > 0).toBe(true)
      const before = clock.now()
      while (clock.waiting > 0) await clock.advance(50)
      if (clock.now() > before) pauses.push(clock.now() - before)
    }
    return { status: await answer, pauses, count: (await stage.requests()).length }
  }

  test.each([
    [2, [busy('50'), busy('50'), ok], 200, 2],
    [1, [busy('50'), ok], 200, 1],
    [1, [busy('50')], 429, 1],
    [0, [busy('50'), ok], 429, 0],
  ])('5.6.10: Retry-After: 50 with a limit of %i', async (limit, replies, status, pauses) => {
    const result = await patiently(replies, { limit })
    expect(result).toMatchObject({ status, count: pauses + 1 })
    expect(result.pauses).toHaveLength(pauses)
    for (const pause of result.pauses) {
      expect(pause).toBeGreaterThanOrEqual(50_000)
      expect(pause).toBeLessThanOrEqual(55_050)
    }
  })

  test('5.6.10: a policy of your own counts as it likes', async () => {
    let others = 0
    const result = await patiently([busy('50'), busy('50'), busy('50'), ok], ({ response, retryAfter }) =>
      response.status === 429 || others++ < 1 ? retryAfter : undefined,
    )
    expect(result).toMatchObject({ status: 200, count: 4, pauses: [50_000, 50_000, 50_000] })
  })

  test.each<[string, AuthorizedFetchOptions['retry']]>([
    ['options', { limit: 10, statuses: [502] }],
    ['a policy', ({ response, attempt }) => (response.status === 502 && attempt <= 10 ? 0.05 : undefined)],
  ])('5.6.11: an API that answers 502 for ever is asked ten times more: %s', async (_, retry) => {
    expect(await patiently([{ status: 502 }], retry)).toMatchObject({ status: 502, count: 11 })
  })

  test('5.6.12: a 200 is not asked for again', async () => {
    expect(await patiently([ok], { limit: 10, statuses: [200, 429] })).toMatchObject({ status: 200, count: 1 })
  })

  test('5.6.13: an abort ends a pause of five seconds at once', async () => {
    const { fetch, url, clock, requests } = await apiStage([busy('5'), ok], { retry: {} })
    const controller = new AbortController()
    const pending = fetch(url, { signal: controller.signal })
    await expect.poll(() => clock.waiting).toBe(1)
    controller.abort()
    await expect(pending).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    expect(clock.waiting).toBe(0)
    expect(await requests()).toHaveLength(1)
  })

  test.each([undefined, 'soon', '-1', '1e9', ''])('5.6.14: a Retry-After of "%s" breaks nothing', async (after) => {
    expect(await patiently([busy(after), ok], {})).toMatchObject({ status: 200, count: 2 })
  })

  test('5.6.14: 86400 is above the cap: an error with the seconds, and no pause', async () => {
    const { fetch, url, clock, requests } = await apiStage([busy('86400')], { retry: {} })
    expect(await errorOf(fetch(url))).toMatchObject({ code: 'rate_limited', retryAfter: 86_400 })
    expect(clock.waiting).toBe(0)
    expect(await requests()).toHaveLength(1)
  })
})

describe('5.7: authenticated requests and automatic refresh', () => {
  const vector = 'c572c1624cdb4f7f1a3d1ec1ed'

  test('5.7.1: the header is Bearer and the token, verbatim', async () => {
    const { api, url, requests } = await apiStage([ok])
    await authorizedFetch(Token.from({ accessToken: vector }), { origins: [api.url] })(url)
    expect((await requests())[0]?.headers['authorization']).toBe(`Bearer ${vector}`)
  })

  test.each([
    ['has ended long ago', 100_000_000, 60],
    ['ends in two minutes, of which the caller wants five,', 3_480_000, 300],
  ])('5.7.2: a token that %s is refreshed once, and the source shows the new one', async (_, age, minValid) => {
    const { tokens, clock, fetch, url, sent, refreshes } = await apiStage([ok])
    await clock.advance(age)
    expect((await tokens.token({ minValid })).accessToken).toBe('canary-token-1')
    expect((await fetch(url)).status).toBe(200)
    expect(await sent()).toEqual(['token-1'])
    expect((await tokens.peek())?.accessToken).toBe('canary-token-1')
    expect(await refreshes()).toBe(1)
  })

  test('5.7.3: a token with an hour left is not refreshed, and stays the same object', async () => {
    const { tokens, fetch, url, refreshes } = await apiStage([ok])
    const token = await tokens.token()
    await fetch(url)
    expect(await tokens.token()).toBe(token)
    expect(await refreshes()).toBe(0)
  })

  test('5.7.4: first a 401, then a 200: the result is delivered', async () => {
    const { fetch, url } = await apiStage([unauthorized, ok])
    expect(await (await fetch(url)).json()).toEqual({ id: 'ada' })
  })

  test('5.7.5: an API that always answers 401 gets two requests, and the server one refresh', async () => {
    const { fetch, url, requests, refreshes } = await apiStage([unauthorized])
    expect((await fetch(url)).status).toBe(401)
    expect(await requests()).toHaveLength(2)
    expect(await refreshes()).toBe(1)
  })

  test('5.7.6: five calls at once with an ended token make one token request', async () => {
    const { fetch, url, clock, refreshes, sent } = await apiStage([ok])
    await clock.advance(3_600_000)
    await Promise.all(Array.from({ length: 5 }, () => fetch(url)))
    expect(await refreshes()).toBe(1)
    expect(await sent()).toEqual(Array(5).fill('token-1'))
  })

  test('5.7.7: looking at an ended token deletes nothing', async () => {
    const { tokens, clock, refreshes } = await apiStage([ok])
    await clock.advance(100_000_000)
    expect((await tokens.peek())?.refreshToken).toBe('canary-refresh-0')
    expect(await refreshes()).toBe(0)
    expect((await tokens.token()).accessToken).toBe('canary-token-1')
  })

  test('5.7.8: a renewal that fails for a moment: the old token is used, and renewed later', async () => {
    const { fetch, url, clock, sent, tokens } = await apiStage([ok], {
      answers: [{ status: 503, text: 'later' }, tokenAnswer(1)],
    })
    await clock.advance(3_595_000) // stale: refreshed in the background
    expect((await fetch(url)).status).toBe(200)
    await clock.advance(10_000) // ended: the server is asked again
    await expect.poll(() => tokens.token().then(({ accessToken }) => accessToken)).toBe('canary-token-1')
    await fetch(url)
    expect(await sent()).toEqual(['token-0', 'token-1'])
  })

  test('5.7.9: a token that was removed is not renewed in the background', async () => {
    const { fetch, url, clock, tokens, refreshes } = await apiStage([ok])
    await tokens.clear()
    await clock.advance(3_595_000)
    expect(await errorOf(fetch(url))).toMatchObject({ code: 'reauthorization_required' })
    expect(await refreshes()).toBe(0)
  })

  test('5.7.10: a login that a page finishes twice at once succeeds, and is finished once', async () => {
    const { provider, tokenRequests } = await scene(tokenAnswer(1))
    const login = provider().grant(Pkce)
    const { transaction } = await login.authorize()
    const callback = `?code=canary-code&state=${transaction.state}`
    const finish = () => login.requestToken(callback, JSON.parse(JSON.stringify(transaction)))
    const [first, second] = await Promise.all([finish(), finish()])
    expect(second).toBe(first)
    expect(await tokenRequests()).toHaveLength(1)
    expect((await errorOf(finish())).code).toBe('transaction_used')
  })

  test('5.7.11: a request of your own that brings nothing is an error that says so', async () => {
    const { provider, url } = await apiStage([ok])
    const tokens = provider.tokenSource({ request: async () => undefined as never })
    const error = await errorOf(authorizedFetch(tokens)(url))
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining('Token') })
  })

  test.each([
    ['a URL that only mentions the API', (own: string) => `https://evil.example/?x=${own}`],
    ['a link that the server supplied', () => 'https://evil.example/v1/me?page=2'],
    ['a host that begins like it', (own: string) => own.replace(/:\d+$/, '.evil.example')],
  ])('5.7.12: %s gets no request', async (_, elsewhere) => {
    const { api, tokens } = await apiStage([ok])
    const sent: unknown[] = []
    const fetch: typeof globalThis.fetch = async (input) => (sent.push(input), new Response())
    expect((await errorOf(authorizedFetch(tokens, { fetch })(elsewhere(api.url)))).code).toBe('origin_not_allowed')
    expect(sent).toEqual([])
  })

  test('5.7.12: a redirect to another origin goes there without the token', async () => {
    const other = await faultServer()
    await other.reply('/landing', ok)
    const { fetch, url } = await apiStage([{ redirect: `${other.url}/landing` }])
    await fetch(url)
    expect((await other.requests())[0]?.headers).not.toHaveProperty('authorization')
  })

  test('5.7.13: within a retry the token is asked for again, once for each attempt', async () => {
    const { tokens, clock, url, sent } = await apiStage([busy('1'), ok])
    let asked = 0
    const counting = {
      origins: tokens.origins,
      token: async () => (asked++, tokens.token()),
      save: (token: Token) => tokens.save(token),
      peek: () => tokens.peek(),
      invalidate: (token: Token) => tokens.invalidate(token),
      clear: () => tokens.clear(),
    }
    const pause = 0.001 // a source of the user's own brings no clock
    const response = await authorizedFetch(counting, {
      retry: ({ response: { status } }) => {
        if (status !== 429) return undefined
        void clock.advance(3_600_000)
        return pause
      },
    })(url)
    expect(response.status).toBe(200)
    expect(asked).toBe(2)
    expect(await sent()).toEqual(['token-0', 'token-1'])
  })
})

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
    expect(events).toMatchObject([{ type: 'refreshed', provider: 'acme', at: clock.now() }])
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

  test('E-40: headers, deadline, HTTP stack and the last answer are the caller’s own', async () => {
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
    const provider = make({ clientId: 'cid', redirectUri }, {}, { clock: testClock() })
    const token = Token.from({ accessToken: 'canary-token-0', refreshToken: 'canary-refresh-0', expiresAt: 1 })
    await provider.tokenSource({ token }).token()
    const [request] = await tokenRequests()
    expect(request?.form).toEqual({ grant_type: 'refresh_token', refresh_token: 'canary-refresh-0', client_id: 'cid' })
    expect(request?.headers).not.toHaveProperty('authorization')
  })
})

describe('what an API may ask for, and what it may not', () => {
  const again = 'Bearer error="insufficient_user_authentication", acr_values="gold"'

  test('R172: an API that is never satisfied ends in an error each time, not in a loop', async () => {
    const { fetch, url, requests, tokens, clock } = await apiStage([
      { status: 401, headers: { 'www-authenticate': again } },
    ])
    expect((await errorOf(fetch(url))).code).toBe('step_up_required')
    await tokens.save(Token.from({ accessToken: 'canary-gold', expiresAt: clock.now() + 1000 })) // after the stronger login
    expect((await errorOf(fetch(url))).code).toBe('step_up_required')
    expect(await requests()).toHaveLength(2)
  })

  test('R174: a stronger token is kept beside the other one, under a key of its own', async () => {
    const { provider, url, sent } = await apiStage([ok])
    const store = memoryStore()
    const [usual, strong] = ['user:42', 'user:42:gold'].map((key) => provider.tokenSource({ store, key }))
    await usual?.save(Token.from({ accessToken: 'canary-usual' }))
    await strong?.save(Token.from({ accessToken: 'canary-gold' }))
    for (const tokens of [strong, usual, strong]) if (tokens) await authorizedFetch(tokens)(url)
    expect(await sent()).toEqual(['gold', 'usual', 'gold'])
  })

  test('A62: an API that names another scheme or server changes nothing, and gets nothing', async () => {
    const evil = await faultServer()
    const challenge = `Bearer error="invalid_token", resource_metadata="${evil.url}/.well-known/oauth-protected-resource", authorization_uri="${evil.url}/authorize", as_uri="${evil.url}"`
    const { fetch, url, sent } = await apiStage([{ status: 401, headers: { 'www-authenticate': challenge } }])
    expect((await fetch(url)).status).toBe(401)
    expect(await sent()).toEqual(['token-0', 'token-1'])
    expect(await evil.requests()).toHaveLength(0)
  })

  test('A62: a token that is bound to a key is not presented as Bearer, though the API asks for it', async () => {
    const { api, url, requests } = await apiStage([{ status: 401, headers: { 'www-authenticate': 'Bearer' } }])
    const bound = Token.from({ accessToken: 'canary-bound', tokenType: 'DPoP' })
    const error = await errorOf(authorizedFetch(bound, { origins: [api.url] })(url))
    expect(error.code).toBe('token_type_unsupported')
    expect(await requests()).toHaveLength(0)
  })

  test('A17: neither errors nor events of a call hold a secret', async () => {
    const replies: Reply[] = [
      { status: 401, headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="admin"' } },
      { status: 403, text: `you sent canary-token-0` },
    ]
    const { fetch, url, events } = await apiStage(replies, {
      api: { errors: [{ status: 403, body: 'text', message: 'the API refuses the app' }] },
    })
    const explained = await errorOf((async () => (await fetch(url).catch(() => undefined), fetch(url)))())
    expect(explained.oauth).toEqual({ error: '403', errorDescription: 'you sent [redacted]' })
    expect(JSON.stringify(events)).not.toContain('canary')
  })

  test('R38: no call has the token in its URL', async () => {
    const { fetch, url, requests, api } = await apiStage([unauthorized, { redirect: '/v1/me' }, ok])
    await fetch(`${url}?limit=1`)
    expect((await requests()).map((request) => request.url)).toEqual(
      ['/v1/me?limit=1', '/v1/me?limit=1', '/v1/me'].map((path) => api.url + path),
    )
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
