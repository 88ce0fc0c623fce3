import { Pkce, Provider } from '@grantkit/core'
import { type Reply, startAuthorizationServer, startFaultServer } from '@grantkit/testing/server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { metadataUrls } from '../src/protocol/discovery.ts'
import { testClock } from './support/clock.ts'
import { errorOf } from './support/scene.ts'
import { vectorsOf } from './support/vectors.ts'

const client = { clientId: 'cid', redirectUri: 'http://127.0.0.1:8888/callback' }
const rfc8414 = '/.well-known/oauth-authorization-server'
const openid = '/.well-known/openid-configuration'

/** A server that publishes metadata as it is told. */
async function publisher(replies: Readonly<Record<string, readonly Reply[]>>) {
  const server = await startFaultServer()
  onTestFinished(() => server.close())
  for (const [path, list] of Object.entries(replies)) await server.reply(path, ...list)
  const paths = async () => (await server.requests()).map(({ path }) => path)
  return { server, url: server.url, paths }
}
const documentOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
})

describe('Provider.discover', () => {
  test('reads the RFC 8414 document of a real server', async () => {
    const server = await startAuthorizationServer()
    onTestFinished(() => server.close())
    const provider = await Provider.discover(server.issuer, client)
    expect(provider.name).toBe(server.issuer)
    expect(provider.definition.metadata).toMatchObject({
      issuer: server.issuer,
      token_endpoint: server.metadata.token_endpoint,
    })
    const { url } = await provider.grant(Pkce).authorize()
    expect(url.href).toContain(server.metadata.authorization_endpoint)
  })

  test('takes a name of your own, and works without redirect URI', async () => {
    const { server, url } = await publisher({})
    await server.reply(rfc8414, { json: documentOf(url) })
    expect((await Provider.discover(url, { clientId: 'cid' }, { name: 'acme' })).name).toBe('acme')
  })

  test('asks for the OpenID Connect document only after a 404', async () => {
    const { server, url, paths } = await publisher({})
    await server.reply(openid, { json: documentOf(url) })
    await Provider.discover(url, client)
    expect(await paths()).toEqual([rfc8414, openid])
  })

  test('sends a GET that asks for JSON', async () => {
    const { server, url } = await publisher({})
    await server.reply(rfc8414, { json: documentOf(url) })
    await Provider.discover(url, client)
    const [request] = await server.requests()
    expect(request).toMatchObject({ method: 'GET', headers: { accept: 'application/json' } })
  })

  test.each([
    ['a slash at the end', (url: string) => `${url}/`],
    ['another case', (url: string) => url.replace('http', 'HTTP')],
    ['another host', () => 'https://honest.example'],
    ['a number', () => 42],
    ['nothing', () => undefined],
  ])('R76: an issuer with %s is another one, and the OpenID Connect document is not tried', async (_, issuerOf) => {
    const { server, url, paths } = await publisher({})
    await server.reply(rfc8414, { json: { ...documentOf(url), issuer: issuerOf(url) } })
    await server.reply(openid, { json: documentOf(url) })
    const error = await errorOf(Provider.discover(url, client))
    expect(error).toMatchObject({ code: 'issuer_mismatch', action: 'fix_configuration' })
    expect(await paths()).toEqual([rfc8414])
  })

  test('a slash too many says how the provider writes it', async () => {
    const { server, url } = await publisher({})
    await server.reply(rfc8414, { json: documentOf(url) })
    const error = await errorOf(Provider.discover(`${url}/`, client))
    expect(error.code).toBe('issuer_mismatch')
    expect(error.message).toContain(`"${url}"`)
  })

  test.each<[string, Reply, string]>([
    ['an array', { json: [] }, 'discovery_failed'],
    ['HTML', { text: '<html>' }, 'discovery_failed'],
    ['nothing', { text: '' }, 'discovery_failed'],
    ['a refusal', { status: 403 }, 'discovery_failed'],
    ['status 201', { status: 201, json: {} }, 'discovery_failed'],
    ['a redirect', { redirect: 'https://evil.example/' }, 'redirect_refused'],
    ['too much', { bytes: 600_000 }, 'response_too_large'],
    ['a bomb', { bytes: 50_000_000, encoding: 'gzip' }, 'response_too_large'],
  ])('R75: %s is refused', async (_, reply, code) => {
    const { url, paths } = await publisher({ [rfc8414]: [reply] })
    expect((await errorOf(Provider.discover(url, client))).code).toBe(code)
    expect(await paths()).toEqual([rfc8414])
  })

  test('no document at all says what to write instead', async () => {
    const { url, paths } = await publisher({})
    const error = await errorOf(Provider.discover(url, client))
    expect(error).toMatchObject({ code: 'discovery_failed', action: 'fix_configuration', status: 404 })
    expect(await paths()).toEqual([rfc8414, openid])
  })

  test.each([
    [{ token_endpoint: 'http://as.example/token' }, 'insecure_url'],
    [{ token_endpoint: 'https://as.example/token#x' }, 'metadata_invalid'],
    [{ token_endpoint: undefined }, 'metadata_invalid'],
    [{ authorization_endpoint: 'https://as.example/a?client_id=evil' }, 'config_invalid'],
    [{ authorization_endpoint: 'javascript:alert(1)' }, 'metadata_invalid'],
  ])('A21: %j in a document is %s', async (changes, code) => {
    const { server, url } = await publisher({})
    await server.reply(rfc8414, { json: { ...documentOf(url), ...changes } })
    expect((await errorOf(Provider.discover(url, client))).code).toBe(code)
  })

  test('A36: __proto__ in a document changes no prototype', async () => {
    const { server, url } = await publisher({})
    await server.reply(rfc8414, {
      text: JSON.stringify(documentOf(url)).replace('{', '{"__proto__":{"isAdmin":true},'),
    })
    const { definition } = await Provider.discover(url, client)
    expect((Object.assign({}, definition.metadata) as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  test.each([
    'acme',
    'http://id.acme.example',
    'https://id.acme.example/?x',
    'https://id.acme.example/#x',
    'javascript:alert(1)',
    '',
  ])('the issuer %j is refused before anything is sent', async (issuer) => {
    expect(['metadata_invalid', 'insecure_url']).toContain((await errorOf(Provider.discover(issuer, client))).code)
  })
})

describe('a failed attempt', () => {
  test.each<[string, Reply]>([
    ['status 503', { status: 503 }],
    ['status 429', { status: 429 }],
    ['a lost connection', { reset: true }],
  ])('%s is repeated, with a pause', async (_, reply) => {
    const { server, url, paths } = await publisher({ [rfc8414]: [reply] })
    await server.reply(rfc8414, { json: documentOf(url) })
    const clock = testClock()
    const pending = Provider.discover(url, client, { clock })
    await expect.poll(() => clock.waiting).toBe(2) // the deadline, and the pause
    await clock.advance(500)
    expect((await pending).name).toBe(url)
    expect(await paths()).toHaveLength(2)
  })

  test('three in a row are the end', async () => {
    const { url, paths } = await publisher({ [rfc8414]: [{ status: 503 }] })
    const clock = {
      now: () => Date.now(),
      sleep: async (ms: number) => (ms > 5000 ? new Promise<void>(() => {}) : undefined),
    }
    const error = await errorOf(Provider.discover(url, client, { clock }))
    expect(error).toMatchObject({ code: 'discovery_failed', action: 'retry', status: 503 })
    expect(await paths()).toHaveLength(3)
  })

  test('a Retry-After is waited for, up to five seconds', async () => {
    const { server, url } = await publisher({
      [rfc8414]: [
        { status: 503, headers: { 'retry-after': '2' } },
        { status: 503, headers: { 'retry-after': '999999' } },
      ],
    })
    await server.reply(rfc8414, { json: documentOf(url) })
    const pauses: number[] = []
    const clock = {
      now: () => Date.now(),
      sleep: async (ms: number) => {
        pauses.push(ms)
        if (ms === 60_000) await new Promise(() => {})
      },
    }
    await Provider.discover(url, client, { clock, timeout: 60_000 })
    expect(pauses).toEqual([60_000, 2000, 5000])
  })

  test('all attempts together have one deadline', async () => {
    const { url } = await publisher({ [rfc8414]: [{ status: 503 }] })
    const clock = testClock()
    const pending = errorOf(Provider.discover(url, client, { clock, timeout: 100 }))
    await expect.poll(() => clock.waiting).toBe(2)
    await clock.advance(100)
    expect((await pending).code).toBe('timeout')
  })

  test('a caller who gives up ends it', async () => {
    const { url } = await publisher({ [rfc8414]: [{ hang: 'headers' }] })
    const controller = new AbortController()
    const pending = errorOf(Provider.discover(url, client, { signal: controller.signal }))
    controller.abort()
    expect((await pending).code).toBe('aborted')
  })
})

describe('vectors', () => {
  test.each(vectorsOf('AS metadata URL'))('$name', ({ input, expected }) =>
    expect(metadataUrls(String(input['issuer']))[0]).toBe(expected),
  )
  test.each(vectorsOf('OIDC discovery URL'))('$name', ({ input, expected }) =>
    expect(metadataUrls(String(input['issuer']))[1]).toBe(expected),
  )

  test.each(vectorsOf('AS metadata issuer mismatch'))('$name', async ({ input, expected }) => {
    const { url } = await publisher({
      [rfc8414]: [{ json: { token_endpoint: 'https://attacker.example/token', ...(input['body'] as object) } }],
    })
    const accepted = await Provider.discover(url, client).then(
      () => true,
      () => false,
    )
    expect({ accept: accepted }).toEqual(expected)
  })

  test.each(vectorsOf('AS metadata document'))('$name is accepted as it is', ({ input }) => {
    const metadata = input['body'] as { token_endpoint: string }
    expect(new Provider({ name: 'acme', metadata }, client).definition.metadata).toEqual(metadata)
  })
})
