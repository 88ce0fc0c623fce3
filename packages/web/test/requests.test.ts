import { describe, expect, test } from 'vitest'
import { scene } from './support/scene.ts'
import { navigation, ownForm } from './support/visitor.ts'

describe('requests for the routes of a login', () => {
  test.each([
    ['prefetch', 'W7: a prefetch'],
    ['prefetch;prerender', 'W7: a prerender'],
  ])('%s: 503, and nothing begins or ends', async (purpose) => {
    const app = await scene()
    await app.logIn()
    const before = new Map(app.visitor.cookies)
    for (const path of app.auth.paths) {
      const { status, setCookies } = await app.visitor.open(path, { ...navigation, 'sec-purpose': purpose })
      expect([path, status, setCookies]).toStrictEqual([path, 503, []])
    }
    expect(app.visitor.cookies).toStrictEqual(before)
    expect((await app.visitor.open('/auth/login')).status).toBe(303)
  })

  test.each([
    ['a fetch', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['W43: a frame', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }],
    ['an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
  ])('%s begins no login, and learns where the login is', async (_, headers) => {
    const app = await scene()
    const { status, text, setCookies } = await app.visitor.open('/auth/login', headers)
    expect([status, JSON.parse(text), setCookies]).toStrictEqual([401, { login: `${app.url}/auth/login` }, []])
    const page = await app.visitor.open('/protected', headers)
    expect([page.status, page.location]).toStrictEqual([401, ''])
  })

  test('a POST to the login begins it from a page of the app, and from no other', async () => {
    const app = await scene()
    expect((await app.visitor.post('/auth/login')).status).toBe(303)
    for (const site of ['cross-site', 'same-site', 'none'])
      expect((await app.visitor.post('/auth/login', { ...ownForm, 'sec-fetch-site': site })).status).toBe(403)
  })

  test('a GET from another site can begin a login: links in mail do', async () => {
    const app = await scene()
    expect((await app.visitor.open('/auth/login', { ...navigation, 'sec-fetch-site': 'cross-site' })).status).toBe(303)
  })

  test('W13: hostile Host and forwarded headers change nothing', async () => {
    const app = await scene()
    const plain = await app.visitor.open('/auth/login')
    for (const host of ['evil.example', 'evil.example:99999', 'a b', '@evil.example', '']) {
      const hostile = {
        host,
        forwarded: 'host=evil.example;proto=https',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        'x-forwarded-prefix': '/evil',
        'x-original-url': '/evil',
      }
      const { status, location, setCookies } = await app.visitor.open('/auth/login', { ...navigation, ...hostile })
      if (status === 400) continue // Node itself refuses the request
      expect([host, status]).toStrictEqual([host, 303])
      expect(new URL(location).searchParams.get('redirect_uri')).toBe(`${app.url}/auth/callback`)
      expect(location + setCookies.join('')).not.toContain('evil')
      expect(setCookies.at(-1)?.replace(/=.*?;/, '')).not.toContain('Secure')
      const refused = await app.visitor.open('/protected', { ...navigation, ...hostile })
      expect(refused.location).toBe(`${app.url}/auth/login?returnTo=%2Fprotected`)
    }
    expect(plain.status).toBe(303)
  })

  test('W24: other methods redeem and end nothing', async () => {
    const app = await scene()
    await app.logIn()
    const callback = await app.server.logIn(await app.begin())
    await app.server.forget()
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE'])
      for (const path of [callback, ...app.auth.paths]) {
        const { status, headers, setCookies } = await app.visitor.send(path, { method, headers: ownForm })
        expect([method, path, status, setCookies]).toStrictEqual([method, path, 405, []])
        expect(headers.get('allow')).toMatch(/GET|POST/)
      }
    expect(await app.server.requests()).toStrictEqual([])
    expect((await app.visitor.open('/')).text).toBe('ada')
    expect((await app.visitor.open(callback)).status).toBe(303)
  })

  test.each([
    '//auth/logout',
    '/auth/login/',
    '/AUTH/login',
    '/auth/x/..%2flogout',
    '/auth/x/../logout',
    '/auth',
    '/auth/',
  ])('W42: %s is not a route', async (path) => {
    const app = await scene()
    await app.logIn()
    const { status, setCookies } = await app.visitor.post(path)
    expect([status, setCookies]).toStrictEqual([404, []])
    expect((await app.visitor.open('/')).text).toBe('ada')
  })

  test('W42: the handler itself responds with 404 to any other path', async () => {
    const app = await scene()
    for (const path of ['//auth/logout', '/auth/login/', '/AUTH/login', '/auth/x/..%2flogout', '/auth/'])
      expect((await app.auth.handle(new Request(app.url + path, { method: 'POST' }))).status).toBe(404)
  })

  test('W15, W40: every response is uncached and every redirect is a 303', async () => {
    const app = await scene()
    const callback = await app.server.logIn(await app.begin('/protected'))
    const views = [
      await app.visitor.open('/auth/login'),
      await app.visitor.open(callback),
      await app.visitor.open(callback),
      await app.visitor.open('/auth/callback?error=access_denied'),
      await app.visitor.open('/auth/session', { 'sec-fetch-site': 'same-origin' }),
      await app.visitor.open('/auth/logout'),
      await app.visitor.open('/protected', { accept: 'text/html' }),
      await app.visitor.post('/auth/logout'),
      await app.visitor.open('/auth/session'),
    ]
    for (const { headers, status, location } of views.filter(({ url }) => url.includes('/auth/'))) {
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(['no-referrer', 'same-origin']).toContain(headers.get('referrer-policy'))
      expect(location === '' || status === 303).toBe(true)
    }
  })

  test('the session route tells pages of the app who is logged in, and nobody else', async () => {
    const app = await scene()
    const own = { 'sec-fetch-site': 'same-origin' }
    expect((await app.visitor.open('/auth/session', own)).status).toBe(401)
    await app.logIn()
    const { status, text } = await app.visitor.open('/auth/session', own)
    expect([status, JSON.parse(text)]).toMatchObject([200, { user: { sub: 'ada' }, provider: 'acme' }])
    for (const headers of [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ])
      expect((await app.visitor.open('/auth/session', headers)).status).toBe(403)
    expect((await app.visitor.open('/auth/session', { origin: app.url })).status).toBe(200)
  })
})
