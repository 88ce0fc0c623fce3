import { Provider } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { confidential, clientSecret, errorOf, publicClient } from '../support/scene.ts'
import { accepted, parametersOf, requestStage } from '../support/request-stage.ts'

const required = { metadata: { require_pushed_authorization_requests: true } }

describe('an authorization request that is pushed', () => {
  test('R135: is an authenticated form, as at the token endpoint', async () => {
    const { login, pushed } = await requestStage()
    const options = { scope: ['read'], resource: ['https://a.example', 'https://b.example'], pushed: true }
    const { transaction } = await login().authorize(options)
    const [request] = await pushed()
    expect(request?.method).toBe('POST')
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(request?.headers['authorization']).toBe(`Basic ${btoa(`cid:${clientSecret}`)}`)
    expect(request?.form).toMatchObject({ response_type: 'code', client_id: 'cid', scope: 'read' })
    expect(request?.form).toMatchObject({ state: transaction.state, code_challenge_method: 'S256' })
    expect(request?.form).toMatchObject({ redirect_uri: transaction.redirectUri })
    expect(new URLSearchParams(request?.body).getAll('resource')).toEqual(options.resource)
  })

  test('of a public client has its client_id once', async () => {
    const { login, pushed } = await requestStage()
    await login({}, { clientSecret: undefined }).authorize({ pushed: true })
    const [request] = await pushed()
    expect(new URLSearchParams(request?.body).getAll('client_id')).toEqual(['cid'])
    expect(request?.headers).not.toHaveProperty('authorization')
  })

  test('R139, R257: leaves the client and the reference in the URL, and nothing else', async () => {
    const { login } = await requestStage()
    const { url } = await login().authorize({ scope: ['openid', 'read'], pushed: true })
    expect([...url.searchParams]).toEqual([
      ['client_id', 'cid'],
      ['request_uri', 'urn:example:request:1'],
    ])
  })

  test('keeps the query of the authorization endpoint', async () => {
    const { login, issuer } = await requestStage()
    const { url } = await login({ metadata: { authorization_endpoint: `${issuer}/a?tenant=1` } }).authorize({
      pushed: true,
    })
    expect([...url.searchParams.keys()]).toEqual(['tenant', 'client_id', 'request_uri'])
  })

  test('R138: is pushed anew by each login', async () => {
    const { login, pushed } = await requestStage()
    const grant = login()
    await grant.authorize({ pushed: true })
    await grant.authorize({ pushed: true })
    const states = (await pushed()).map(({ form }) => form?.['state'])
    expect(new Set(states).size).toBe(2)
  })

  test('R140: happens by itself where the metadata requires it', async () => {
    const { login, pushed } = await requestStage()
    const { url } = await login(required).authorize()
    expect(parametersOf(url)).toEqual({ client_id: 'cid', request_uri: 'urn:example:request:1' })
    expect(await pushed()).toHaveLength(1)
  })

  test('is finished like any other login', async () => {
    const { login, tokenRequests } = await requestStage()
    const grant = login(required)
    const { transaction } = await grant.authorize({ scope: ['read'] })
    const token = await grant.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
    expect(token.scope).toEqual(['read'])
    expect((await tokenRequests())[0]?.form).toMatchObject({ code_verifier: transaction.codeVerifier })
  })

  test('is written as the definition declares it, and so is the URL', async () => {
    const { login, pushed, events } = await requestStage()
    const definition = {
      scopeSeparator: ',',
      authorizationRequest: { renamed: { client_id: 'client_key' }, omitted: ['response_type'], fragment: 'top' },
      parameters: { authorization: { access_type: 'offline' } },
    }
    const { url } = await login(definition).authorize({ scope: ['read', 'write'], pushed: true })
    expect(parametersOf(url)).toEqual({ client_key: 'cid', request_uri: 'urn:example:request:1' })
    expect(url.hash).toBe('#top')
    const [request] = await pushed()
    expect(request?.form).toMatchObject({ client_key: 'cid', scope: 'read,write', access_type: 'offline' })
    expect(request?.form).not.toHaveProperty('response_type')
    expect(events.map(({ deviation }) => deviation)).toContain('authorizationRequest.renamed.client_id')
  })

  test('is aborted by the signal', async () => {
    const { login, pushed } = await requestStage()
    const error = await errorOf(login().authorize({ pushed: true, signal: AbortSignal.abort() }))
    expect(error.code).toBe('aborted')
    expect(await pushed()).toHaveLength(0)
    const controller = new AbortController()
    const { login: slow } = await requestStage({ par: { hang: 'headers' } })
    const pending = errorOf(slow().authorize({ pushed: true, signal: controller.signal }))
    controller.abort()
    expect((await pending).code).toBe('aborted')
  })
})

describe('pushing that cannot work is config_invalid, and nothing is sent', () => {
  test('R140: where the metadata requires it without an endpoint, the provider is refused', () => {
    const metadata = {
      authorization_endpoint: 'https://id.acme.example/a',
      token_endpoint: 'https://id.acme.example/token',
      ...required.metadata,
    }
    expect(() => new Provider({ name: 'acme', metadata }, confidential)).toThrow(
      expect.objectContaining({ code: 'metadata_invalid' }),
    )
  })

  test('without an endpoint', async () => {
    const { login } = await requestStage()
    const without = login({ metadata: { pushed_authorization_request_endpoint: undefined } })
    const error = await errorOf(without.authorize({ pushed: true }))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain('pushed_authorization_request_endpoint')
  })

  test('refused by the caller where the metadata requires it', async () => {
    const { login, pushed } = await requestStage()
    const error = await errorOf(login(required).authorize({ pushed: false }))
    expect(error).toMatchObject({ code: 'config_invalid' })
    expect(error.message).toContain('leave pushed out')
    expect(await pushed()).toHaveLength(0)
  })

  test('R136: with a request_uri of its own', async () => {
    const { login, pushed } = await requestStage()
    const parameters = { request_uri: 'urn:example:other' }
    expect((await errorOf(login().authorize({ pushed: true, parameters }))).code).toBe('config_invalid')
    expect(await pushed()).toHaveLength(0)
  })
})

describe('a response to a pushed request', () => {
  const reference = (request_uri: unknown): Reply => ({ status: 201, json: { request_uri, expires_in: 60 } })
  const lifetime = (expires_in: unknown): Reply => ({ status: 201, json: { request_uri: 'urn:x:1', expires_in } })

  test.each<[string, Reply]>([
    ['R137: with the status 200', { ...accepted, status: 200 }],
    ['with the status 202', { ...accepted, status: 202 }],
    ['without a body', { status: 201 }],
    ['that is a page', { status: 201, text: '<html>' }],
    ['that is an array', { status: 201, json: [accepted.json] }],
    ['without a request_uri', reference(undefined)],
    ['with a request_uri that is a number', reference(1)],
    ['with several', reference(['urn:x:1', 'urn:x:2'])],
    ['with an empty one', reference('')],
    ['with one that is not a URI', reference('1')],
    ['with white space in it', reference('urn:x: 1')],
    ['with a line break in it', reference('urn:x:1\r\nlocation: https://evil.example')],
    ['with one of 10 kB', reference(`urn:x:${'1'.repeat(10_000)}`)],
    ['without expires_in', lifetime(undefined)],
    ['with expires_in as a string', lifetime('60')],
    ['with expires_in of 0', lifetime(0)],
    ['with a negative expires_in', lifetime(-1)],
  ])('%s is token_response_invalid', async (_, reply) => {
    const { login } = await requestStage({ par: reply })
    const error = await errorOf(login().authorize({ pushed: true }))
    expect(error).toMatchObject({ code: 'token_response_invalid', action: 'report', provider: 'acme' })
    expect(error.message).toContain('/par')
  })

  test('A67: cannot add a parameter to the URL', async () => {
    const evil = 'urn:x:1&redirect_uri=https://evil.example#state=1'
    const { login } = await requestStage({ par: reference(evil) })
    const { url } = await login().authorize({ pushed: true })
    expect(parametersOf(url)).toEqual({ client_id: 'cid', request_uri: evil })
    expect(url.hash).toBe('')
  })

  test.each<[string, Reply, object]>([
    [
      'an invalid request',
      { status: 400, json: { error: 'invalid_request', error_description: 'no such redirect_uri' } },
      { code: 'token_error', action: 'report', oauth: { error: 'invalid_request' } },
    ],
    [
      'a refused client',
      { status: 401, json: { error: 'invalid_client' } },
      { code: 'token_error', action: 'fix_configuration' },
    ],
    ['a request that is too large', { status: 413 }, { code: 'token_error', status: 413, action: 'report' }],
    [
      'too many requests',
      { status: 429, headers: { 'retry-after': '7' } },
      { code: 'rate_limited', retryAfter: 7, action: 'retry' },
    ],
    ['a server that fails', { status: 503 }, { code: 'token_error', action: 'retry' }],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example/' } }, { code: 'redirect_refused' }],
    ['a broken connection', { reset: true }, { code: 'network_error', action: 'retry' }],
  ])('R141: that is %s is typed', async (_, reply, expected) => {
    const { login } = await requestStage({ par: reply })
    expect(await errorOf(login().authorize({ pushed: true }))).toMatchObject(expected)
  })

  test('that echoes the request shows nothing of it', async () => {
    const state = 'a-state-that-was-chosen'
    const json = { error: 'invalid_request', error_description: `unknown ${state} of ada@user.example` }
    const { login } = await requestStage({ par: { status: 400, json } })
    const error = await errorOf(login().authorize({ pushed: true, state, loginHint: 'ada@user.example' }))
    expect(JSON.stringify(error)).not.toMatch(/chosen|ada/)
  })

  test('is asked of the own provider by each client', async () => {
    const [a, b] = [await requestStage(), await requestStage()]
    await a.login(required).authorize()
    await b.login(required, publicClient).authorize()
    expect(await a.pushed()).toHaveLength(1)
    expect(await b.pushed()).toHaveLength(1)
  })
})
