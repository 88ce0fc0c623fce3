import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Pkce } from '@grantkit/core'
import { loopbackLogin } from '@grantkit/core/node'
import { describe, expect, test } from 'vitest'
import { deferred } from '../../support/deferred.ts'
import { anyPort, loopback, sendRaw, type Waiting } from '../../support/loopback.ts'
import { errorOf, goodToken } from '../../support/scene.ts'

/** Bun publishes no arrivals of requests, and ends a connection that has said nothing only after a while. */
const onBun = 'bun' in process.versions

/** The login is still there: its own callback finishes it. */
async function goesOn(login: Waiting): Promise<void> {
  expect((await login.comeBack()).status).toBe(200)
  expect((await login.token).accessToken).toBe(goodToken['access_token'])
}

describe('what does not belong to the login gets a 4xx and ends nothing', () => {
  test('A51: a host that is not this machine, as after DNS rebinding', async () => {
    const { begin } = await loopback()
    const login = await begin()
    const { port } = login.redirectUri
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${Number(port) + 1}`])
      expect([host, (await login.send({ host })).status]).toEqual([host, 421])
    await goesOn(login)
  })

  test('A51: the other literal of this machine, with the port, is this machine', async () => {
    const { begin } = await loopback()
    const login = await begin()
    expect((await login.send({ address: '::1', host: `[::1]:${login.redirectUri.port}` })).status).toBe(200)
  })

  test.each([
    ['R56, A52: another path', { target: '/other?code=canary-code&state=STATE' }, 404],
    ['A52: a favicon', { target: '/favicon.ico' }, 404],
    ['A52: a path below', { target: '/callback/?code=canary-code&state=STATE' }, 404],
    ['A52: POST', { method: 'POST' }, 405],
    ['A52: HEAD', { method: 'HEAD' }, 405],
    ['A52: OPTIONS', { method: 'OPTIONS' }, 405],
    ['A52: TRACE', { method: 'TRACE' }, 405],
    ['A52: the absolute form', { target: 'http://evil.example/callback?code=canary-code&state=STATE' }, 400],
    ['A52: a prefetch', { headers: { 'sec-purpose': 'prefetch;prerender' } }, 403],
    ['A52: a prefetch of an older browser', { headers: { purpose: 'prefetch' } }, 403],
    ['A52: no parameters', { target: '/callback' }, 400],
    ['A52: no code', { target: '/callback?state=STATE' }, 400],
    ['A52: a state twice', { target: '/callback?code=canary-code&state=STATE&state=STATE' }, 400],
    ['A52: a code twice', { target: '/callback?code=canary-code&code=b&state=STATE' }, 400],
    ['A54: another state', { target: '/callback?code=canary-evil&state=STATE2' }, 400],
    ['A54: an error of another login', { target: '/callback?error=access_denied&state=other' }, 400],
  ])(
    '%s',
    async (_, { target, ...sent }: { target?: string; method?: string; headers?: Record<string, string> }, status) => {
      const { begin, tokenRequests } = await loopback()
      const login = await begin()
      const state = login.url.searchParams.get('state') ?? ''
      const fits = target?.replaceAll('STATE', state) ?? login.callback()
      expect((await login.send({ ...sent, target: fits })).status).toBe(status)
      expect(await tokenRequests()).toEqual([])
      await goesOn(login)
    },
  )

  test.each([
    [
      'A52: two host headers',
      'GET TARGET HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n',
      /^HTTP\/1\.1 4(?:00|21)/,
    ],
    ['A52: no host header', 'GET TARGET HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 4(?:00|21)/],
    ['A52: no HTTP', '\u0016\u0003\u0001 TLS?\r\n\r\n', /^HTTP\/1\.1 400/],
    [
      'A56: two megabytes',
      `GET /callback?code=${'c'.repeat(2_000_000)} HTTP/1.1\r\nHost: HOST\r\n\r\n`,
      /^HTTP\/1\.1 4(?:14|31)|^$/,
    ],
    ['A56: 2000 parameters', `GET /callback?${'a=b&'.repeat(2000)} HTTP/1.1\r\nHost: HOST\r\n\r\n`, /^HTTP\/1\.1 400/],
    [
      'A56: a flood of headers',
      `GET TARGET HTTP/1.1\r\nHost: HOST\r\n${'x: y\r\n'.repeat(9000)}\r\n`,
      /^HTTP\/1\.1 431|^$/,
    ],
  ])('%s', async (_, octets, refused) => {
    const { begin, tokenRequests } = await loopback()
    const login = await begin()
    const written = octets.replaceAll('TARGET', login.callback()).replaceAll('HOST', login.redirectUri.host)
    expect(await sendRaw(login.redirectUri, written)).toMatch(refused)
    expect(await tokenRequests()).toEqual([])
    await goesOn(login)
  })

  test('A54: a thousand callbacks of another login', async () => {
    const { begin, tokenRequests } = await loopback()
    const login = await begin()
    for (let sent = 0; sent < 1000; sent += 50) {
      const crowd = Array.from({ length: 50 }, (_, i) =>
        login.send({ target: `/callback?code=canary-${i}&state=no${i}` }),
      )
      expect((await Promise.all(crowd)).every(({ status }) => status === 400)).toBe(true)
    }
    expect(await tokenRequests()).toEqual([])
    await goesOn(login)
  })

  test.each(onBun ? ['GET /callb'] : ['', 'GET /callb'])(
    'a connection that says %j does not keep the login from ending',
    async (octets) => {
      const { begin } = await loopback()
      const login = await begin()
      const silent = sendRaw(login.redirectUri, octets)
      await goesOn(login)
      expect(await silent).toBe('')
    },
  )
})

/** Resolves once this many requests have reached a server of this process. */
function requestsArrived(count: number): Promise<void> {
  const { promise, resolve } = deferred()
  let arrived = 0
  const arrive = (): void => {
    if (++arrived < count) return
    unsubscribe('http.server.request.start', arrive)
    resolve()
  }
  subscribe('http.server.request.start', arrive)
  return promise
}

describe('the first request that fits decides', () => {
  test('A52: the same callback twice at once is one exchange, and both see how it came out', async () => {
    const { begin, tokenRequests } = await loopback()
    const login = await begin()
    const pages = await Promise.all([login.comeBack(), login.comeBack()])
    expect(pages.map(({ status }) => status)).toEqual([200, 200])
    await login.token
    expect(await tokenRequests()).toHaveLength(1)
  })

  test.runIf(!onBun)('A52: another code, or a denial, while the first is being redeemed comes too late', async () => {
    const { begin, lastRequest } = await loopback()
    const [reached, gate] = [deferred(), deferred()]
    const save = async (): Promise<void> => {
      reached.resolve()
      await gate.promise
    }
    const login = await begin({ source: { save } })
    const first = login.comeBack()
    await reached.promise
    const arrived = requestsArrived(2)
    const late = [login.comeBack({ code: 'canary-other' }), login.comeBack({ error: 'access_denied' })]
    await arrived
    gate.resolve()
    expect((await first).status).toBe(200)
    expect((await Promise.all(late)).map(({ status }) => status)).toEqual([410, 410])
    await login.token
    expect((await lastRequest()).form?.['code']).toBe('canary-code')
  })

  test('a denial ends the login', async () => {
    const { begin } = await loopback()
    const login = await begin()
    const { status, body } = await login.comeBack({ error: 'access_denied' })
    expect([status, body]).toEqual([400, expect.stringContaining('Access was not granted')])
    expect((await errorOf(login.token)).code).toBe('authorization_denied')
  })

  test('so does a response with this state and the issuer of another server', async () => {
    const { begin, tokenRequests } = await loopback({
      definition: { metadata: { issuer: 'https://id.acme.example' } as never },
    })
    const login = await begin()
    expect((await login.comeBack({ code: 'canary-code', iss: 'https://evil.example' })).status).toBe(400)
    expect((await errorOf(login.token)).code).toBe('issuer_mismatch')
    expect(await tokenRequests()).toEqual([])
  })
})

describe('what is opened', () => {
  test('R58, R61: a URL, as it is written, and nothing that a shell would read', async () => {
    const { begin } = await loopback()
    const { url } = await begin({ parameters: { login_hint: '&calc;$(id)`"' } })
    expect(url).toBeInstanceOf(URL)
    expect(url.searchParams.get('login_hint')).toBe('&calc;$(id)`"')
  })

  test('R61: plain http to another machine is not opened', async () => {
    const { provider } = await loopback()
    const metadata = { authorization_endpoint: 'http://keycloak:8080/authorize' } as never
    const acme = provider(anyPort, { metadata }, { httpHosts: ['keycloak:8080'] })
    const opened: URL[] = []
    const error = await errorOf(loopbackLogin(acme.grant(Pkce), { open: (url) => opened.push(url) }))
    expect([error.code, opened]).toEqual(['insecure_url', []])
  })
})
