import { authorizedFetch, memoryStore, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { ok, unauthorized } from '../support/api-replies.ts'
import { apiStage } from '../support/api-stage.ts'
import { errorOf } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'

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
    const { fetch, url, api } = await apiStage([unauthorized, { redirect: '/v1/other' }])
    await api.reply('/v1/other', ok)
    expect((await fetch(`${url}?limit=1`)).status).toBe(200)
    const urls = (await api.requests()).map((request) => request.url)
    expect(urls.length).toBeGreaterThanOrEqual(3) // a browser shows no redirect, so it takes one request more
    expect([...new Set(urls)]).toEqual(['/v1/me?limit=1', '/v1/other'].map((path) => api.url + path))
  })
})
