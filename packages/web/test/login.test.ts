import { Provider } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { scene } from './support/scene.ts'
import { navigation, Visitor } from './support/visitor.ts'

describe('a login', () => {
  test('leads through the authorization server back to the page that was asked for', async () => {
    const app = await scene()
    const refused = await app.visitor.open('/protected?x=1')
    expect([refused.status, refused.location]).toStrictEqual([
      303,
      `${app.url}/auth/login?returnTo=%2Fprotected%3Fx%3D1`,
    ])
    const begun = await app.visitor.open(refused.location)
    expect(begun.status).toBe(303)
    const asked = new URL(begun.location)
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      client_id: 'web-app',
      code_challenge_method: 'S256',
      redirect_uri: `${app.url}/auth/callback`,
      scope: 'openid read',
    })
    const returned = await app.visitor.open(await app.server.logIn(begun.location))
    expect([returned.status, returned.location]).toStrictEqual([303, `${app.url}/protected?x=1`])
    const page = await app.visitor.open(returned.location)
    expect([page.status, JSON.parse(page.text)]).toStrictEqual([200, { sub: 'ada' }])
    expect(app.events.map(({ type }) => type)).toStrictEqual(['logged_in'])
  })

  test('keeps two users apart', async () => {
    const app = await scene()
    const bob = new Visitor(app.url)
    await app.logIn()
    await app.logIn({ visitor: bob, account: 'bob' })
    const pages = await Promise.all([app.visitor.open('/'), bob.open('/'), new Visitor(app.url).open('/')])
    expect(pages.map(({ text }) => text)).toStrictEqual(['ada', 'bob', 'nobody'])
  })

  test('passes the token and a fetch that presents it to "user"', async () => {
    const seen: unknown[] = []
    const app = await scene({
      web: {
        user: async ({ token, fetch, provider }) => {
          const response = await fetch(new URL('/api/echo', token.claims?.iss))
          seen.push(provider, token.hasScope('read'), response.status)
          return { sub: 'from the API' }
        },
      },
    })
    await app.logIn()
    expect(seen).toStrictEqual(['acme', true, 200])
    const requests = await app.server.requests()
    expect(requests.find(({ path }) => path === '/api/echo')?.headers['authorization']).toMatch(/^Bearer /)
  })

  test('W2: a login that was begun at another provider is refused, and its code is not sent', async () => {
    const app = await scene()
    const { issuer: _, ...metadata } = app.server.metadata
    const client = { ...app.server.clients.confidential, redirectUri: `${app.url}/auth/callback` }
    const other = app.another({ scope: ['read'], provider: new Provider({ name: 'other', metadata }, client) })
    const begun = await other.handle(new Request(`${app.url}/auth/login`))
    const [cookie = ''] = begun.headers.getSetCookie()
    const callback = await app.server.logIn(begun.headers.get('location') ?? '')
    await app.server.forget()
    const { status } = await app.visitor.open(callback, { ...navigation, cookie: cookie.split(';', 1)[0] ?? '' })
    expect([status, await app.server.requests()]).toStrictEqual([400, []])
  })

  test('W4: a callback from another browser is refused, and the pending login stays', async () => {
    const app = await scene()
    const mallory = new Visitor(app.url)
    const planted = await app.server.logIn((await mallory.open('/auth/login')).location)
    const own = await app.begin()
    await app.server.forget()
    const { status, setCookies, text } = await app.visitor.open(planted)
    expect([status, setCookies, await app.server.requests()]).toStrictEqual([400, [], []])
    expect(text).toContain('This login was not started in this browser')
    const { location } = await app.visitor.open(await app.server.logIn(own))
    expect(location).toBe(`${app.url}/`)
  })

  test('W5: two tabs can log in, whichever comes back first', async () => {
    const app = await scene()
    const [one, two] = [await app.begin('/protected?tab=1'), await app.begin('/protected?tab=2')]
    const views = [
      await app.visitor.open(await app.server.logIn(one)),
      await app.visitor.open(await app.server.logIn(two)),
    ]
    expect(views.map(({ location }) => location)).toStrictEqual([
      `${app.url}/protected?tab=1`,
      `${app.url}/protected?tab=2`,
    ])
    expect((await app.visitor.open('/')).text).toBe('ada')
  })

  test('W14: the query of the login reaches the provider in no form', async () => {
    const app = await scene()
    const query = 'scope=write&prompt=none&redirect_uri=https://evil.example&state=chosen&parameters=x&login_hint=eve'
    const { location } = await app.visitor.open(`/auth/login?${query}`)
    const { searchParams } = new URL(location)
    expect(searchParams.get('scope')).toBe('openid read')
    expect(searchParams.get('redirect_uri')).toBe(`${app.url}/auth/callback`)
    for (const value of ['write', 'none', 'evil', 'chosen', 'eve']) expect(location).not.toContain(value)
  })

  test('W25: reload, back and a second copy of a used callback send nothing', async () => {
    const app = await scene()
    const callback = await app.server.logIn(await app.begin('/protected'))
    await app.visitor.open(callback)
    await app.server.forget()
    const again = await app.visitor.open(callback)
    expect([again.status, again.location, again.setCookies]).toStrictEqual([303, `${app.url}/`, []])
    expect(await app.server.requests()).toStrictEqual([])
    expect((await app.visitor.open('/')).text).toBe('ada')
  })

  test('two copies of one callback at the same time lead to one session', async () => {
    const app = await scene()
    const callback = await app.server.logIn(await app.begin())
    const copies = await Promise.all([app.visitor.open(callback), app.visitor.open(callback)])
    expect(copies.map(({ status }) => status)).toStrictEqual([303, 303])
    expect((await app.server.requests()).filter(({ path }) => path === '/token')).toHaveLength(1)
    expect((await app.visitor.open('/')).text).toBe('ada')
  })

  test('W45: a callback that another process handles works, by the keys alone', async () => {
    const app = await scene()
    const callback = await app.server.logIn(await app.begin('/protected'))
    const cookie = [...app.visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await app.another().handle(new Request(callback, { headers: { cookie } }))
    expect([response.status, response.headers.get('location')]).toStrictEqual([303, `${app.url}/protected`])
  })

  test('works without a store, and then keeps no token', async () => {
    const app = await scene({ web: { store: undefined } })
    await app.logIn()
    expect((await app.visitor.open('/')).text).toBe('ada')
    const [name = '', value = ''] = [...app.visitor.cookies][0] ?? []
    const session = await app.auth.session({ headers: { cookie: `${name}=${value}` } })
    expect(() => session?.tokens()).toThrow('tokens are not kept without a store')
  })
})
