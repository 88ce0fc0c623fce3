import { describe, expect, test } from 'vitest'
import { scene } from './support/scene.ts'
import { navigation, ownForm, Visitor } from './support/visitor.ts'

describe('a logout', () => {
  test('ends the session, revokes the tokens and ends the session at the provider', async () => {
    const app = await scene({ web: { postLogoutRedirectUri: undefined } })
    await app.logIn({ browser: 'of ada' })
    await app.server.forget()
    const { status, location } = await app.visitor.post('/auth/logout')
    const { origin, pathname, searchParams } = new URL(location)
    expect([status, origin + pathname]).toStrictEqual([303, app.server.metadata.end_session_endpoint])
    expect([...searchParams.keys()]).toStrictEqual(['id_token_hint', 'client_id'])
    expect((await app.server.requests()).map(({ path }) => path)).toContain(
      new URL(app.server.metadata.revocation_endpoint ?? '').pathname,
    )
    await app.server.logOut(location, { browser: 'of ada' })
    expect(app.events.map(({ type }) => type)).toStrictEqual(['logged_in', 'logged_out'])
  })

  test('comes back from the provider to the registered URL', async () => {
    const app = await scene({ web: {} })
    const auth = app.another({ postLogoutRedirectUri: `${app.url}/bye` })
    await app.logIn({ browser: 'of ada' })
    const cookie = [...app.visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const asked = new Request(`${app.url}/leave`, { method: 'POST', headers: { cookie, origin: app.url } })
    const location = (await auth.logout(asked)).headers.get('location') ?? ''
    expect(await app.server.logOut(location, { browser: 'of ada' })).toMatch(`${app.url}/bye`)
  })

  test('W23: leaves none of our cookies behind', async () => {
    const app = await scene()
    await app.logIn()
    await app.begin()
    await app.begin()
    expect(app.visitor.cookies.size).toBe(3)
    await app.visitor.post('/auth/logout')
    expect(app.visitor.cookies.size).toBe(0)
  })

  test('W8: a GET ends nothing: it shows the button, and to images nothing', async () => {
    const app = await scene()
    await app.logIn()
    const page = await app.visitor.open('/auth/logout')
    expect(page.text).toContain('<form method="post"><button class="main">Log out</button></form>')
    expect(page.headers.get('content-security-policy')).toContain(`form-action 'self' ${app.server.url};`)
    const image = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
    expect((await app.visitor.open('/auth/logout', image)).status).toBe(405)
    expect((await app.visitor.open('/auth/logout', { ...navigation, 'sec-purpose': 'prefetch' })).status).toBe(503)
    expect((await app.visitor.open('/')).text).toBe('ada')
  })

  test.each([
    ['W9: another site', { 'sec-fetch-site': 'cross-site' }],
    ['W9: a sibling subdomain', { 'sec-fetch-site': 'same-site' }],
    ['W9: an older browser on another site', { origin: 'https://evil.example' }],
    ['W9: an older browser on another port', { origin: 'http://127.0.0.1:1' }],
    ['W9: a sandboxed page', { origin: 'null' }],
    ['W10: a client that says nothing', {}],
  ])('%s cannot log anybody out', async (_, headers) => {
    const app = await scene()
    await app.logIn()
    const { status, setCookies } = await app.visitor.post('/auth/logout', headers)
    expect([status, setCookies]).toStrictEqual([403, []])
    expect((await app.visitor.open('/')).text).toBe('ada')
  })

  test('works in an older browser on a page of the app', async () => {
    const app = await scene()
    await app.logIn()
    expect((await app.visitor.post('/auth/logout', { origin: app.url })).status).toBe(303)
    expect((await app.visitor.open('/')).text).toBe('nobody')
  })

  test('W44: leads only to pages of the app, and the hint is of this session', async () => {
    const app = await scene({ definition: { name: 'plain' }, web: { store: undefined } })
    await app.logIn()
    for (const [asked, leads] of [
      ['https://evil.example/', '/'],
      ['//evil.example', '/'],
      ['/bye?x=1', '/bye?x=1'],
    ] as const) {
      const query = new URLSearchParams({ returnTo: asked, post_logout_redirect_uri: 'https://evil.example' })
      const { location } = await app.visitor.post(`/auth/logout?${query}`)
      expect(location).toBe(app.url + leads)
    }
    const two = await scene()
    const bob = new Visitor(two.url)
    await two.logIn()
    await two.logIn({ visitor: bob, account: 'bob' })
    const { location } = await bob.post('/auth/logout')
    const [, claims = ''] = new URL(location).searchParams.get('id_token_hint')?.split('.') ?? []
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ sub: 'bob' })
    expect((await two.visitor.open('/')).text).toBe('ada')
  })

  test('without a session leads home all the same', async () => {
    const app = await scene()
    const { status, location } = await app.visitor.post('/auth/logout')
    expect([status, location]).toStrictEqual([303, `${app.url}/`])
    expect(app.events).toStrictEqual([])
  })

  test('that the provider does not answer ends the session, and is an event', async () => {
    let down = false
    const flaky: typeof fetch = (...call) => (down ? Promise.reject(new TypeError('down')) : fetch(...call))
    const app = await scene({ provider: { fetch: flaky } })
    await app.logIn()
    down = true
    expect((await app.visitor.post('/auth/logout', ownForm)).status).toBe(303)
    expect(app.events.map(({ type, error }) => [type, error?.code])).toStrictEqual([
      ['logged_in', undefined],
      ['logout_failed', 'network_error'],
      ['logged_out', undefined],
    ])
    expect((await app.visitor.open('/')).text).toBe('nobody')
  })
})
