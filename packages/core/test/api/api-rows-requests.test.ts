import { authorizedFetch, Pkce, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { busy, ok, unauthorized } from '../support/api-replies.ts'
import { apiStage, tokenAnswer } from '../support/api-stage.ts'
import { errorOf, scene } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'

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

  test('5.7.3: a token with an hour left is not refreshed, and stays the same', async () => {
    const { tokens, fetch, url, refreshes } = await apiStage([ok])
    const token = await tokens.token()
    await fetch(url)
    expect(await tokens.token()).toEqual(token)
    expect(await refreshes()).toBe(0)
  })

  test('5.7.4: first a 401, then a 200: the result is delivered', async () => {
    const { fetch, url } = await apiStage([unauthorized, ok])
    expect(await (await fetch(url)).json()).toEqual({ id: 'ada' })
  })

  test('5.7.5: an API that always responds with 401 gets two requests, and the server one refresh', async () => {
    const { fetch, url, requests, refreshes } = await apiStage([unauthorized])
    expect((await fetch(url)).status).toBe(401)
    expect(await requests()).toHaveLength(2)
    expect(await refreshes()).toBe(1)
  })

  test('5.7.6: five calls at once with an expired token make one token request', async () => {
    const { fetch, url, clock, refreshes, sent } = await apiStage([ok])
    await clock.advance(3_600_000)
    await Promise.all(Array.from({ length: 5 }, () => fetch(url)))
    expect(await refreshes()).toBe(1)
    expect(await sent()).toEqual(Array(5).fill('token-1'))
  })

  test('5.7.7: looking at an expired token deletes nothing', async () => {
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
    await clock.advance(10_000) // expired: the server is asked again
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

  test('5.7.11: a custom request that brings nothing is an error that says so', async () => {
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
