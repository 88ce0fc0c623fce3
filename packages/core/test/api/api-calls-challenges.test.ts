import { authorizedFetch, GrantError, memoryStore, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { ok } from '../support/api-replies.ts'
import { stage } from '../support/call-stage.ts'
import { errorOf } from '../support/scene.ts'
import { vectorsOf } from '../support/vectors.ts'

describe('challenges', () => {
  test('R41: insufficient_scope says which scopes to ask for, and is not refreshed', async () => {
    const { fetch, url, requests, tokenRequests } = await stage([
      {
        status: 403,
        headers: { 'www-authenticate': 'Bearer realm="x", error="insufficient_scope", scope="read write"' },
      },
    ])
    expect(await errorOf(fetch(url))).toMatchObject({
      code: 'scope_insufficient',
      action: 'reauthorize',
      status: 403,
      required: { scope: ['read', 'write'] },
    })
    expect(await requests()).toHaveLength(1)
    expect(await tokenRequests()).toHaveLength(0)
  })

  test.each(vectorsOf('WWW-Authenticate: Bearer error="insufficient_user_authentication"'))(
    'R171: $name',
    async ({ input }) => {
      const { fetch, url, requests } = await stage([
        { status: 401, headers: { 'www-authenticate': String(input['header']) } },
      ])
      const error = await errorOf(fetch(url))
      expect(error).toMatchObject({
        code: 'step_up_required',
        action: 'reauthorize',
        status: 401,
        required: { scope: ['read'], maxAge: 5 },
      })
      expect(await requests(), 'R172: no loop').toHaveLength(1)
    },
  )

  test('R171: what is required is ready to be passed to authorize', async () => {
    const header = 'Bearer error="insufficient_user_authentication", acr_values="myACR", max_age=5'
    const { fetch, url, provider } = await stage([{ status: 401, headers: { 'www-authenticate': header } }])
    const { required } = await errorOf(fetch(url))
    const { Pkce } = await import('@grantkit/core')
    const next = await provider.grant(Pkce).authorize(required)
    expect(Object.fromEntries(next.url.searchParams)).toMatchObject({
      scope: 'read',
      acr_values: 'myACR',
      max_age: '5',
    })
  })

  test.each(['-1', 'abc', '1e3', ''])(
    'R173: a max_age of "%s" is not a number of seconds, and is left out',
    async (age) => {
      const header = `Bearer error="insufficient_user_authentication", max_age="${age}"`
      const { fetch, url } = await stage([{ status: 401, headers: { 'www-authenticate': header } }])
      expect((await errorOf(fetch(url))).required).toEqual({ scope: ['read'] })
    },
  )

  test('R174: the token stays as it is beside a stronger one', async () => {
    const { fetch, url, tokens } = await stage([
      { status: 401, headers: { 'www-authenticate': 'Bearer error="insufficient_user_authentication"' } },
    ])
    await errorOf(fetch(url))
    expect((await tokens.token()).accessToken).toBe('access-token-0')
  })

  test('E-39: another 403 comes back as it is, status and text', async () => {
    const { fetch, url } = await stage([{ status: 403, text: 'User not registered in the Developer Dashboard' }])
    const response = await fetch(url)
    expect([response.status, await response.text()]).toEqual([403, 'User not registered in the Developer Dashboard'])
  })

  test('a stronger login is told with everything that the API asks for, and with what the token was for', async () => {
    const challenge = 'Bearer error="insufficient_user_authentication", acr_values="gold  silver", max_age="60"'
    const metadata = 'resource_metadata="https://api.acme.example/.well-known/oauth-protected-resource"'
    const { fetch, url, tokens } = await stage([
      { status: 401, headers: { 'www-authenticate': `${challenge}, ${metadata}` } },
    ])
    await tokens.save(
      Token.from({ accessToken: 'access-token-5', scope: ['read'], resource: 'https://api.acme.example' }),
    )
    expect(await errorOf(fetch(url))).toMatchObject({
      required: { scope: ['read'], resource: 'https://api.acme.example', acrValues: ['gold', 'silver'], maxAge: 60 },
      resourceMetadata: 'https://api.acme.example/.well-known/oauth-protected-resource',
      provider: 'acme',
    })
  })
})

describe('a 401 that no refresh can help', () => {
  const metadata = 'https://api.acme.example/.well-known/oauth-protected-resource'
  const asks = `Negotiate, Bearer error="invalid_token", scope="write read", resource_metadata="${metadata}"`
  const refusal: Reply = { status: 401, headers: { 'www-authenticate': asks } }
  const ended: Reply = { status: 400, json: { error: 'invalid_grant' } }

  test('does not lose what the API asks for: the provider has ended the grant', async () => {
    const { fetch, url } = await stage([refusal], {}, [ended])
    expect(await errorOf(fetch(url))).toMatchObject({
      code: 'reauthorization_required',
      action: 'reauthorize',
      provider: 'acme',
      required: { scope: ['read', 'write'] },
      resourceMetadata: metadata,
    })
  })

  test('nor where the token came without a refresh token', async () => {
    const { provider, url, clock } = await stage([refusal])
    const tokens = provider.tokenSource({ store: memoryStore({ clock }), key: 'user:43' })
    const resource = 'https://api.acme.example'
    await tokens.save(Token.from({ accessToken: 'access-token-7', requestedScope: ['offline_access'], resource }))
    expect(await errorOf(authorizedFetch(tokens)(url))).toMatchObject({
      code: 'reauthorization_required',
      required: { scope: ['offline_access', 'write', 'read'], resource },
      resourceMetadata: metadata,
    })
  })

  test('each of the calls that meet it has an error of its own', async () => {
    const { fetch, url } = await stage([refusal], {}, [ended])
    const errors = await Promise.all([1, 2, 3].map(() => errorOf(fetch(url))))
    expect(new Set(errors).size).toBe(3)
    for (const { required, resourceMetadata } of errors)
      expect([required, resourceMetadata]).toEqual([{ scope: ['read', 'write'] }, metadata])
  })

  test('comes back as it is where there is but a token', async () => {
    const { server, url, requests } = await stage([refusal])
    const api = authorizedFetch(Token.from({ accessToken: 'access-token-9' }), { origins: [server.url] })
    const response = await api(url)
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, asks])
    expect(await requests()).toHaveLength(1)
  })

  test('is no verdict on the login where the provider cannot be asked at the moment', async () => {
    const { fetch, url, tokens } = await stage([refusal], {}, [{ status: 503 }])
    const error = await errorOf(fetch(url))
    expect(error.action).toBe('retry')
    expect(error.required).toBeUndefined()
    expect(await tokens.peek()).toBeInstanceOf(Token)
  })
})

describe('a scope that the calls need', () => {
  const required = { scope: ['read', 'admin'] }

  test.each<[string, (all: Awaited<ReturnType<typeof stage>>) => Promise<unknown>]>([
    ['of a source', ({ tokens }) => tokens.token({ scope: ['admin'] })],
    ['of a call', ({ tokens, url }) => authorizedFetch(tokens, { scope: ['admin'] })(url)],
    [
      'of a call with but a token',
      async ({ tokens, server, url }) =>
        authorizedFetch(await tokens.token(), { scope: ['admin'], origins: [server.url] })(url),
    ],
    [
      'of a call with a source that does not look',
      ({ tokens, url }) => authorizedFetch({ ...tokens, token: () => tokens.token() }, { scope: ['admin'] })(url),
    ],
  ])('is asked %s: the error says what to authorize, and nothing is sent', async (_, ask) => {
    const all = await stage([ok])
    const error = await errorOf(ask(all))
    expect(error).toMatchObject({ code: 'scope_insufficient', action: 'reauthorize', required })
    expect(await all.requests()).toHaveLength(0)
    const { Pkce } = await import('@grantkit/core')
    const { url } = await all.provider.grant(Pkce).authorize(error.required)
    expect(url.searchParams.get('scope')).toBe('read admin')
  })

  test('is no obstacle to a token that has it, or whose scopes nobody knows', async () => {
    const { tokens, server, url } = await stage([ok])
    expect((await authorizedFetch(tokens, { scope: ['read'] })(url)).status).toBe(200)
    const unknown = authorizedFetch(Token.from({ accessToken: 'access-token-9' }), {
      scope: ['x'],
      origins: [server.url],
    })
    expect((await unknown(url)).status).toBe(200)
  })
})

test('an error of a call has the name of its provider, whoever found it', async () => {
  const { fetch, url, tokens } = await stage([{ status: 429, headers: { 'retry-after': '900' } }], { retry: {} })
  const errors = [
    await errorOf(fetch(url)),
    await errorOf(fetch('https://elsewhere.example/')),
    await errorOf(authorizedFetch(tokens, { scope: ['admin'] })(url)),
  ]
  expect(errors.map(({ code, provider }) => [code, provider])).toEqual([
    ['rate_limited', 'acme'],
    ['origin_not_allowed', 'acme'],
    ['scope_insufficient', 'acme'],
  ])
  for (const error of errors) expect(error).toBeInstanceOf(GrantError)
})
