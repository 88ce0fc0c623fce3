import { authorizedFetch, Token, type TokenSource } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { ok, unauthorized } from '../support/api-replies.ts'
import { stage } from '../support/call-stage.ts'
import { errorOf } from '../support/scene.ts'

describe('5.7 authenticated requests', () => {
  test('E-12: the token of a source is on the request, verbatim', async () => {
    const { fetch, url, sent } = await stage([ok])
    expect(await (await fetch(url)).json()).toEqual({ id: 'ada' })
    expect(await sent()).toEqual(['token 0'])
  })

  test('E-37: an expired token is refreshed first, and the request carries the new one', async () => {
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

  test('R40: a 401 leads to one refresh and one replay', async () => {
    const { fetch, url, sent, tokenRequests } = await stage([unauthorized, ok])
    expect(await (await fetch(url)).json()).toEqual({ id: 'ada' })
    expect(await sent()).toEqual(['token 0', 'token 1'])
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('R40: an API that keeps responding with 401 gets two requests, and its response comes back', async () => {
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
  ])('5.6: a 401 with %s is handled alike: nothing is decided by prose', async (_, reply) => {
    const { fetch, url, sent } = await stage([reply, ok])
    expect((await fetch(url)).status).toBe(200)
    expect(await sent()).toEqual(['token 0', 'token 1'])
  })

  test('five parallel calls with an expired token make one refresh', async () => {
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
