import {
  authorizedFetch,
  type AuthorizedFetchOptions,
  type GrantEvent,
  memoryStore,
  Token,
  type TokenSource,
} from '@grantkit/core'
import { apiClient } from '@grantkit/core/ky'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { testClock } from './support/clock.ts'
import { confidential, errorOf, scene } from './support/scene.ts'
import { faultServer } from './support/servers.ts'
import { vectorsOf } from './support/vectors.ts'

const unauthorized: Reply = {
  status: 401,
  json: { error: { status: 401, message: 'Missing/invalid/expired access token' } },
}
const tokenAnswer = (n: number): Reply => ({
  json: {
    access_token: `access-token-${n}`,
    token_type: 'Bearer',
    expires_in: 3600,
    refresh_token: `refresh-token-${n}`,
  },
})

/** An API with its authorization server, and a source whose token is fresh as far as its clock tells. */
async function stage(
  api: readonly Reply[],
  options: AuthorizedFetchOptions = {},
  tokenReplies: readonly Reply[] = [tokenAnswer(1), tokenAnswer(2), tokenAnswer(3)],
) {
  const server = await faultServer()
  await server.reply('/v1/me', ...api)
  const { provider: make, tokenRequests } = await scene(...tokenReplies)
  const events: GrantEvent[] = []
  const clock = testClock()
  const provider = make(confidential, { apiOrigins: [server.url] }, { clock, onEvent: (event) => events.push(event) })
  const tokens = provider.tokenSource({ store: memoryStore({ clock }), key: 'user:42' })
  await tokens.save(
    Token.from({
      accessToken: 'access-token-0',
      refreshToken: 'refresh-token-0',
      expiresAt: clock.now() + 3_600_000,
      scope: ['read'],
    }),
  )
  const requests = async () => (await server.requests()).filter(({ path }) => path === '/v1/me')
  const sent = async () =>
    (await requests()).map(({ headers }) => headers['authorization']?.replace('Bearer access-token-', 'token '))
  return {
    server,
    url: `${server.url}/v1/me`,
    fetch: authorizedFetch(tokens, options),
    tokens,
    provider,
    clock,
    events,
    requests,
    sent,
    tokenRequests,
  }
}

const ok: Reply = { json: { id: 'ada' } }

describe('5.7 authenticated requests', () => {
  test('E-12: the token of a source is on the request, verbatim', async () => {
    const { fetch, url, sent } = await stage([ok])
    expect(await (await fetch(url)).json()).toEqual({ id: 'ada' })
    expect(await sent()).toEqual(['token 0'])
  })

  test('E-37: an ended token is refreshed first, and the request carries the new one', async () => {
    const { fetch, url, sent, clock, tokens } = await stage([ok])
    await clock.advance(3_600_000)
    await fetch(url)
    expect(await sent()).toEqual(['token 1'])
    expect((await tokens.peek())?.accessToken).toBe('access-token-1') // E-38
  })

  test('a token that is good is not refreshed', async () => {
    const { fetch, url, tokenRequests } = await stage([ok])
    for (let i = 0; i < 3; i++) await fetch(url)
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('E-32: after a refresh the same client uses the new token', async () => {
    const { fetch, url, sent, clock } = await stage([ok])
    await fetch(url)
    await clock.advance(3_600_000)
    await fetch(url)
    await fetch(url)
    expect(await sent()).toEqual(['token 0', 'token 1', 'token 1'])
  })

  test('R40: a 401 is answered with one refresh and one replay', async () => {
    const { fetch, url, sent, tokenRequests } = await stage([unauthorized, ok])
    expect(await (await fetch(url)).json()).toEqual({ id: 'ada' })
    expect(await sent()).toEqual(['token 0', 'token 1'])
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('R40: an API that keeps answering 401 gets two requests, and its answer comes back', async () => {
    const { fetch, url, sent, tokenRequests } = await stage([unauthorized])
    const response = await fetch(url)
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual(unauthorized.json)
    expect(await sent()).toEqual(['token 0', 'token 1'])
    expect(await tokenRequests()).toHaveLength(1)
  })

  test.each<[string, Reply]>([
    ['an empty body', { status: 401 }],
    ['the older message', { status: 401, json: { error: { status: 401, message: 'The access token expired' } } }],
    ['a challenge', { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }],
    ['a malformed challenge', { status: 401, headers: { 'www-authenticate': 'Bearer error="' } }],
    ['no body and a text', { status: 401, text: 'nope' }],
  ])('5.6: a 401 with %s is answered alike: nothing is decided by prose', async (_, reply) => {
    const { fetch, url, sent } = await stage([reply, ok])
    expect((await fetch(url)).status).toBe(200)
    expect(await sent()).toEqual(['token 0', 'token 1'])
  })

  test('five parallel calls with an ended token make one refresh', async () => {
    const { fetch, url, tokenRequests, clock } = await stage([ok])
    await clock.advance(3_600_000)
    await Promise.all(Array.from({ length: 5 }, () => fetch(url)))
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('a late 401 for the token before finds the newer one, and makes no refresh', async () => {
    const { sent, tokens, url, tokenRequests } = await stage([unauthorized, ok])
    const old = await tokens.token()
    await tokens.invalidate(old)
    await tokens.token() // somebody else's call has refreshed it meanwhile
    let given: Token | undefined = old
    const late: TokenSource = {
      ...tokens,
      origins: tokens.origins,
      token: async (options) => {
        const token = given ?? (await tokens.token(options))
        given = undefined
        return token
      },
      save: (token) => tokens.save(token),
      peek: () => tokens.peek(),
      invalidate: (token) => tokens.invalidate(token),
      clear: () => tokens.clear(),
    }
    expect((await authorizedFetch(late)(url)).status).toBe(200)
    expect(await sent()).toEqual(['token 0', 'token 1'])
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('a refresh that only the user can help with rejects, and says so', async () => {
    const { fetch, url } = await stage([unauthorized], {}, [{ status: 400, json: { error: 'invalid_grant' } }])
    expect(await errorOf(fetch(url))).toMatchObject({ code: 'reauthorization_required', action: 'reauthorize' })
  })

  test('a plain token has nothing to refresh with: its 401 comes back', async () => {
    const { server, url } = await stage([unauthorized])
    expect(
      (await authorizedFetch(Token.from({ accessToken: 'access-token-9' }), { origins: [server.url] })(url)).status,
    ).toBe(401)
  })
})

describe('bodies', () => {
  test.each<[string, () => RequestInit]>([
    ['a text', () => ({ body: 'hello' })],
    ['a form', () => ({ body: new URLSearchParams({ hello: '1' }) })],
    ['bytes', () => ({ body: new TextEncoder().encode('hello') })],
    ['a blob', () => ({ body: new Blob(['hello']) })],
    [
      'a multipart form',
      () => {
        const body = new FormData()
        body.set('hello', '1')
        return { body }
      },
    ],
  ])('%s is sent again after a 401', async (_, init) => {
    const { fetch, url, requests } = await stage([unauthorized, ok])
    expect((await fetch(url, { method: 'POST', ...init() })).status).toBe(200)
    const all = await requests()
    expect(all).toHaveLength(2)
    for (const { body } of all) expect(body).toContain('hello')
  })

  test('a Request with JSON is sent again, too', async () => {
    const { fetch, url, requests } = await stage([unauthorized, ok])
    const request = new Request(url, {
      method: 'POST',
      body: JSON.stringify({ hello: 1 }),
      headers: { 'content-type': 'application/json', 'x-mine': '1' },
    })
    expect((await fetch(request)).status).toBe(200)
    for (const { body, headers, method } of await requests())
      expect([body, headers['x-mine'], method]).toEqual(['{"hello":1}', '1', 'POST'])
  })

  test('R42: a stream is not: the 401 comes back, with an event, and the next call has a new token', async () => {
    const { tokens, events } = await stage([ok])
    const bodies: unknown[] = []
    const api = authorizedFetch(tokens, {
      fetch: async (_, init) => {
        bodies.push(init?.body)
        return new Response(null, { status: 401 })
      },
    })
    const body = new Blob(['hello']).stream()
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit
    const response = await api(`${tokens.origins[0]}/v1/upload`, init)
    expect(response.status).toBe(401)
    expect(bodies).toEqual([body])
    expect(events).toMatchObject([{ type: 'not_replayed', provider: 'acme' }])
    expect((await tokens.token()).accessToken).toBe('access-token-1')
  })

  test('an answer is streamed as it comes, and never buffered', async () => {
    const { fetch, url } = await stage([
      { chunks: [{ text: 'data: 1\n\n' }], hang: 'body', headers: { 'content-type': 'text/event-stream' } },
    ])
    const controller = new AbortController()
    const response = await fetch(url, { signal: controller.signal })
    const reader = response.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: 1\n\n')
    controller.abort()
    await expect(reader?.read()).rejects.toThrow()
  })
})

describe('challenges', () => {
  test('R41: insufficient_scope says which scopes to ask for, and is not refreshed', async () => {
    const { fetch, url, requests, tokenRequests } = await stage([
      {
        status: 403,
        headers: { 'www-authenticate': 'Bearer realm="x", error="insufficient_scope", scope="read write"' },
      },
    ])
    expect(await errorOf(fetch(url))).toMatchObject({
      code: 'scope_insufficient',
      action: 'reauthorize',
      status: 403,
      required: { scope: ['read', 'write'] },
    })
    expect(await requests()).toHaveLength(1)
    expect(await tokenRequests()).toHaveLength(0)
  })

  test.each(vectorsOf('WWW-Authenticate: Bearer error="insufficient_user_authentication"'))(
    'R171: $name',
    async ({ input }) => {
      const { fetch, url, requests } = await stage([
        { status: 401, headers: { 'www-authenticate': String(input['header']) } },
      ])
      const error = await errorOf(fetch(url))
      expect(error).toMatchObject({
        code: 'step_up_required',
        action: 'reauthorize',
        status: 401,
        required: { parameters: { max_age: '5' } },
      })
      expect(await requests(), 'R172: no loop').toHaveLength(1)
    },
  )

  test('R171: what is required is ready to be passed to authorize', async () => {
    const header = 'Bearer error="insufficient_user_authentication", acr_values="myACR", max_age=5'
    const { fetch, url, provider } = await stage([{ status: 401, headers: { 'www-authenticate': header } }])
    const { required } = await errorOf(fetch(url))
    const { Pkce } = await import('@grantkit/core')
    const next = await provider.grant(Pkce).authorize(required)
    expect(Object.fromEntries(next.url.searchParams)).toMatchObject({
      scope: 'read',
      acr_values: 'myACR',
      max_age: '5',
    })
  })

  test.each(['-1', 'abc', '1e3', ''])('R173: a max_age of "%s" is no number of seconds', async (age) => {
    const header = `Bearer error="insufficient_user_authentication", max_age="${age}"`
    const { fetch, url } = await stage([{ status: 401, headers: { 'www-authenticate': header } }])
    expect((await errorOf(fetch(url))).required).toEqual({ scope: ['read'], parameters: {} })
  })

  test('R174: the token stays as it is beside a stronger one', async () => {
    const { fetch, url, tokens } = await stage([
      { status: 401, headers: { 'www-authenticate': 'Bearer error="insufficient_user_authentication"' } },
    ])
    await errorOf(fetch(url))
    expect((await tokens.token()).accessToken).toBe('access-token-0')
  })

  test('E-39: another 403 comes back as it is, status and text', async () => {
    const { fetch, url } = await stage([{ status: 403, text: 'User not registered in the Developer Dashboard' }])
    const response = await fetch(url)
    expect([response.status, await response.text()]).toEqual([403, 'User not registered in the Developer Dashboard'])
  })

  test('a scope that the calls need is checked before anything is sent', async () => {
    const { tokens, url, requests } = await stage([ok])
    expect((await errorOf(authorizedFetch(tokens, { scope: ['admin'] })(url))).code).toBe('scope_insufficient')
    expect(await requests()).toHaveLength(0)
  })
})

describe('an API that is busy', () => {
  const busy = (after?: string, status = 429): Reply => ({
    status,
    headers: after === undefined ? {} : { 'retry-after': after },
    text: 'Too many requests',
  })

  test.each([429, 503])('E-41: %i comes back as it is, unless waiting was asked for', async (status) => {
    const { fetch, url, requests } = await stage([busy('1', status), ok])
    expect((await fetch(url)).status).toBe(status)
    expect(await requests()).toHaveLength(1)
  })

  async function waiting(api: readonly Reply[], retry: AuthorizedFetchOptions['retry'], init?: RequestInit) {
    const all = await stage(api, { retry })
    const pending = all.fetch(all.url, init)
    pending.catch(() => undefined)
    const pauses: number[] = []
    const pass = async (ms: number) => {
      await expect.poll(() => all.clock.waiting).toBe(1)
      pauses.push(ms)
      await all.clock.advance(ms)
    }
    return { ...all, pending, pass }
  }

  test('5.6: Retry-After: 50 is waited for, a little longer at most, twice', async () => {
    const { pending, pass, requests, clock } = await waiting([busy('50'), busy('50'), ok], { limit: 2 })
    await expect.poll(() => clock.waiting).toBe(1)
    await clock.advance(49_999)
    expect(await requests()).toHaveLength(1)
    await pass(5001)
    await pass(55_000)
    expect((await pending).status).toBe(200)
    expect(await requests()).toHaveLength(3)
  })

  test('the limit is kept, and the last answer comes back', async () => {
    const { pending, pass, requests } = await waiting([busy('1')], { limit: 1 })
    await pass(1100)
    expect((await pending).status).toBe(429)
    expect(await requests()).toHaveLength(2)
  })

  test('5.6: a date is understood', async () => {
    const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000).toUTCString()
    const { pending, pass } = await waiting([busy(at(10)), ok], {})
    await pass(11_000)
    expect((await pending).status).toBe(200)
  })

  test('5.6: without Retry-After the pause doubles', async () => {
    const { pending, pass, requests } = await waiting([busy(), busy(), ok], {})
    await pass(1100)
    await pass(2200)
    expect((await pending).status).toBe(200)
    expect(await requests()).toHaveLength(3)
  })

  test('A64: above the cap it rejects at once with the seconds', async () => {
    const { fetch, url, requests } = await stage([busy('86400')], { retry: { longestWait: 60 } })
    expect(await errorOf(fetch(url))).toMatchObject({
      code: 'rate_limited',
      action: 'retry',
      status: 429,
      retryAfter: 86_400,
    })
    expect(await requests()).toHaveLength(1)
  })

  test('5.6: an abort ends the pause at once', async () => {
    const controller = new AbortController()
    const { pending, clock } = await waiting([busy('50')], {}, { signal: controller.signal })
    await expect.poll(() => clock.waiting).toBe(1)
    controller.abort(new Error('navigated away'))
    await expect(pending).rejects.toThrow('navigated away')
  })

  test('5.7: tokens are re-read on every attempt', async () => {
    const { pending, pass, sent } = await waiting([busy('50'), ok], {})
    await pass(3_600_000)
    expect((await pending).status).toBe(200)
    expect(await sent()).toEqual(['token 0', 'token 1'])
  })

  test('503 to a POST is not sent again without the server’s word', async () => {
    const { fetch, url, requests } = await stage([busy(undefined, 503), ok], { retry: {} })
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(503)
    expect(await requests()).toHaveLength(1)
  })

  test('E-65: a policy of your own decides', async () => {
    const asked: number[] = []
    const { pending, pass, requests } = await waiting(
      [{ status: 502 }, { status: 502 }, ok],
      ({ response, attempt }) => {
        asked.push(attempt)
        return response.status === 502 ? 3 : undefined
      },
    )
    await pass(3000)
    await pass(3000)
    expect((await pending).status).toBe(200)
    expect(asked).toEqual([1, 2])
    expect(await requests()).toHaveLength(3)
  })
})

describe('redirects', () => {
  async function elsewhere() {
    const other = await faultServer()
    await other.reply('/landing', { json: { landed: true } })
    return other
  }

  test('A34: to another origin, the token stays behind', async () => {
    const other = await elsewhere()
    const { fetch, url } = await stage([{ redirect: `${other.url}/landing` }])
    expect(await (await fetch(url)).json()).toEqual({ landed: true })
    const [request] = await other.requests()
    expect(request?.headers).not.toHaveProperty('authorization')
  })

  test('within its own origins it goes along', async () => {
    const { fetch, url, server } = await stage([{ redirect: '/v1/other' }])
    await server.reply('/v1/other', ok)
    expect(await (await fetch(url)).json()).toEqual({ id: 'ada' })
    expect((await server.requests()).at(-1)?.headers['authorization']).toBe('Bearer access-token-0')
  })

  test('a 401 from another origin says nothing about the token', async () => {
    const other = await faultServer()
    await other.reply('/landing', { status: 401 })
    const { fetch, url, tokenRequests } = await stage([{ redirect: `${other.url}/landing` }])
    expect((await fetch(url)).status).toBe(401)
    expect(await tokenRequests()).toHaveLength(0)
  })
})

test('A63: a link that the server supplies leads nowhere else', async () => {
  const { fetch } = await stage([ok])
  expect((await errorOf(fetch('https://evil.example/v1/me?next=1'))).code).toBe('origin_not_allowed')
})

test('E-57: an initial token alone refreshes by itself', async () => {
  const { provider, url, sent, clock } = await stage([ok])
  const tokens = provider.tokenSource({
    token: Token.from({
      accessToken: 'access-token-0',
      refreshToken: 'refresh-token-0',
      expiresAt: clock.now() + 1000,
    }),
  })
  const api = authorizedFetch(tokens)
  await api(url)
  await clock.advance(1000)
  await api(url)
  expect(await sent()).toEqual(['token 0', 'token 1'])
})

test('E-63: sources of many users share one fetch', async () => {
  const { provider, server, url, sent } = await stage([ok])
  const shared: typeof fetch = (input, init) => globalThis.fetch(input, init)
  for (const n of [7, 8])
    await authorizedFetch(provider.tokenSource({ token: Token.from({ accessToken: `access-token-${n}` }) }), {
      fetch: shared,
      origins: [server.url],
    })(url)
  expect(await sent()).toEqual(['token 7', 'token 8'])
})

describe('apiClient', () => {
  test('is a ky instance: base URL, JSON, and a fresh token', async () => {
    const { tokens, server, sent, clock } = await stage([ok])
    const client = apiClient(tokens, { baseUrl: `${server.url}/v1/` })
    expect(await client.get('me').json()).toEqual({ id: 'ada' })
    await clock.advance(3_600_000)
    expect(await client.get('me').json()).toEqual({ id: 'ada' })
    expect(await sent()).toEqual(['token 0', 'token 1'])
  })

  test('recovers from a 401, with its JSON body', async () => {
    const { tokens, server, requests } = await stage([unauthorized, ok])
    const client = apiClient(tokens, { baseUrl: `${server.url}/v1/` })
    expect(await client.post('me', { json: { hello: 1 } }).json()).toEqual({ id: 'ada' })
    expect((await requests()).map(({ body }) => body)).toEqual(['{"hello":1}', '{"hello":1}'])
  })

  test('A17: no hook sees the token', async () => {
    const { tokens, server, sent } = await stage([ok])
    const seen: string[] = []
    const client = apiClient(tokens, {
      baseUrl: `${server.url}/v1/`,
      hooks: {
        beforeRequest: [({ request }) => void seen.push(JSON.stringify([...request.headers]))],
        afterResponse: [({ request }) => void seen.push(JSON.stringify([...request.headers]))],
      },
    })
    await client.get('me')
    expect(seen).toHaveLength(2)
    expect(seen.join('')).not.toContain('access-token')
    expect(await sent()).toEqual(['token 0'])
  })

  test('retries a busy API, within reason', async () => {
    const { tokens, server, requests } = await stage([{ status: 503, headers: { 'retry-after': '0' } }, ok])
    const client = apiClient(tokens, { baseUrl: `${server.url}/v1/`, retry: { delay: () => 0 } })
    expect(await client.get('me').json()).toEqual({ id: 'ada' })
    expect(await requests()).toHaveLength(2)
  })

  test('A64: and rejects with rate_limited beyond it', async () => {
    const { tokens, server, requests } = await stage([{ status: 429, headers: { 'retry-after': '86400' } }])
    const error = await errorOf(apiClient(tokens, { baseUrl: `${server.url}/v1/` }).get('me'))
    expect(error).toMatchObject({ code: 'rate_limited', retryAfter: 86_400 })
    expect(await requests()).toHaveLength(1)
  })

  test('E-40: the options of ky are the user’s: headers, timeout, throwHttpErrors', async () => {
    const { tokens, server, requests } = await stage([{ status: 418 }])
    const client = apiClient(tokens, {
      baseUrl: `${server.url}/v1/`,
      headers: { 'x-mine': '1' },
      throwHttpErrors: false,
      retry: 0,
    })
    expect((await client.get('me')).status).toBe(418)
    expect((await requests())[0]?.headers['x-mine']).toBe('1')
  })

  test('a plain token goes where the base URL points, and nowhere else', async () => {
    const { server, sent } = await stage([ok])
    const client = apiClient(Token.from({ accessToken: 'access-token-5' }), { baseUrl: `${server.url}/v1/` })
    await client.get('me')
    expect(await sent()).toEqual(['token 5'])
    expect((await errorOf(client.get('https://evil.example/'))).code).toBe('origin_not_allowed')
  })
})
