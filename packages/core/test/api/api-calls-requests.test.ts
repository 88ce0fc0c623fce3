import { authorizedFetch } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { ok, unauthorized } from '../support/api-replies.ts'
import { stage } from '../support/call-stage.ts'
import { errorOf } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'

describe('bodies', () => {
  test.each<[string, () => RequestInit]>([
    ['a string', () => ({ body: 'hello' })],
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
    expect(events).toMatchObject([{ type: 'not_replayed', provider: 'acme', key: 'user:42' }])
    expect((await tokens.token()).accessToken).toBe('access-token-1')
  })

  test('a response is streamed as it comes, and never buffered', async () => {
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
