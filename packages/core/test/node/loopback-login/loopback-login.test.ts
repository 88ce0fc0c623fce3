import { Server } from 'node:http'
import { AuthorizationCode, ClientCredentials, GrantError, memoryStore, Pkce, Token } from '@grantkit/core'
import { loopbackLogin } from '@grantkit/core/node'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { deferred } from '../../support/deferred.ts'
import { anyPort, begin, listens, loopback, sendTo, takePort, waiting } from '../../support/loopback.ts'
import { clientSecret, errorOf, goodToken } from '../../support/scene.ts'

describe('a login over a loopback address', () => {
  test('E-60, NET-40, SP-12: it listens, opens the browser, redeems the code, shows a page and stops', async () => {
    const { begin: start, lastRequest } = await loopback()
    const login = await start({ scope: ['read'] })
    expect(login.url.searchParams.get('scope')).toBe('read')
    const { status, body } = await login.comeBack()
    expect([status, body]).toEqual([200, expect.stringContaining('You are logged in at acme')])
    expect((await login.token).accessToken).toBe(goodToken['access_token'])
    expect((await lastRequest()).form).toMatchObject({ code: 'canary-code', redirect_uri: login.redirectUri.href })
    expect(await listens(login.redirectUri)).toBe(false)
  })

  test.each([[anyPort], [{ ...anyPort, clientSecret }]])(
    'R52, R62: it is begun with PKCE, with a secret and without: %#',
    async (client) => {
      const { begin: start, lastRequest } = await loopback({ client })
      const login = await start()
      expect(login.url.searchParams.get('code_challenge_method')).toBe('S256')
      await login.comeBack()
      await login.token
      expect((await lastRequest()).form?.['code_verifier']).toMatch(/^[\w-]{64}$/)
    },
  )

  test('a provider that refuses PKCE is used with AuthorizationCode and a secret', async () => {
    const { acme } = await loopback({ client: { ...anyPort, clientSecret }, definition: { pkce: 'refused' } })
    const { promise, resolve } = deferred<URL>()
    const token = loopbackLogin(acme.grant(AuthorizationCode), { open: resolve })
    expect((await waiting(await promise, token).comeBack()).status).toBe(200)
    expect((await token).accessToken).toBe(goodToken['access_token'])
  })

  test('the token is in the source before the page says so', async () => {
    const { acme, begin: start } = await loopback()
    const tokens = acme.tokenSource({ store: memoryStore(), key: 'user:42' })
    const seen: (Token | undefined)[] = []
    const source = {
      save: async (token: Token) => {
        seen.push(await tokens.peek())
        await tokens.save(token)
      },
    }
    const login = await start({ source })
    const { body } = await login.comeBack()
    const stored = await tokens.peek()
    expect(body).toContain('You are logged in')
    expect([seen, stored?.accessToken]).toEqual([[undefined], goodToken['access_token']])
    await login.token
  })

  test.each([
    ['a GrantError', new GrantError('store_failed', 'the disk is full')],
    ['anything else', new TypeError('the disk is full')],
  ])('a token that cannot be stored is a failure, on the page too: %s', async (_, thrown) => {
    const { begin: start } = await loopback()
    const login = await start({
      source: {
        save: () => {
          throw thrown
        },
      },
    })
    const { status, body } = await login.comeBack()
    expect([status, body]).toEqual([400, expect.stringContaining('could not be saved')])
    expect((await errorOf(login.token)).code).toBe('store_failed')
  })

  test('two logins at once, of two users at two providers, have listeners of their own', async () => {
    const [one, two] = [
      await loopback(),
      await loopback({ replies: [{ json: { ...goodToken, access_token: 'at-2' } }] }),
    ]
    const [first, second] = [await one.begin(), await two.begin()]
    expect(first.redirectUri.port).not.toBe(second.redirectUri.port)
    const crossed = await sendTo(second.redirectUri, { target: first.callback() })
    expect(crossed.status, 'R57: the response of one server on the path of another').toBe(400)
    await Promise.all([second.comeBack(), first.comeBack()])
    expect([(await first.token).accessToken, (await second.token).accessToken]).toEqual([
      goodToken['access_token'],
      'at-2',
    ])
  })
})

interface Asked {
  readonly host: string
  readonly port: number
  readonly exclusive?: boolean
}

/** Lets listening fail, where it is to, as the operating system says it. */
function failToListen(code: string, where: (asked: Asked, server: Server) => boolean): void {
  const { listen } = Server.prototype
  vi.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server, ...input: unknown[]) {
    if (!where(input[0] as Asked, this)) return Reflect.apply(listen, this, input) as Server
    process.nextTick(() => this.emit('error', Object.assign(new Error('it cannot be had'), { code })))
    return this
  })
}

describe('where it listens', () => {
  afterEach(() => void vi.restoreAllMocks())

  test.each([
    ['http://127.0.0.1/callback', '127.0.0.1'],
    ['http://[::1]/callback', '[::1]'],
    ['http://127.0.0.1:0', '127.0.0.1'],
  ])('R53, R54: registered as %s, it gets a free port, and the host stays a literal', async (redirectUri, hostname) => {
    const { begin: start } = await loopback({ client: { ...anyPort, redirectUri } })
    const login = await start()
    expect(login.redirectUri.hostname).toBe(hostname)
    expect(Number(login.redirectUri.port)).toBeGreaterThan(1023)
    expect((await login.comeBack()).status).toBe(200)
  })

  test('R54: without IPv4, the redirect URI for IPv6 is used', async () => {
    const redirectUri = ['http://127.0.0.1/callback', 'http://[::1]/callback']
    const { begin: start } = await loopback({ client: { ...anyPort, redirectUri } })
    failToListen('EADDRNOTAVAIL', ({ host }) => host === '127.0.0.1')
    const login = await start()
    expect(login.redirectUri.hostname).toBe('[::1]')
    expect((await login.comeBack()).status).toBe(200)
  })

  test('R55: the bound addresses are those of this machine, one for each family on the same port', async () => {
    const { begin: start } = await loopback()
    const asked: Server[] = []
    failToListen('EADDRINUSE', ({ exclusive }, server) => exclusive !== true || asked.push(server) === 0)
    const login = await start()
    const bound = asked.map((server) => server.address())
    const port = Number(login.redirectUri.port)
    expect(bound).toMatchObject([
      { address: '127.0.0.1', port },
      { address: '::1', port },
    ])
    expect((await login.send({ address: '::1' })).status).toBe(200)
    await login.token
    expect([await listens(login.redirectUri), await listens(login.redirectUri, '::1')]).toEqual([false, false])
  })

  test.each(['127.0.0.1', 'localhost'])('the port of a redirect URI on %s is used, byte for byte', async (host) => {
    const { port, release } = await takePort()
    await release()
    const redirectUri = `http://${host}:${port}/callback?from=acme`
    const { acme, lastRequest } = await loopback({ client: { ...anyPort, redirectUri } })
    const login = await begin(acme)
    expect((await sendTo(login.redirectUri, { target: login.callback(), address: '127.0.0.1' })).status).toBe(200)
    await login.token
    expect((await lastRequest()).form?.['redirect_uri']).toBe(redirectUri)
  })

  test.each(['127.0.0.1', '::1'])('R59, A53: a port that is taken on %s says so', async (host) => {
    const { port } = await takePort(host)
    const { acme } = await loopback({ client: { ...anyPort, redirectUri: `http://127.0.0.1:${port}/callback` } })
    const { code, message } = await errorOf(loopbackLogin(acme.grant(Pkce)))
    expect(code).toBe('config_invalid')
    expect(message).toContain(`port ${port} is taken`)
    expect(message).toContain('register another port at acme')
  })

  test('R59: a second login on the same port says so, and the first goes on', async () => {
    const { port, release } = await takePort()
    await release()
    const { acme } = await loopback({ client: { ...anyPort, redirectUri: `http://127.0.0.1:${port}/callback` } })
    const login = await begin(acme)
    expect((await errorOf(loopbackLogin(acme.grant(Pkce)))).message).toContain(`port ${port} is taken`)
    expect((await login.comeBack()).status).toBe(200)
  })

  test('A53: where the port may vary, one that is taken on the other family is left for another', async () => {
    const { begin: start } = await loopback()
    const tried: number[] = []
    failToListen('EADDRINUSE', ({ host, port }) => host === '::1' && tried.push(port) === 1)
    const login = await start()
    expect(tried).toEqual([expect.any(Number), Number(login.redirectUri.port)])
    expect(await listens(new URL(`http://127.0.0.1:${tried[0]}`))).toBe(tried[0] === tried[1])
    expect((await login.comeBack()).status).toBe(200)
  })

  test.each(['http://localhost/callback', 'http://127.0.0.1:80/callback'])(
    'port 80 is used where it is meant, and an error says what to register: %s',
    async (redirectUri) => {
      const { acme } = await loopback({ client: { ...anyPort, redirectUri } })
      failToListen('EACCES', ({ port }) => port === 80)
      const { message } = await errorOf(loopbackLogin(acme.grant(Pkce), { signal: AbortSignal.timeout(1_000) }))
      expect(message).toContain('this user may not listen on port 80')
    },
  )

  test('a machine without IPv6 listens on IPv4 alone', async () => {
    const { begin: start } = await loopback()
    failToListen('EAFNOSUPPORT', ({ host }) => host === '::1')
    expect((await (await start()).comeBack()).status).toBe(200)
  })

  test.each([
    ['EADDRNOTAVAIL', 'this machine has no address 127.0.0.1'],
    ['EACCES', 'register a port above 1023'],
    ['EIO', 'nothing can listen'],
  ])('an address that cannot be listened on says so: %s', async (code, words) => {
    const { acme } = await loopback()
    failToListen(code, () => true)
    const error = await errorOf(loopbackLogin(acme.grant(Pkce)))
    expect([error.code, error.message]).toEqual(['config_invalid', expect.stringContaining(words)])
    expect(error.cause).toMatchObject({ code })
  })

  test.each(['http://127.0.0.1/callback', 'http://127.0.0.1/callback/', 'http://127.0.0.1/?x=1'])(
    'R57: where the provider lets the path vary, each login has one of its own: %s',
    async (redirectUri) => {
      const definition = { redirectUri: { paths: 'below' } } as const
      const { begin: start } = await loopback({ client: { ...anyPort, redirectUri }, definition })
      const [one, two] = [await start(), await start()]
      const { pathname, search } = new URL(redirectUri)
      const below = new RegExp(`^${pathname.replace(/\/$/, '')}/[\\w-]{43}$`)
      expect([one.redirectUri.pathname, two.redirectUri.pathname]).toEqual([
        expect.stringMatching(below),
        expect.stringMatching(below),
      ])
      expect(one.redirectUri.pathname).not.toBe(two.redirectUri.pathname)
      expect(one.redirectUri.search).toBe(search)
      expect((await one.send({ target: `${pathname}?code=canary-code` })).status).toBe(404)
      expect((await one.comeBack()).status).toBe(200)
    },
  )

  test('of several redirect URIs, the first on this machine is used, or the one that was asked for', async () => {
    const redirectUri = ['https://app.example/callback', 'http://127.0.0.1/one', 'http://[::1]/two']
    const { begin: start } = await loopback({ client: { ...anyPort, redirectUri } })
    expect((await start()).redirectUri.pathname).toBe('/one')
    expect((await start({ redirectUri: 'http://[::1]/two' })).redirectUri.pathname).toBe('/two')
  })
})

describe('what cannot work says what to write', () => {
  test.each([
    ['a redirect URI elsewhere', { redirectUri: 'https://app.example/callback' }, 'register and use "http://127.0.0.1'],
    ['one with a scheme of its own', { redirectUri: 'com.example.app:/cb' }, 'register and use "http://127.0.0.1'],
    ['none', { redirectUri: undefined }, 'register and use "http://127.0.0.1'],
  ])('%s', async (_, client, words) => {
    const { acme } = await loopback({ client: { ...anyPort, ...client } })
    const { code, message } = await errorOf(loopbackLogin(acme.grant(Pkce)))
    expect([code, message]).toEqual(['config_invalid', expect.stringContaining(words)])
  })

  test('a provider that refuses redirect URIs on this machine', async () => {
    const client = { ...anyPort, redirectUri: 'https://app.example/callback' }
    const { acme } = await loopback({ client, definition: { redirectUri: { loopback: 'refused' } } })
    expect((await errorOf(loopbackLogin(acme.grant(Pkce)))).message).toContain('log in through a web app')
  })

  test.each<[object, string]>([
    [{ timout: 5 }, 'write "timeout"'],
    [{ scopes: [] }, 'write "scope"'],
    [{ state: 'mine' }, 'each login makes its own'],
    [{ codeVerifier: 'mine' }, 'each login makes its own'],
    [{ timeout: 0 }, 'milliseconds'],
    [{ timeout: Number.NaN }, 'milliseconds'],
    [{ timeout: 11 * 60_000 }, 'ten minutes'],
    [{ open: 'firefox' }, 'open is not a function'],
    [{ page: '<h1>' }, 'page is not a function'],
    [{ paste: 'http://127.0.0.1/' }, 'paste is not a promise'],
    [{ source: memoryStore() }, 'write provider.tokenSource'],
    [{ parameters: { response_mode: 'fragment' } }, 'leave response_mode out'],
  ])('the options %j', async (options, words) => {
    const { acme } = await loopback()
    const { code, message } = await errorOf(loopbackLogin(acme.grant(Pkce), options))
    expect([code, message]).toEqual(['config_invalid', expect.stringContaining(words)])
  })

  test.each([[undefined], [{}], ['Pkce']])('a grant that is %j', async (grant) => {
    const error = await errorOf(loopbackLogin(grant as never))
    expect([error.code, error.message]).toEqual(['config_invalid', expect.stringContaining('provider.grant(Pkce)')])
  })

  test('a grant without a user', async () => {
    const { acme } = await loopback({ client: { ...anyPort, clientSecret } })
    expect((await errorOf(loopbackLogin(acme.grant(ClientCredentials) as never))).code).toBe('config_invalid')
  })
})
