import { readFileSync } from 'node:fs'
import { connectTesting } from '@grantkit/testing/remote'
import { serveTesting } from '@grantkit/testing/server'
import { describe, expect, test, vi } from 'vitest'
import { authorizationUrl, callApi, logIn, refresh } from './support.ts'

const aFunction = (): string => 'called'

describe('from a browser', () => {
  test('an authorization server is controlled like a local one', async () => {
    await using service = await serveTesting()
    await using server = await connectTesting(service.url).startAuthorizationServer({ scopes: ['notes'] })
    expect(server.metadata.token_endpoint).toBe(`${server.url}/token`)
    const { body } = await logIn(server, { scope: 'notes' }, { account: 'ada', scope: ['notes'] })
    expect(body.scope).toBe('notes')
    await server.expire(body.access_token)
    expect((await callApi(server, '/api/echo', body.access_token)).status).toBe(401)
    await server.rotateRefreshTokens(false)
    expect((await refresh(server, body.refresh_token)).body).not.toHaveProperty('refresh_token')
    expect((await server.requests()).at(-1)?.form).toMatchObject({ refresh_token: body.refresh_token })
    await server.forget()
    expect(await server.requests()).toStrictEqual([])
    await server.revokeGrant(body.refresh_token)
    expect((await refresh(server, body.refresh_token)).body['error']).toBe('invalid_grant')
  })

  test('a fault server is scripted with data', async () => {
    await using service = await serveTesting()
    await using server = await connectTesting(service.url).startFaultServer()
    await server.reply('/a', { status: 503 }, { json: { a: 1 }, encoding: 'gzip' })
    expect((await fetch(`${server.url}/a`)).status).toBe(503)
    expect(await (await fetch(`${server.url}/a`)).json()).toStrictEqual({ a: 1 })
    expect(await server.requests()).toMatchObject([{ sent: 0 }, { path: '/a' }])
    expect(await server.aborted()).toBe(0)
  })

  test('errors keep their message', async () => {
    await using service = await serveTesting()
    await using server = await connectTesting(service.url).startAuthorizationServer()
    await expect(server.expire('made-up')).rejects.toThrow('unknown token')
    const url = authorizationUrl(server, { redirect_uri: 'https://other.example/' })
    await expect(server.logIn(url)).rejects.toThrow('the server shows an error page (400)')
  })

  test('a function is refused rather than dropped', async () => {
    await using service = await serveTesting()
    const testing = connectTesting(service.url)
    // @ts-expect-error neither does a remote authorization server
    await expect(testing.startAuthorizationServer({ grants: { a: aFunction } })).rejects.toThrow('"a" is a function')
    await using server = await testing.startFaultServer()
    // @ts-expect-error a remote fault server takes no functions
    await expect(server.reply('/a', aFunction)).rejects.toThrow('is a function')
  })

  test('a definition with functions is adapted in the browser', async () => {
    await using service = await serveTesting()
    await using server = await connectTesting(service.url).startAuthorizationServer()
    const adapted = await server.adapt({ metadata: { issuer: 'https://id.acme.example' }, authenticate: aFunction })
    expect(adapted).toStrictEqual({
      metadata: { issuer: server.url },
      apiOrigins: [server.url],
      authenticate: aFunction,
    })
  })

  test('a stubbed fetch of the test is not used', async () => {
    await using service = await serveTesting()
    const testing = connectTesting(service.url)
    vi.stubGlobal('fetch', () => Promise.reject(new Error('stubbed')))
    try {
      await using server = await testing.startFaultServer()
      expect(await server.requests()).toStrictEqual([])
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe('the service', () => {
  test('cannot be controlled without its URL', async () => {
    await using service = await serveTesting()
    const { origin } = new URL(service.url)
    await expect(connectTesting(`${origin}/guess`).startFaultServer()).rejects.toThrow(
      'does not belong to a testing service',
    )
    await expect(connectTesting(origin).startFaultServer()).rejects.toThrow('does not belong to a testing service')
    expect((await fetch(service.url)).status).toBe(404)
    expect(service.url).toMatch(/\/[0-9a-f]{8}-[0-9a-f-]{27}$/)
  })

  test('calls existing methods, but not inherited ones', async () => {
    await using service = await serveTesting()
    const call = async (object: string, method: string): Promise<unknown> =>
      (await fetch(service.url, { method: 'POST', body: JSON.stringify({ object, method, arguments: [] }) })).json()
    expect(await call('', 'toString')).toStrictEqual({ error: 'unknown method toString' })
    expect(await call('made-up', 'close')).toStrictEqual({ error: 'unknown method close' })
  })

  test('stops what it started', async () => {
    const service = await serveTesting()
    const testing = connectTesting(service.url)
    const [server, faults] = await Promise.all([testing.startAuthorizationServer(), testing.startFaultServer()])
    await service.close()
    for (const { url } of [server, faults, service]) await expect(fetch(url)).rejects.toThrow(Error)
  })

  test('answers pages of any origin', async () => {
    await using service = await serveTesting()
    const headers = { origin: 'https://app.example', 'access-control-request-method': 'POST' }
    const { status } = await fetch(service.url, { method: 'OPTIONS', headers })
    expect(status).toBe(204)
    const body = JSON.stringify({ object: '', method: 'startFaultServer', arguments: [] })
    const answer = await fetch(service.url, { method: 'POST', body, headers: { origin: 'https://app.example' } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })
})

test('nothing that the remote entry imports needs Node', () => {
  const source = new URL('../src/', import.meta.url)
  const seen = new Set<string>()
  const visit = (file: URL): void => {
    if (seen.has(file.href)) return
    seen.add(file.href)
    const code = readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\/|^(?:im|ex)port type [^]*?from '.*'$/gm, '')
    for (const [, target = ''] of code.matchAll(/\bfrom '([^']+)'|\bimport\(?'([^']+)'/g)) {
      expect(target).toMatch(/^\.\.?\//)
      visit(new URL(target, file))
    }
    expect(code).not.toMatch(/\b(?:Buffer|process)\./)
  }
  visit(new URL('remote.ts', source))
  expect([...seen].map((href) => href.slice(source.href.length)).toSorted()).toStrictEqual([
    'authorization/adapt.ts',
    'control/connect.ts',
    'control/protocol.ts',
    'remote.ts',
  ])
})
