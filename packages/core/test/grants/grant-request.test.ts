import { Grant, type GrantPort, type RequestValues, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { testClock } from '../support/clock.ts'
import { clientSecret, errorOf, eventLog, publicClient, scene } from '../support/scene.ts'

/** A grant that asks more than the token endpoint. */
class Asking extends Grant {
  static readonly grantType = 'urn:example:asking'

  ask(endpoint: string, parameters: RequestValues = {}, options?: { readonly signal?: AbortSignal }) {
    return this.request(endpoint, parameters, options)
  }

  requestToken(): Promise<Token> {
    return this.tokenRequest({})
  }
}

const answered = { device_code: 'canary-device-code', user_code: 'WDJB-MJHT', interval: 5 }

/** A provider with another endpoint, which gives these replies. */
async function stage(...replies: readonly Reply[]) {
  const { server, provider: define } = await scene()
  const endpoint = `${server.url}/device`
  await server.reply('/device', ...(replies.length > 0 ? replies : [{ json: answered }]))
  const metadata = {
    device_authorization_endpoint: `${endpoint}?tenant=1`,
    pushed_authorization_request_endpoint: endpoint,
  }
  const provider: typeof define = (client, definition = {}, options = {}) =>
    define(client, { ...definition, metadata: { ...metadata, ...definition.metadata } as never }, options)
  const grant = provider().grant(Asking)
  return {
    server,
    provider,
    grant,
    requests: async () => (await server.requests()).filter(({ path }) => path === '/device'),
  }
}

describe('a request of a grant to an endpoint of the metadata', () => {
  test('is an authenticated POST, and resolves to the JSON object of the response', async () => {
    const { grant, requests } = await stage()
    const response = await grant.ask('device_authorization_endpoint', {
      scope: 'read',
      audience: ['a', 'b'],
      empty: '',
    })
    expect(response).toEqual(answered)
    const [request] = await requests()
    expect(request).toMatchObject({ method: 'POST' })
    expect(request?.url).toContain('?tenant=1')
    expect(request?.headers['authorization']).toBe(`Basic ${btoa(`cid:${clientSecret}`)}`)
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(new URLSearchParams(request?.body).getAll('audience')).toEqual(['a', 'b'])
    expect(request?.form).toMatchObject({ scope: 'read' })
    expect(request?.form).not.toHaveProperty('empty')
    expect(request?.form).not.toHaveProperty('grant_type')
  })

  test('of a public client has its client_id', async () => {
    const { provider, requests } = await stage()
    await provider(publicClient).grant(Asking).ask('device_authorization_endpoint')
    expect((await requests())[0]?.form).toEqual({ client_id: 'cid' })
  })

  test('may have a response with 201, as pushed requests have', async () => {
    const { grant } = await stage({ status: 201, json: { request_uri: 'urn:x' } })
    expect(await grant.ask('pushed_authorization_request_endpoint')).toEqual({ request_uri: 'urn:x' })
  })

  test('is an event that names the endpoint and no secret', async () => {
    const { provider } = await stage()
    const { events, onEvent } = eventLog()
    await provider(undefined, {}, { onEvent }).grant(Asking).ask('device_authorization_endpoint', { code: 'canary' })
    expect(events).toMatchObject([{ type: 'request', method: 'POST', status: 200 }])
  })

  test('brings no prototype along', async () => {
    const { grant } = await stage({
      text: '{"a":{"__proto__":{"isAdmin":true}}}',
      headers: { 'content-type': 'application/json' },
    })
    const response = await grant.ask('device_authorization_endpoint')
    expect((response['a'] as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })
})

describe('an endpoint is named, never written as a URL', () => {
  test.each([
    ['https://evil.example/token', 'by its name in the metadata'],
    ['http://127.0.0.1/device_authorization_endpoint', 'by its name in the metadata'],
    ['jwks_uri', 'by its name in the metadata'],
    ['issuer', 'by its name in the metadata'],
    ['', 'by its name in the metadata'],
    [undefined, 'by its name in the metadata'],
    ['introspection_endpoint', 'acme has no introspection_endpoint in its metadata: add it'],
    ['__proto___endpoint', 'acme has no __proto___endpoint in its metadata'],
    ['token_endpoint', 'use this.tokenRequest(parameters)'],
    ['authorization_endpoint', 'use this.port.authorizationUrl(parameters)'],
  ])('%j says what to write', async (endpoint, advice) => {
    const { grant, server } = await stage()
    const error = await errorOf(grant.ask(endpoint as string, { secret: 'canary' }))
    expect(error).toMatchObject({ code: 'config_invalid', action: 'fix_configuration' })
    expect(error.message).toContain(advice)
    expect(await server.requests()).toHaveLength(0)
  })

  test('an option that does not exist says what to write', async () => {
    const { grant } = await stage()
    const error = await errorOf(grant.ask('device_authorization_endpoint', {}, { abort: 1 } as object))
    expect(error).toMatchObject({ code: 'config_invalid' })
    expect(error.message).toContain('signal')
  })
})

describe('what goes wrong is a GrantError', () => {
  const deep = '['.repeat(100) + ']'.repeat(100)

  test.each<[string, Reply, string, string]>([
    ['an OAuth error', { status: 400, json: { error: 'invalid_scope' } }, 'token_error', 'fix_configuration'],
    ['a refused client', { status: 401, json: { error: 'invalid_client' } }, 'token_error', 'fix_configuration'],
    ['a status of 503', { status: 503 }, 'token_error', 'retry'],
    ['too many requests', { status: 429 }, 'rate_limited', 'retry'],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example/' } }, 'redirect_refused', 'report'],
    ['a page', { text: '<html>' }, 'token_response_invalid', 'report'],
    ['an array', { text: '[]' }, 'token_response_invalid', 'report'],
    ['nothing', { status: 204 }, 'token_response_invalid', 'report'],
    ['something endless', { text: `{"a":${deep}}` }, 'token_response_invalid', 'report'],
    ['a broken connection', { reset: true }, 'network_error', 'retry'],
  ])('%s', async (_, reply, code, action) => {
    const { grant } = await stage(reply)
    const error = await errorOf(grant.ask('device_authorization_endpoint', { secret: 'canary' }))
    expect(error).toMatchObject({ code, action })
    expect(error.message).toMatch(/acme/)
  })

  test('an abort, by the signal', async () => {
    const { grant, requests } = await stage()
    const signal = AbortSignal.abort()
    expect((await errorOf(grant.ask('device_authorization_endpoint', {}, { signal }))).code).toBe('aborted')
    expect(await requests()).toHaveLength(0)
  })

  test('a port that cannot do it, in a unit test', async () => {
    const port: GrantPort = {
      provider: { name: 'acme', metadata: { token_endpoint: 'https://id.acme.example/token' } },
      client: { clientId: 'cid', redirectUris: [], confidential: true },
      clock: testClock(),
      authorizationUrl: () => new URL('https://id.acme.example/authorize'),
      requestToken: async () => Token.from({ accessToken: 'a' }),
    }
    expect((await errorOf(new Asking(port).ask('device_authorization_endpoint'))).message).toContain('has no request()')
    const asked: unknown[] = []
    const request: GrantPort['request'] = async (...input) => {
      asked.push(input)
      return { a: 1 }
    }
    expect(await new Asking({ ...port, request }).ask('x_endpoint', { b: 'c' })).toEqual({ a: 1 })
    expect(asked).toEqual([['x_endpoint', { b: 'c' }, {}]])
  })
})
