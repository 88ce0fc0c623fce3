import { authorizedFetch, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { errorOf } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'
import { vectorsOf } from '../support/vectors.ts'

const token = Token.from({ accessToken: 'mF_9.B5f-4.1JqM' })

async function api() {
  const server = await faultServer()
  await server.reply('/v1/me', { json: { id: 'ada' } })
  return { server, fetch: authorizedFetch(token, { origins: [server.url] }) }
}

describe('authorizedFetch', () => {
  test.each(vectorsOf('bearer header'))('$name', async ({ input, expected }) => {
    const { server } = await api()
    await authorizedFetch(Token.from({ accessToken: String(input['access_token']) }), { origins: [server.url] })(
      `${server.url}/v1/me`,
    )
    const [request] = await server.requests()
    expect(`Authorization: ${request?.headers['authorization']}`).toBe(expected)
  })

  test('takes what fetch takes: a string, a URL, a Request', async () => {
    const { server, fetch } = await api()
    const url = `${server.url}/v1/me`
    for (const input of [url, new URL(url), new Request(url)])
      expect(await (await fetch(input)).json()).toEqual({ id: 'ada' })
    const requests = await server.requests()
    expect(requests.map(({ headers }) => headers['authorization'])).toEqual(Array(3).fill('Bearer mF_9.B5f-4.1JqM'))
  })

  test('passes method, body and headers on, and changes nothing that it was given', async () => {
    const { server, fetch } = await api()
    const init = { method: 'PUT', body: 'hello', headers: { 'x-mine': '1' } }
    await fetch(`${server.url}/v1/me`, init)
    await fetch(new Request(`${server.url}/v1/me`, init))
    expect(init).toEqual({ method: 'PUT', body: 'hello', headers: { 'x-mine': '1' } })
    for (const request of await server.requests())
      expect(request).toMatchObject({ method: 'PUT', body: 'hello', headers: { 'x-mine': '1' } })
  })

  test.each([
    (own: string) => `https://evil.example/?u=${own}`,
    (own: string) => `https://evil.example/${own}`,
    (own: string) => own.replace('http:', 'https:'),
    (own: string) => own.replace('127.0.0.1', '127.0.0.2'),
    (own: string) => own.replace(/:\d+$/, '.evil.example'),
    (own: string) => own.replace('127.0.0.1', '127.0.0.1@evil.example'),
    (own: string) => own.replace(/\d+$/, '1'),
    () => 'data:text/plain,x',
  ])('A63: the token goes nowhere else: %s', async (elsewhere) => {
    const { server } = await api()
    const sent: unknown[] = []
    const fetch = authorizedFetch(token, {
      origins: [server.url],
      fetch: async (input) => {
        sent.push(input)
        return new Response()
      },
    })
    const error = await errorOf(fetch(elsewhere(server.url)))
    expect(error).toMatchObject({ code: 'origin_not_allowed', action: 'fix_configuration' })
    expect(sent).toEqual([])
  })

  test.each([
    [{ origins: [] }, 'origins:'],
    [undefined, 'origins:'],
    [{ origins: ['https://api.acme.example/v1'] }, '"https://api.acme.example"'],
    [{ origins: ['https://api.acme.example/'] }, '"https://api.acme.example"'],
    [{ origins: ['acme'] }, 'origin'],
    [{ origins: ['*'] }, 'origin'],
    [{ origins: ['https://*'] }, 'origin'],
    [{ origins: ['https://*.example'] }, '"https://*.api.example"'],
    [{ origins: ['https://a.*.example'] }, 'origin'],
    [{ origins: ['https://*.*.example'] }, 'origin'],
  ])('%j says what to write', async (options, advice) => {
    const error = await errorOf(() => authorizedFetch(token, options))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })

  test('an insecure origin is refused', async () => {
    expect((await errorOf(() => authorizedFetch(token, { origins: ['http://api.acme.example'] }))).code).toBe(
      'insecure_url',
    )
  })

  test('R35: a request with an Authorization of its own is refused', async () => {
    const { server, fetch } = await api()
    const error = await errorOf(fetch(`${server.url}/v1/me`, { headers: { authorization: 'Basic x' } }))
    expect(error.code).toBe('config_invalid')
    expect(await server.requests()).toHaveLength(0)
  })

  test('a token of another type is not presented as a Bearer token', async () => {
    const { server } = await api()
    const other = authorizedFetch(token.with({ tokenType: 'N_A' }), { origins: [server.url] })
    expect((await errorOf(other(`${server.url}/v1/me`))).code).toBe('token_type_unsupported')
    expect(await server.requests()).toHaveLength(0)
  })

  test('network failures and aborts reject as fetch does', async () => {
    const { server, fetch } = await api()
    await expect(fetch(`${server.url}/v1/me`, { signal: AbortSignal.abort() })).rejects.toThrow(DOMException)
    await server.close()
    await expect(fetch(`${server.url}/v1/me`)).rejects.toThrow(TypeError)
    await expect(fetch('/relative')).rejects.toThrow()
  })
})
