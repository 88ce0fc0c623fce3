import { type ClientRegistration, ClientCredentials, GrantError, type ProviderOptions, Refresh } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { testClock } from '../support/clock.ts'
import { clientSecret, confidential, errorOf, publicClient, scene } from '../support/scene.ts'

/** The error of a refresh at a token endpoint that has a query, and the place of that endpoint without it. */
async function failing(reply: Reply, options: ProviderOptions = {}, client: ClientRegistration = confidential) {
  const { server, provider } = await scene()
  await server.reply('/oauth/token', reply)
  const place = `${new URL(server.url).host}/oauth/token`
  const metadata = { token_endpoint: `${server.url}/oauth/token?tenant=seven` }
  const acme = provider(client, { metadata }, options)
  return { place, server, error: await errorOf(acme.grant(Refresh).requestToken('canary-refresh-token')) }
}

const failure =
  (code: string): typeof globalThis.fetch =>
  async () => {
    const cause = Object.assign(new Error(`getaddrinfo ${code} id.acme.example`), { code })
    throw new TypeError('fetch failed', { cause })
  }

describe('an error of a request names the provider, its host and path, and never its query', () => {
  test.each<[string, string, Reply, ProviderOptions?]>([
    ['a host that nobody knows', 'network_error', {}, { fetch: failure('ENOTFOUND') }],
    ['a response that breaks off', 'network_error', { text: '{"access_token":', truncate: 5 }],
    ['a response that breaks the rules', 'token_response_invalid', { json: {} }],
    ['a page', 'token_response_invalid', { text: '<html>' }],
    ['an unknown type of token', 'token_type_unsupported', { json: { access_token: 'canary', token_type: 'mac' } }],
    ['a bare 401', 'token_error', { status: 401 }],
    ['a bare 404', 'token_error', { status: 404, text: '<html>' }],
    ['an OAuth error', 'token_error', { status: 400, json: { error: 'invalid_scope' } }],
    ['a pause', 'rate_limited', { status: 429 }],
    ['a redirect', 'redirect_refused', { status: 302, redirect: 'https://new.acme.example/token?tenant=seven' }],
    ['too many bytes', 'response_too_large', { bytes: 2000 }, { limits: { token: 1000 } }],
  ])('%s: %s', async (_, code, reply, options) => {
    const { place, error } = await failing(reply, options)
    expect(error).toMatchObject({ code, provider: 'acme' })
    expect(error.message).toContain('acme')
    expect(error.message).toContain(place)
    expect(JSON.stringify(error)).not.toContain('seven')
  })

  test('a deadline', async () => {
    const { server, provider } = await scene({ hang: 'headers' })
    const clock = testClock()
    const pending = errorOf(provider(confidential, {}, { clock, timeout: 700 }).grant(ClientCredentials).requestToken())
    await expect.poll(() => clock.waiting).toBe(1)
    await clock.advance(700)
    expect(await pending).toMatchObject({
      code: 'timeout',
      provider: 'acme',
      message: `no complete response from acme at ${new URL(server.url).host}/token within 700 ms`,
    })
  })

  test('a redirect tells where it points, and what to do', async () => {
    const redirect = 'https://new.acme.example/token?tenant=seven'
    const { place, error } = await failing({ status: 301, redirect })
    const where = 'document' in globalThis ? '' : ' to https://new.acme.example/token' // a browser shows nobody where
    expect(error.message).toBe(`acme redirects ${place}${where}, which is never followed: write the URL it moved to`)
  })

  test('a private address that the provider refuses', async () => {
    const { error, server } = await failing({}, { privateAddresses: 'refused' })
    expect(error).toMatchObject({ code: 'insecure_url', provider: 'acme' })
    expect(error.message).toContain('127.0.0.1')
    expect(await server.requests()).toHaveLength(0)
  })
})

describe('the code of the system is in the message and in the JSON', () => {
  test('ENOTFOUND', async () => {
    const { place, error } = await failing({}, { fetch: failure('ENOTFOUND') })
    expect(error.message).toBe(`acme at ${place} could not be reached, or its response broke off (ENOTFOUND)`)
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      code: 'network_error',
      cause: { name: 'TypeError', cause: { code: 'ENOTFOUND' } },
    })
  })

  const tellsCodes = 'process' in globalThis && !('Deno' in globalThis) // the errors of Deno's fetch and of browsers have none

  test.runIf(tellsCodes)('ECONNREFUSED, of a port where nobody listens', async () => {
    const { provider } = await scene()
    const metadata = { token_endpoint: 'http://127.0.0.1:2/token' } // a port of a closed server may be another test's by now
    const error = await errorOf(provider(confidential, { metadata }).grant(ClientCredentials).requestToken())
    expect(error).toMatchObject({ code: 'network_error', action: 'retry', provider: 'acme' })
    expect(error.message).toContain('(ECONNREFUSED)')
    expect(JSON.stringify(error)).toContain('"code":"ECONNREFUSED"')
  })
})

describe('invalid_client says how the client authenticated, and whether a secret was set', () => {
  const reply = { status: 401, json: { error: 'invalid_client' } }
  const own: ClientRegistration['authentication'] = ({ headers }) =>
    headers.set('authorization', `Acme ${clientSecret}`)

  test.each<[string, ClientRegistration]>([
    ['the client authenticated with client_secret_basic', confidential],
    ['the client authenticated with client_secret_post', { ...confidential, authentication: 'client_secret_post' }],
    ['the client sent its client_id alone, although it has a secret', { ...confidential, authentication: 'none' }],
    ['the client sent its client_id alone, and no clientSecret is configured', publicClient],
    ['the client sent its client_id alone, and no clientSecret is configured', { ...confidential, clientSecret: '' }],
    ['the client authenticated with the scheme Acme', { ...publicClient, authentication: own }],
  ])('%s', async (how, client) => {
    const { place, error } = await failing(reply, {}, client)
    expect(error).toMatchObject({ code: 'token_error', action: 'fix_configuration', provider: 'acme' })
    expect(error.message).toBe(`acme responded to the refresh_token request at ${place} with "invalid_client"; ${how}`)
  })
})

test('an error carries what it was given, in its JSON, too', () => {
  const required = { scope: ['read'], acrValues: ['mfa'], maxAge: 60 } as unknown as NonNullable<GrantError['required']>
  const error = new GrantError('step_up_required', 'log in again', {
    provider: 'acme',
    required,
    resourceMetadata: 'https://api.acme.example/.well-known/oauth-protected-resource',
    cause: Object.assign(new Error('x'), { code: 'EPIPE', request: { authorization: 'canary' } }),
  })
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    name: 'GrantError',
    message: 'log in again',
    code: 'step_up_required',
    action: 'reauthorize',
    provider: 'acme',
    required: { scope: ['read'], acrValues: ['mfa'], maxAge: 60 },
    resourceMetadata: 'https://api.acme.example/.well-known/oauth-protected-resource',
    cause: { name: 'Error', message: 'x', code: 'EPIPE' },
  })
})
