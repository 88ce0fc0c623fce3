import { startAuthorizationServer } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { authorizationUrl, basic, callApi, logIn, redeem, refresh, requestToken } from './support.ts'

const verifierOf = 'a-verifier-that-is-just-about-long-enough-43'

describe('expire', () => {
  test('expires one access token and nothing else', async () => {
    await using server = await startAuthorizationServer()
    const first = (await logIn(server)).body
    const second = (await refresh(server, first.refresh_token)).body
    await server.expire(first.access_token)
    expect((await callApi(server, '/api/echo', first.access_token)).status).toBe(401)
    expect((await callApi(server, '/api/echo', second.access_token)).status).toBe(200)
    expect((await refresh(server, second.refresh_token)).status).toBe(200)
  })

  test("works on a client's own token, a refresh token and a code", async () => {
    await using server = await startAuthorizationServer()
    const form = { grant_type: 'client_credentials' }
    const own = (await requestToken(server, form, { authorization: basic(server) })).body
    await server.expire(own.access_token)
    expect((await callApi(server, '/api/echo', own.access_token)).status).toBe(401)

    const { body } = await logIn(server)
    await server.expire(body.refresh_token)
    expect((await refresh(server, body.refresh_token)).body['error']).toBe('invalid_grant')
    expect((await callApi(server, '/api/echo', body.access_token)).status).toBe(200)

    const callback = await server.logIn(authorizationUrl(server))
    await server.expire(new URL(callback).searchParams.get('code') ?? '')
    expect((await redeem(server, callback)).body['error']).toBe('invalid_grant')
  })

  test('of an unknown token is an error', async () => {
    await using server = await startAuthorizationServer()
    await expect(server.expire('made-up')).rejects.toThrow('unknown token')
  })
})

describe('revokeGrant', () => {
  test.for(['access_token', 'refresh_token'] as const)('revokes the whole grant of the %s', async (kind) => {
    await using server = await startAuthorizationServer()
    const { body } = await logIn(server)
    const other = (await logIn(server)).body
    await server.revokeGrant(body[kind])
    expect((await callApi(server, '/api/echo', body.access_token)).status).toBe(401)
    const answer = await refresh(server, body.refresh_token)
    expect([answer.status, answer.body['error']]).toStrictEqual([400, 'invalid_grant'])
    expect((await refresh(server, other.refresh_token)).status).toBe(200)
  })

  test("revokes a client's own token", async () => {
    await using server = await startAuthorizationServer()
    const form = { grant_type: 'client_credentials' }
    const { body } = await requestToken(server, form, { authorization: basic(server) })
    await server.revokeGrant(body.access_token)
    expect((await callApi(server, '/api/echo', body.access_token)).status).toBe(401)
    await expect(server.revokeGrant(body.access_token)).rejects.toThrow('unknown token')
  })
})

describe('requests', () => {
  test('lists the requests in order, without those of the login pages', async () => {
    await using server = await startAuthorizationServer()
    const url = authorizationUrl(server)
    const { body } = await redeem(server, await server.logIn(url))
    await callApi(server, '/api/echo?n=1', body.access_token)
    const requests = await server.requests()
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toStrictEqual([
      'GET /authorize',
      'POST /token',
      'GET /api/echo',
    ])
    const [authorize, token, echo] = requests
    expect(authorize?.url).toBe(url.href)
    expect(authorize).not.toHaveProperty('form')
    expect(token?.form).toMatchObject({ grant_type: 'authorization_code', code_verifier: verifierOf })
    expect(new URLSearchParams(token?.body).get('client_id')).toBe('public-client')
    expect(echo?.headers['authorization']).toBe(`Bearer ${body.access_token}`)
    expect(echo?.url).toBe(`${server.url}/api/echo?n=1`)
    expect(echo?.body).toBe('')
  })

  test('can be cleared', async () => {
    await using server = await startAuthorizationServer()
    await callApi(server, '/api/echo')
    const before = await server.requests()
    await server.forget()
    expect(await server.requests()).toStrictEqual([])
    expect(before).toHaveLength(1)
  })
})

describe('adapt', () => {
  const acme = {
    name: 'acme',
    metadata: {
      issuer: 'https://id.acme.example',
      authorization_endpoint: 'https://id.acme.example/authorize',
      token_endpoint: 'https://id.acme.example/token',
      registration_endpoint: 'https://id.acme.example/register',
      mtls_endpoint_aliases: { token_endpoint: 'https://mtls.acme.example/token' },
      token_endpoint_auth_methods_supported: ['client_secret_post'],
    },
    scopes: { read: { description: 'Read.' } },
    apiOrigins: ['https://api.acme.example'],
    parameters: { authorization: { audience: 'notes' } },
  } as const

  test('points a definition at the server and keeps the rest', async () => {
    await using server = await startAuthorizationServer()
    const adapted = await server.adapt(acme)
    expect(adapted).toStrictEqual({
      ...acme,
      metadata: {
        issuer: server.url,
        authorization_endpoint: `${server.url}/authorize`,
        token_endpoint: `${server.url}/token`,
        token_endpoint_auth_methods_supported: ['client_secret_post'],
      },
      apiOrigins: [server.url],
    })
    expect(acme.metadata.issuer).toBe('https://id.acme.example')
  })

  test('adds no issuer to a definition without one', async () => {
    await using server = await startAuthorizationServer()
    const { metadata } = await server.adapt({ metadata: { token_endpoint: 'https://id.acme.example/token' } })
    expect(metadata).toStrictEqual({ token_endpoint: `${server.url}/token` })
  })
})

describe('a server', () => {
  test('shares nothing with another', async () => {
    await using one = await startAuthorizationServer()
    await using two = await startAuthorizationServer()
    const { body } = await logIn(one)
    expect((await callApi(two, '/api/echo', body.access_token)).status).toBe(401)
    expect((await refresh(two, body.refresh_token)).body['error']).toBe('invalid_grant')
    expect((await redeem(two, await one.logIn(authorizationUrl(one)))).body['error']).toBe('invalid_grant')
    expect((await refresh(one, body.refresh_token)).status).toBe(200)
    expect((await two.requests()).map(({ path }) => path)).toStrictEqual(['/api/echo', '/token', '/token'])
  })

  test('frees its port when closed, despite keep-alive connections', async () => {
    const first = await startAuthorizationServer()
    const port = Number(new URL(first.url).port)
    await callApi(first, '/api/echo') // fetch keeps this connection open
    await expect(startAuthorizationServer({ port })).rejects.toThrow(/EADDRINUSE|in use/)
    await first.close()
    await first.close()
    await expect(callApi(first, '/api/echo')).rejects.toThrow(Error)
    await using second = await startAuthorizationServer({ port })
    expect(second.url).toBe(first.url)
  })

  test('accepts requests from pages of any origin', async () => {
    await using server = await startAuthorizationServer()
    const preflight = await fetch(`${server.url}/api/echo`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,dpop',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST')
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,dpop')
    const origin = { origin: 'https://app.example' }
    const { headers } = await requestToken(server, { grant_type: 'refresh_token' }, origin)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect((await server.requests()).map(({ method }) => method)).toStrictEqual(['POST'])
  })
})
