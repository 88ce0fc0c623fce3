import { Token } from '@grantkit/core'
import { apiClient } from '@grantkit/core/ky'
import { describe, expect, test } from 'vitest'
import { ok, unauthorized } from '../support/api-replies.ts'
import { stage } from '../support/call-stage.ts'
import { errorOf } from '../support/scene.ts'

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
