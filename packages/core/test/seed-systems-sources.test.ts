import { authorizedFetch, Grant, memoryStore, Provider, Refresh, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { ok } from './support/api-replies.ts'
import { apiStage, tokenAnswer } from './support/api-stage.ts'
import { errorOf, publicClient, scene } from './support/scene.ts'

// What sessions, authenticated clients and token swaps of the systems before this one could do, row by row.

describe('a session that goes on', () => {
  test('E-37: from an existing refresh token alone, the first API call refreshes, and its user stays logged in', async () => {
    const { api, url, provider, sent, refreshes } = await apiStage([ok])
    const store = memoryStore()
    const options = { refreshToken: 'canary-from-elsewhere', store, key: 'user:43' }
    const call = authorizedFetch(provider.tokenSource(options), { origins: [api.url] })
    expect((await call(url)).status).toBe(200)
    await call(url)
    expect([await sent(), await refreshes()]).toEqual([['token-1', 'token-1'], 1])
    const later = provider.tokenSource({ store, key: 'user:43' })
    expect((await later.token()).refreshToken).toBe('canary-refresh-1')
  })

  test('AR-1: a token with less than the threshold of 300 seconds is refreshed before the call', async () => {
    const { tokens, url, clock, sent } = await apiStage([ok])
    const call = authorizedFetch(tokens, { minValid: 300 })
    await clock.advance(3_299_000)
    await call(url)
    await clock.advance(2_000)
    await call(url)
    expect(await sent()).toEqual(['token-0', 'token-1'])
  })
})

describe('an authenticated client', () => {
  test('OC-8: decorates a fetch of the user’s own, adds the token to every request, and to no other host', async () => {
    const { api, url, sent } = await apiStage([ok])
    const seen: string[] = []
    const own: typeof fetch = (input, init) => {
      seen.push(new URL(String(input)).pathname)
      return fetch(input, init)
    }
    const token = Token.from({ accessToken: 'canary-token-7' })
    const call = authorizedFetch(token, { origins: [api.url], fetch: own })
    await call(url)
    await call(url)
    expect([await sent(), seen]).toEqual([
      ['token-7', 'token-7'],
      ['/v1/me', '/v1/me'],
    ])
    expect((await errorOf(call('https://elsewhere.example/'))).code).toBe('origin_not_allowed')
  })
})

describe('a token swap through a server of one’s own', () => {
  /** A backend that has the secret, and takes nothing but a code. */
  class TokenSwap extends Grant {
    static readonly grantType = 'authorization_code'
    requestToken(code: string): Promise<Token> {
      return this.tokenRequest({ code })
    }
  }

  test('E-62: a custom grant sends the code, and a declared deviation takes what comes back', async () => {
    const swapped = { access_token: 'canary-swapped', expires_in: '3600', refresh_token: 'canary-refresh-0' }
    const { server, tokenRequests } = await scene({ json: swapped }, tokenAnswer(1))
    const backend = new Provider(
      { name: 'backend', metadata: { token_endpoint: `${server.url}/token` }, tokenResponse: { tokenType: 'Bearer' } },
      publicClient,
    )
    const token = await backend.grant(TokenSwap).requestToken('canary-code')
    expect(token).toMatchObject({ accessToken: 'canary-swapped', tokenType: 'Bearer', scope: [] })
    expect(token.isExpired(3_500)).toBe(false)
    expect((await backend.grant(Refresh).requestToken(token)).accessToken).toBe('canary-token-1')
    expect((await tokenRequests()).map(({ form }) => form?.['code'] ?? form?.['refresh_token'])).toEqual([
      'canary-code',
      'canary-refresh-0',
    ])
  })
})
