import { type DiscoverOptions, Pkce, Provider } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { metadataUrls } from '../../src/protocol/discovery.ts'
import { testClock } from '../support/clock.ts'
import { clientSecret, errorOf } from '../support/scene.ts'
import { authorizationServer, faultServer } from '../support/servers.ts'
import { vectorsOf } from '../support/vectors.ts'

const client = { clientId: 'cid', redirectUri: 'http://127.0.0.1:8888/callback' }
const rfc8414 = '/.well-known/oauth-authorization-server'
const openid = '/.well-known/openid-configuration'

/** A server that publishes metadata as it is told. */
async function publisher(replies: Readonly<Record<string, readonly Reply[]>>) {
  const server = await faultServer()
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
  test('R182: reads the RFC 8414 document of a real server', async () => {
    const server = await authorizationServer()
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

  test('a definition says what a document cannot, and puts right what it has wrong', async () => {
    const { server, url } = await publisher({})
    await server.reply(rfc8414, { json: { ...documentOf(url), token_endpoint: `${url}/wrong`, kept: 'as it is' } })
    const definition = {
      name: 'acme',
      metadata: { token_endpoint: `${url}/right` },
      scopes: { read: { description: 'Read.' } },
      apiOrigins: ['https://api.acme.example'],
      tokenResponse: { tokenType: 'Bearer' },
    } as const
    const acme = await Provider.discover(url, client, { definition })
    expect(acme.name).toBe('acme')
    expect(acme.redirectUris).toEqual([client.redirectUri])
    expect(acme.definition).toEqual({
      ...definition,
      metadata: { ...documentOf(url), token_endpoint: `${url}/right`, kept: 'as it is' },
    })
    expect((await Provider.discover(url, client, { definition, name: 'mine' })).name).toBe('mine')
  })

  test('a definition cannot speak for another issuer, and is checked like any other', async () => {
    const { server, url } = await publisher({})
    await server.reply(rfc8414, { json: documentOf(url) })
    const other = { metadata: { issuer: 'https://evil.example' } }
    expect((await Provider.discover(url, client, { definition: other })).definition.metadata.issuer).toBe(url)
    const wrong = { apiOrigins: 'https://api.acme.example' } as never
    expect((await errorOf(Provider.discover(url, client, { definition: wrong }))).message).toContain('write an array')
  })

  test.each([null, 'acme', [], { metadata: 'https://id.acme.example' }])(
    'the definition %j is refused before anything is asked',
    async (definition) => {
      const asked: unknown[] = []
      const fetch = async (input: unknown) => Response.json(asked.push(input))
      const options = { definition, fetch } as unknown as DiscoverOptions
      expect(await errorOf(Provider.discover('https://id.acme.example', client, options))).toMatchObject({
        code: 'config_invalid',
        message: 'definition is an object: write { definition: { apiOrigins: […] } }',
      })
      expect(asked).toEqual([])
    },
  )

  test('R74, R238: asks for the OpenID Connect document only after a 404, 401 or 403', async () => {
    for (const status of [404, 401, 403]) {
      const { server, url, paths } = await publisher({ [rfc8414]: [{ status }] })
      await server.reply(openid, { json: documentOf(url) })
      await Provider.discover(url, client)
      expect(await paths()).toEqual([rfc8414, openid])
    }
  })

  test.each(['', '/'])(
    'R74, R238: an issuer with a path is asked for at its well-known places: /tenant%s',
    async (end) => {
      const { server, url, paths } = await publisher({})
      const issuer = `${url}/tenant${end}`
      await server.reply(`/tenant${openid}`, { json: documentOf(issuer) })
      expect((await Provider.discover(issuer, client)).name).toBe(issuer)
      const slash = end === '' ? [] : [`${rfc8414}/tenant/`]
      expect(await paths()).toEqual([`${rfc8414}/tenant`, ...slash, `/tenant${openid}`])
    },
  )

  test.each([
    ['/tenant/', `${rfc8414}/tenant/`],
    ['/tenant', `/tenant${openid}/`],
    ['', `${openid}/`],
  ])('a document whose address ends in a slash is found: that of the issuer %s at %s', async (path, place) => {
    const { server, url } = await publisher({})
    const issuer = `${url}${path}`
    await server.reply(place, { json: documentOf(issuer) })
    expect((await Provider.discover(issuer, client)).name).toBe(issuer)
  })

  test('R74: sends a GET that asks for JSON', async () => {
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
  ])(
    'R76, R239, A20, G22: an issuer with %s is another one, and the OpenID Connect document is not tried',
    async (_, issuerOf) => {
      const { server, url, paths } = await publisher({})
      await server.reply(rfc8414, { json: { ...documentOf(url), issuer: issuerOf(url) } })
      await server.reply(openid, { json: documentOf(url) })
      const error = await errorOf(Provider.discover(url, client))
      expect(error).toMatchObject({ code: 'issuer_mismatch', action: 'fix_configuration' })
      expect(await paths()).toEqual([rfc8414])
    },
  )

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
    ['status 201', { status: 201, json: {} }, 'discovery_failed'],
    ['a string', { json: 'https://as.example' }, 'discovery_failed'],
    ['null', { json: null }, 'discovery_failed'],
    ['too much', { bytes: 600_000 }, 'response_too_large'],
    ['a bomb', { bytes: 50_000_000, encoding: 'gzip' }, 'response_too_large'],
  ])('R75, A29, A30: %s is refused', async (_, reply, code) => {
    const { url, paths } = await publisher({ [rfc8414]: [reply] })
    expect((await errorOf(Provider.discover(url, client))).code).toBe(code)
    expect(await paths()).toEqual([rfc8414])
  })

  test.each([301, 302, 303, 307, 308])(
    'R83, G17: a redirect (%i) is refused, and nothing goes where it points',
    async (status) => {
      const elsewhere = await faultServer()
      const { url, paths } = await publisher({ [rfc8414]: [{ status, redirect: `${elsewhere.url}${rfc8414}` }] })
      expect((await errorOf(Provider.discover(url, client))).code).toBe('redirect_refused')
      expect(await paths()).toEqual([rfc8414])
      expect(await elsewhere.requests()).toHaveLength(0)
    },
  )

  test('R80, A20: the document of an honest issuer at another place is not used', async () => {
    const honest = await publisher({})
    await honest.server.reply(rfc8414, { json: documentOf(honest.url) })
    const { url } = await publisher({ [rfc8414]: [{ json: documentOf(honest.url) }] })
    expect((await errorOf(Provider.discover(url, client))).code).toBe('issuer_mismatch')
    expect(await honest.server.requests()).toHaveLength(0)
  })

  test('R77: an issuer in another Unicode normalisation is another one', async () => {
    const [composed, decomposed] = ['/caf\u00E9', '/cafe\u0301']
    const { server, url } = await publisher({})
    for (const path of [composed, decomposed])
      await server.reply(`${rfc8414}${encodeURI(path)}`, { json: documentOf(`${url}${composed}`) })
    expect((await errorOf(Provider.discover(`${url}${decomposed}`, client))).code).toBe('issuer_mismatch')
    expect((await Provider.discover(`${url}${composed}`, client)).name).toBe(`${url}${composed}`)
  })

  test('R81: what signed_metadata says is not believed', async () => {
    const { server, url } = await publisher({})
    const payload = btoa(JSON.stringify({ ...documentOf(url), token_endpoint: 'https://evil.example/token' }))
    await server.reply(rfc8414, { json: { ...documentOf(url), signed_metadata: `e30.${payload}.` } })
    const { definition } = await Provider.discover(url, client)
    expect(definition.metadata.token_endpoint).toBe(`${url}/token`)
  })

  test('R82, A50: a document belongs to the provider that asked for it, and to no other', async () => {
    const { server, url, paths } = await publisher({})
    await server.reply(
      rfc8414,
      { json: documentOf(url) },
      { json: { ...documentOf(url), token_endpoint: `${url}/new` } },
    )
    const first = await Provider.discover(url, client)
    for (let i = 0; i < 5; i++) await first.grant(Pkce).authorize()
    expect(await paths()).toEqual([rfc8414])
    const second = await Provider.discover(url, client)
    expect(second.definition.metadata.token_endpoint).toBe(`${url}/new`)
    expect((await errorOf(Provider.discover(`${url}/`, client))).code).toBe('issuer_mismatch')
    expect(first.definition.metadata.token_endpoint).toBe(`${url}/token`)
  })

  test('G21: an error of the server shows neither its body nor what was sent', async () => {
    const { url } = await publisher({ [rfc8414]: [{ status: 400, json: { error: 'canary', token: clientSecret } }] })
    const error = await errorOf(Provider.discover(url, { ...client, clientSecret }))
    expect(error).toMatchObject({ code: 'discovery_failed', status: 400 })
  })

  test('no document at all says what to write instead', async () => {
    const { url, paths } = await publisher({})
    const error = await errorOf(Provider.discover(url, client))
    expect(error).toMatchObject({ code: 'discovery_failed', action: 'fix_configuration', status: 404 })
    expect(await paths()).toEqual([rfc8414, openid, `${openid}/`])
  })

  test.each([
    ['A35: http', { token_endpoint: 'http://as.example/token' }, 'insecure_url'],
    ['A35: http', { jwks_uri: 'http://as.example/jwks' }, 'insecure_url'],
    ['R5, A21: a fragment', { token_endpoint: 'https://as.example/token#canary' }, 'metadata_invalid'],
    ['A21: no token endpoint', { token_endpoint: undefined }, 'metadata_invalid'],
    ['A21, G24: user information', { token_endpoint: 'https://user:canary@as.example/token' }, 'metadata_invalid'],
    ['A21: no URL', { token_endpoint: '//as.example/token' }, 'metadata_invalid'],
    ['A21: a URL of 9 kB', { token_endpoint: `https://as.example/${'x'.repeat(9000)}` }, 'metadata_invalid'],
    ['A21, R61: a script', { authorization_endpoint: 'javascript:alert(1)' }, 'metadata_invalid'],
    ['A21, G40: data', { authorization_endpoint: 'data:text/html,x' }, 'metadata_invalid'],
    ['A21, G40: a file', { jwks_uri: 'file:///etc/passwd' }, 'metadata_invalid'],
    ['A21: another scheme', { token_endpoint: 'ftp://as.example/token' }, 'metadata_invalid'],
    [
      'G23: a parameter of the protocol',
      { authorization_endpoint: 'https://as.example/a?client_id=evil' },
      'config_invalid',
    ],
  ])('%s in a document is refused: %j', async (_, changes, code) => {
    const { server, url, paths } = await publisher({})
    await server.reply(rfc8414, { json: { ...documentOf(url), ...changes } })
    expect((await errorOf(Provider.discover(url, client))).code).toBe(code)
    expect(await paths()).toEqual([rfc8414])
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

  test('each pause is about twice as long as the one before, and no two machines wait as long', async () => {
    const { url } = await publisher({ [rfc8414]: [{ status: 503 }] })
    const all: number[][] = []
    for (let i = 0; i < 5; i++) {
      const pauses: number[] = []
      const sleep = async (ms: number) => {
        pauses.push(ms)
        if (ms === 60_000) await new Promise(() => {})
      }
      await errorOf(Provider.discover(url, client, { clock: { now: () => Date.now(), sleep }, timeout: 60_000 }))
      const [, first = 0, second = 0] = pauses
      expect([Math.floor(first / 200), Math.floor(second / 400)]).toEqual([1, 1])
      all.push(pauses)
    }
    expect(new Set(all.map(([, first]) => first)).size).toBeGreaterThan(1)
  })

  test('A64: three in a row are the end', async () => {
    const { url, paths } = await publisher({ [rfc8414]: [{ status: 503 }] })
    const clock = {
      now: () => Date.now(),
      sleep: async (ms: number) => (ms > 5000 ? new Promise<void>(() => {}) : undefined),
    }
    const error = await errorOf(Provider.discover(url, client, { clock }))
    expect(error).toMatchObject({ code: 'discovery_failed', action: 'retry', status: 503 })
    expect(await paths()).toHaveLength(3)
  })

  test('A64, G19: a Retry-After is waited for, up to five seconds', async () => {
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

  test('A31, G19: all attempts together have one deadline', async () => {
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

  test('5.6.13: a caller who gives up during a pause is let go at once', async () => {
    const { url, paths } = await publisher({ [rfc8414]: [{ status: 503, headers: { 'retry-after': '5' } }] })
    const clock = testClock()
    const controller = new AbortController()
    const pending = errorOf(Provider.discover(url, client, { clock, signal: controller.signal }))
    await expect.poll(() => clock.waiting).toBe(2) // the deadline, and the pause
    controller.abort()
    expect((await pending).code).toBe('aborted')
    expect(await paths()).toHaveLength(1)
  })
})

describe('vectors', () => {
  test.each(vectorsOf('AS metadata URL'))('R74: $name', ({ input, expected }) =>
    expect(metadataUrls(String(input['issuer']))[0]).toBe(expected),
  )
  test.each(vectorsOf('OIDC discovery URL'))('R238: $name', ({ input, expected }) =>
    expect(metadataUrls(String(input['issuer']))[1]).toBe(expected),
  )

  test.each(vectorsOf('AS metadata issuer mismatch'))('R76, R80: $name', async ({ input, expected }) => {
    const { url } = await publisher({
      [rfc8414]: [{ json: { token_endpoint: 'https://attacker.example/token', ...(input['body'] as object) } }],
    })
    const accepted = await Provider.discover(url, client).then(
      () => true,
      () => false,
    )
    expect({ accept: accepted }).toEqual(expected)
  })

  test.each(vectorsOf('AS metadata document'))('R74: $name is accepted as it is', ({ input }) => {
    const metadata = input['body'] as { token_endpoint: string }
    expect(new Provider({ name: 'acme', metadata }, client).definition.metadata).toEqual(metadata)
  })
})
