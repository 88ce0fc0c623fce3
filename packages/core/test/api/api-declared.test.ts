import { authorizedFetch, type ProviderDefinition, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { apiStage, type ApiStageOptions } from '../support/api-stage.ts'
import { errorOf, scene } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'

const ok = { json: { id: 'ada' } }
const callWith = async (api: ProviderDefinition['api'], init?: RequestInit, options: ApiStageOptions = {}) => {
  const stage = await apiStage([ok], { api, ...options })
  await stage.fetch(stage.url, init)
  const [request] = await stage.requests()
  return { ...stage, headers: request?.headers ?? {} }
}

describe('a call is presented as the definition declares', () => {
  test('#54: in a header of its own, and in no other', async () => {
    const { headers } = await callWith({ token: { header: 'X-Acme-Access-Token' } })
    expect([headers['x-acme-access-token'], headers['authorization']]).toEqual(['canary-token-0', undefined])
  })

  test('#54: under another scheme', async () => {
    const { headers } = await callWith({ token: { scheme: 'Acme-oauthtoken' } })
    expect(headers['authorization']).toBe('Acme-oauthtoken canary-token-0')
  })

  test('#53: with the headers that every request needs, which the caller may set otherwise, and the token', async () => {
    const api = { headers: { 'Acme-Version': '1', 'Client-Id': '{client_id}' }, token: { header: 'X-Token' } }
    const { headers } = await callWith(api, { headers: { 'acme-version': '2', 'x-token': 'mine' } })
    expect([headers['acme-version'], headers['client-id'], headers['x-token']]).toEqual(['2', 'cid', 'canary-token-0'])
  })

  test('A63: no redirect to another origin carries a header of the provider’s own', async () => {
    const elsewhere = await faultServer()
    await elsewhere.reply('/taken', ok)
    const { fetch, url, api } = await apiStage([{ redirect: `${elsewhere.url}/taken` }], {
      api: { token: { header: 'X-Acme-Access-Token' }, headers: { 'acme-version': '1' } },
    })
    const inPage = 'document' in globalThis // where nobody sees the redirect before the browser has followed it
    if (inPage) await expect(fetch(url)).rejects.toThrow(TypeError)
    else expect(await (await fetch(url)).json()).toEqual({ id: 'ada' })
    const requests = await elsewhere.requests()
    expect(requests.flatMap(({ headers }) => Object.keys(headers)).filter((name) => name.includes('acme'))).toEqual([])
    expect(JSON.stringify(requests)).not.toContain('canary')
    expect(requests).toHaveLength(inPage ? 0 : 1)
    expect(await api.requests()).toHaveLength(1)
  })
})

describe('an API on every host below a domain', () => {
  const sourceOf = async (carry: typeof fetch) => {
    const { provider: make } = await scene()
    const provider = make({ clientId: 'cid' }, { apiOrigins: ['https://*.acme.example'] }, { fetch: carry })
    return authorizedFetch(provider.tokenSource({ token: Token.from({ accessToken: 'canary-token' }) }))
  }

  test('is called there, along redirects as well, and the token goes nowhere else', async () => {
    const seen: [url: string, hasToken: boolean][] = []
    const ways = ['https://b.c.acme.example/2', 'https://acme.example.evil.example/3']
    const fetch = await sourceOf(async (input, init) => {
      seen.push([String(input), new Headers(init?.headers).has('authorization')])
      const location = ways.shift()
      return location === undefined ? Response.json({}) : new Response(null, { status: 302, headers: { location } })
    })
    expect((await fetch('https://a.acme.example/1')).status).toBe(200)
    expect(seen).toEqual([
      ['https://a.acme.example/1', true],
      ['https://b.c.acme.example/2', true],
      ['https://acme.example.evil.example/3', false],
    ])
    for (const url of ['https://acme.example/', 'http://a.acme.example/', 'https://a.acme.example.evil.example/'])
      expect((await errorOf(fetch(url))).code).toBe('origin_not_allowed')
  })
})

describe('#49: an API whose origin comes with the token', () => {
  const origin = { member: 'instance_url', domains: ['127.0.0.1'] }
  const sourceAt = async (instance: string, options: object = {}) => {
    const { provider: make } = await scene()
    const provider = make({ clientId: 'cid' }, { api: { origin } })
    const token = Token.from({ accessToken: 'canary-token', extra: { instance_url: instance } })
    return authorizedFetch(provider.tokenSource({ token }), options)
  }

  test('is called there, and nowhere else', async () => {
    const server = await faultServer()
    await server.reply('/v1/me', ok)
    const fetch = await sourceAt(server.url)
    expect(await (await fetch(`${server.url}/v1/me`)).json()).toEqual({ id: 'ada' })
    expect((await errorOf(() => fetch('https://other.example/v1/me'))).code).toBe('origin_not_allowed')
    const [request] = await server.requests()
    expect(request?.headers['authorization']).toBe('Bearer canary-token')
  })

  test('is not called where the definition does not know the domain', async () => {
    const fetch = await sourceAt('https://evil.example')
    const error = await errorOf(() => fetch('https://evil.example/v1/me'))
    expect(error.message).toContain('the token is not sent to https://evil.example: it is for no known origin')
  })

  test('is not called either where the caller lists other origins', async () => {
    const server = await faultServer()
    const fetch = await sourceAt(server.url, { origins: ['https://api.acme.example'] })
    expect((await errorOf(() => fetch(`${server.url}/v1/me`))).code).toBe('origin_not_allowed')
    expect(await server.requests()).toEqual([])
  })
})

describe('#63: a limit that is told in the provider’s own headers', () => {
  const api: ProviderDefinition['api'] = {
    rateLimit: { reset: 'x-reset', format: 'epoch_seconds', remaining: 'x-remaining', statuses: [403] },
  }
  const limited = (end: number) => ({ status: 403, headers: { 'x-remaining': '0', 'x-reset': String(end) } })

  test('rejects with rate_limited where it ends too late', async () => {
    const stage = await apiStage([limited(1e10)], { api, retry: {} })
    const error = await errorOf(() => stage.fetch(stage.url))
    expect([error.code, error.status]).toEqual(['rate_limited', 403])
    expect(error.retryAfter).toBe(Math.ceil(1e10 - stage.clock.now() / 1000))
  })

  test('is waited for where the caller wants that', async () => {
    const asked: (number | undefined)[] = []
    const stage = await apiStage([limited(1), ok], {
      api,
      retry: ({ rateLimited, retryAfter }) => (asked.push(retryAfter), rateLimited ? 0 : undefined),
    })
    const call = stage.fetch(stage.url)
    await expect.poll(() => stage.clock.waiting).toBe(1)
    await stage.clock.advance(0)
    expect((await call).status).toBe(200)
    expect(asked).toEqual([0])
  })

  test('is not seen in a 403 that is none', async () => {
    const stage = await apiStage([{ status: 403, headers: { 'x-remaining': '7', 'x-reset': '1' } }], { api, retry: {} })
    expect((await stage.fetch(stage.url)).status).toBe(403)
    expect(await stage.requests()).toHaveLength(1)
  })
})
