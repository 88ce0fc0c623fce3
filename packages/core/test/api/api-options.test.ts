import { authorizedFetch, ClientCredentials, Provider, Token } from '@grantkit/core'
import { apiClient, type ApiClientOptions } from '@grantkit/core/ky'
import { describe, expect, test } from 'vitest'
import { ok } from '../support/api-replies.ts'
import { apiStage, tokenAnswer } from '../support/api-stage.ts'
import { confidential, errorOf, goodToken, scene } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'

const origins = ['https://api.acme.example']
const token = Token.from({ accessToken: 'canary-token' })

describe('minValid: how long a token has to be valid when a call begins', () => {
  type Call = (stage: Awaited<ReturnType<typeof apiStage>>, minValid?: number) => Promise<unknown>

  test.each<[string, Call]>([
    ['authorizedFetch', ({ tokens, url }, minValid) => authorizedFetch(tokens, { minValid })(url)],
    ['apiClient', ({ tokens, url }, minValid) => apiClient(tokens, { minValid }).get(url).json()],
  ])('%s refreshes a token first that has less', async (_, call) => {
    const stage = await apiStage([ok])
    await stage.clock.advance(3_400_000) // 200 seconds are left
    await call(stage)
    await call(stage, 199)
    await call(stage, 300)
    expect(await stage.sent()).toEqual(['token-0', 'token-0', 'token-1'])
    expect(await stage.refreshes()).toBe(1)
  })

  test('the attempt after a 401, and the one after a pause, keep to it', async () => {
    const { tokens, clock, url, sent } = await apiStage([{ status: 503, headers: { 'retry-after': '50' } }, ok])
    await clock.advance(3_260_000) // 340 seconds are left, and 290 after the pause
    const pending = authorizedFetch(tokens, { minValid: 300, retry: {} })(url)
    await expect.poll(() => clock.waiting).toBe(1)
    await clock.advance(55_000)
    expect((await pending).status).toBe(200)
    expect(await sent()).toEqual(['token-0', 'token-1'])
  })
})

describe('the fetch of a provider', () => {
  async function proxied() {
    const api = await faultServer()
    await api.reply('/v1/me', ok)
    const { provider: make } = await scene(tokenAnswer(1))
    const seen: string[] = []
    const through =
      (name: string): typeof fetch =>
      (input, init) => {
        seen.push(`${name} ${new URL(String(input)).pathname}`)
        return globalThis.fetch(input, init)
      }
    const provider = make(confidential, { apiOrigins: [api.url] }, { fetch: through('proxy') })
    return { tokens: provider.tokenSource({ grant: ClientCredentials }), url: `${api.url}/v1/me`, seen, through }
  }

  test('carries its API calls, too: those of authorizedFetch and of apiClient', async () => {
    const { tokens, url, seen } = await proxied()
    await authorizedFetch(tokens)(url)
    await apiClient(tokens).get(url).json()
    expect(seen).toEqual(['proxy /token', 'proxy /v1/me', 'proxy /v1/me'])
  })

  test('does not where another one is given, which carries nothing else', async () => {
    const { tokens, url, seen, through } = await proxied()
    await authorizedFetch(tokens, { fetch: through('other') })(url)
    await apiClient(tokens, { fetch: through('other') })
      .get(url)
      .json()
    expect(seen).toEqual(['proxy /token', 'other /v1/me', 'other /v1/me'])
  })
})

describe('a slip of the hand says what to write', () => {
  test.each<[object, string]>([
    [{ origin: origins }, '"origins"'],
    [{ minvalid: 300 }, '"minValid"'],
    [{ scopes: ['read'] }, '"scope"'],
    [{ timeout: 5 }, 'origins, fetch, retry, scope, resource, minValid'],
    [{ retry: { longestwait: 5 } }, '"longestWait"'],
    [{ retry: { tries: 5 } }, 'limit, longestWait, statuses'],
    [{ retry: true }, '{ limit: 2, longestWait: 60 }'],
    [{ retry: { limit: -1 } }, 'retry.limit'],
    [{ retry: { longestWait: Number.NaN } }, 'retry.longestWait'],
    [{ retry: { statuses: 503 } }, '[429, 503]'],
    [{ minValid: '300s' }, '300'],
    [{ minValid: -1 }, '300'],
    [{ origins: 'https://api.acme.example' }, '['],
    [{ scope: 'read write' }, "['read', 'write']"],
    [{ fetch: 'fetch' }, 'function'],
  ])('authorizedFetch: %o', async (options, advice) => {
    const error = await errorOf(() => authorizedFetch(token, { origins, ...options }))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })

  test.each<[object, string]>([
    [{ origin: origins }, '"origins"'],
    [{ minvalid: 300 }, '"minValid"'],
    [{ min_valid: 300 }, '"minValid"'],
    [{ scopes: ['read'] }, '"scope"'],
    [{ resources: [] }, '"resource"'],
    [{ longestwait: 5 }, '"longestWait"'],
    [{ longestWait: '5 s' }, '60'],
  ])('apiClient: %o', async (options, advice) => {
    const error = await errorOf(() => apiClient(token, { origins, ...options }))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })

  test('every option of ky and of fetch is none', () => {
    const ofKy =
      'json parseJson stringifyJson searchParams baseUrl prefix retry timeout totalTimeout hooks throwHttpErrors ' +
      'onDownloadProgress onUploadProgress fetch context'
    const ofFetch =
      'method headers body mode credentials cache redirect referrer referrerPolicy integrity keepalive signal window ' +
      'duplex priority dispatcher next cf tls proxy agent client'
    for (const name of `${ofKy} ${ofFetch}`.split(' '))
      expect(() => apiClient(token, { origins, [name]: undefined })).not.toThrow()
  })
})

test('a token alone goes where the prefix of a client points, as with its base URL', async () => {
  const server = await faultServer()
  await server.reply('/v1/me', ok)
  expect(
    await apiClient(token, { prefix: `${server.url}/v1` })
      .get('me')
      .json(),
  ).toEqual({ id: 'ada' })
  expect((await errorOf(() => apiClient(token))).code).toBe('config_invalid')
})

describe('httpHosts: where plain http is allowed besides loopback', () => {
  const origin = 'http://api.internal:8080'
  const metadata = { token_endpoint: 'https://id.acme.example/token' }
  const make = (httpHosts?: readonly string[], apiOrigins?: readonly string[]) => {
    const seen: string[] = []
    const carry: typeof fetch = async (input) => {
      seen.push(String(input))
      return Response.json(goodToken)
    }
    const definition = { name: 'acme', metadata, ...(apiOrigins && { apiOrigins }) }
    const provider = new Provider(definition, confidential, { fetch: carry, ...(httpHosts && { httpHosts }) })
    return { tokens: provider.tokenSource({ token }), seen }
  }

  test.each<[string, Pick<ApiClientOptions, 'origins'>, readonly string[] | undefined]>([
    ['of a definition', {}, [origin]],
    ['of a call', { origins: [origin] }, undefined],
  ])('holds for the API origins %s', async (_, options, apiOrigins) => {
    const { tokens, seen } = make(['api.internal:8080'], apiOrigins)
    expect((await authorizedFetch(tokens, options)(`${origin}/v1/me`)).status).toBe(200)
    expect((await apiClient(tokens, options).get(`${origin}/v1/me`)).status).toBe(200)
    expect(seen).toEqual([`${origin}/v1/me`, `${origin}/v1/me`])
  })

  test('holds for that provider alone, and for that port', async () => {
    make(['api.internal:8080'], [origin])
    for (const httpHosts of [undefined, ['api.internal:8081']]) {
      expect((await errorOf(() => make(httpHosts, [origin]))).code).toBe('insecure_url')
      const { tokens } = make(httpHosts)
      expect((await errorOf(() => authorizedFetch(tokens, { origins: [origin] }))).code).toBe('insecure_url')
    }
    expect((await errorOf(() => authorizedFetch(token, { origins: [origin] }))).code).toBe('insecure_url')
  })
})
