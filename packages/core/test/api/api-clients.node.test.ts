import { authorizedFetch, type GrantError } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { AxiosError, create } from 'axios'
import createClient from 'openapi-fetch'
import { describe, expect, test } from 'vitest'
import { apiStage } from '../support/api-stage.ts'
import { errorOf } from '../support/scene.ts'

// Clients that take a fetch. Both of these pass it a Request.

const ok: Reply = { json: { id: 'ada' } }
const unauthorized: Reply = { status: 401, json: { error: { status: 401, message: 'The access token expired' } } }
const insufficient: Reply = {
  status: 403,
  headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="write"' },
}

interface Me {
  readonly id: string
}

/** What a generator makes of an OpenAPI document. */
interface Paths {
  '/v1/me': {
    get: { responses: { 200: { content: { 'application/json': Me } } } }
    put: {
      requestBody: { content: { 'application/json': { name: string } } }
      responses: { 200: { content: { 'application/json': Me } }; 401: { content: { 'application/json': object } } }
    }
  }
}

describe('openapi-fetch', () => {
  async function client(...replies: Reply[]) {
    const stage = await apiStage(replies)
    return { ...stage, client: createClient<Paths>({ baseUrl: stage.api.url, fetch: stage.fetch }) }
  }

  test('carries the token of a source', async () => {
    const { client: acme, sent, clock } = await client(ok)
    expect((await acme.GET('/v1/me')).data).toEqual({ id: 'ada' })
    await clock.advance(3_600_000)
    expect((await acme.GET('/v1/me')).data?.id).toBe('ada')
    expect(await sent()).toEqual(['token-0', 'token-1'])
  })

  test('recovers from a 401, with its JSON body', async () => {
    const { client: acme, requests, sent } = await client(unauthorized, ok)
    expect((await acme.PUT('/v1/me', { body: { name: 'Ada' } })).data).toEqual({ id: 'ada' })
    expect(await sent()).toEqual(['token-0', 'token-1'])
    expect((await requests()).map(({ method, body, headers }) => [method, body, headers['content-type']])).toEqual(
      Array.from({ length: 2 }, () => ['PUT', '{"name":"Ada"}', 'application/json']),
    )
  })

  test('hands out a 401 that stays', async () => {
    const { client: acme } = await client(unauthorized)
    const { error, response } = await acme.PUT('/v1/me', { body: { name: 'Ada' } })
    expect(response.status).toBe(401)
    expect(error).toEqual(unauthorized.json)
  })

  test('rejects with a GrantError where only a login helps', async () => {
    const { client: acme } = await client(insufficient)
    expect(await errorOf(acme.GET('/v1/me'))).toMatchObject({
      code: 'scope_insufficient',
      required: { scope: ['read', 'write'] },
    })
  })

  test('A17: its middleware never sees the token', async () => {
    const { client: acme } = await client(ok)
    const seen: string[] = []
    acme.use({ onRequest: ({ request }) => void seen.push(JSON.stringify([...request.headers])) })
    await acme.GET('/v1/me')
    expect(seen.join('')).not.toContain('canary')
    expect(seen).toHaveLength(1)
  })
})

describe('axios, by its fetch adapter', () => {
  async function client(...replies: Reply[]) {
    const stage = await apiStage(replies)
    const acme = create({ baseURL: `${stage.api.url}/v1/`, adapter: 'fetch', env: { fetch: stage.fetch } })
    return { ...stage, client: acme }
  }

  test('carries the token of a source', async () => {
    const { client: acme, sent, clock } = await client(ok)
    expect((await acme.get<Me>('me')).data).toEqual({ id: 'ada' })
    await clock.advance(3_600_000)
    expect((await acme.get<Me>('me')).data.id).toBe('ada')
    expect(await sent()).toEqual(['token-0', 'token-1'])
  })

  test.each<[string, unknown, string]>([
    ['its JSON body', { name: 'Ada' }, '{"name":"Ada"}'],
    ['its form', new URLSearchParams({ name: 'Ada' }), 'name=Ada'],
  ])('recovers from a 401, with %s', async (_, data, body) => {
    const { client: acme, requests, sent } = await client(unauthorized, ok)
    expect((await acme.put<Me>('me', data)).data).toEqual({ id: 'ada' })
    expect(await sent()).toEqual(['token-0', 'token-1'])
    expect((await requests()).map((request) => request.body)).toEqual([body, body])
  })

  test('rejects a 401 that stays in its own way, without the token', async () => {
    const { client: acme, tokens } = await client(unauthorized)
    const error = await acme.get('me').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ response: { status: 401, data: unauthorized.json } })
    expect(JSON.stringify(error)).not.toContain((await tokens.token()).accessToken)
  })

  test('rejects with the GrantError as its cause, and its code as its own', async () => {
    const { client: acme } = await client(insufficient)
    const error = (await acme.get('me').catch((thrown: unknown) => thrown)) as AxiosError
    expect(error).toBeInstanceOf(AxiosError)
    expect(error.code).toBe('scope_insufficient')
    expect((error.cause as unknown as GrantError).required).toEqual({ scope: ['read', 'write'] })
  })

  test('goes nowhere else with it', async () => {
    const { client: acme } = await client(ok)
    const error = (await acme.get('https://evil.example/').catch((thrown: unknown) => thrown)) as AxiosError
    expect(error.code).toBe('origin_not_allowed')
  })

  test('A17: its interceptors never see the token', async () => {
    const { client: acme } = await client(ok)
    const seen: string[] = []
    acme.interceptors.request.use((config) => (seen.push(JSON.stringify(config.headers)), config))
    acme.interceptors.response.use((response) => (seen.push(JSON.stringify(response.config.headers)), response))
    await acme.get('me')
    expect(seen.join('')).not.toContain('canary')
    expect(seen).toHaveLength(2)
  })

  test('bytes are a stream in a Request: the 401 comes back, and an event says why', async () => {
    const { client: acme, events } = await client(unauthorized, ok)
    const upload = acme.put('me', new Uint8Array(9), { headers: { 'content-type': 'application/octet-stream' } })
    await expect(upload).rejects.toMatchObject({ response: { status: 401 } })
    expect(events).toMatchObject([{ type: 'not_replayed' }])
  })
})

test('a fetch for axios is one for ky and for itself', async () => {
  const { tokens, url, fetch, sent } = await apiStage([ok])
  const { default: ky } = await import('ky')
  await ky.get(url, { fetch }).json()
  await authorizedFetch(tokens)(url)
  expect(await sent()).toEqual(['token-0', 'token-0'])
})
