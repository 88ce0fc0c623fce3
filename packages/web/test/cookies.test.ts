import { memoryStore, Provider } from '@grantkit/core'
import { generateKey } from '@grantkit/stores/keys'
import { webLogin } from '@grantkit/web'
import { describe, expect, test } from 'vitest'
import { scene } from './support/scene.ts'
import { navigation, Visitor } from './support/visitor.ts'

describe('cookies', () => {
  test('over https have the prefix that keeps scripts and subdomains out, and all attributes', async () => {
    const metadata = {
      authorization_endpoint: 'https://id.acme.example/authorize',
      token_endpoint: 'https://id.acme.example/token',
    }
    const client = { clientId: 'my-client', redirectUri: 'https://app.example/auth/callback' }
    const provider = new Provider({ name: 'acme', metadata }, client)
    const auth = webLogin({ provider, store: memoryStore(), keys: [generateKey()], user: () => 'ada' })
    const response = await auth.handle(new Request('http://10.0.0.1:3000/auth/login')) // behind a proxy
    expect(response.headers.getSetCookie()).toStrictEqual([
      expect.stringMatching(
        /^__Host-Http-grantkit-login-[\w-]{16}=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ])
  })

  test('are written at the login and the logout only', async () => {
    const app = await scene()
    await app.logIn()
    const written = app.visitor.written.length
    app.pass(2 * 3600_000)
    for (const path of ['/', '/protected', '/fresh', '/fresh', '/auth/session']) await app.visitor.open(path)
    expect(app.visitor.written).toHaveLength(written)
    expect((await app.server.requests()).some(({ form }) => form?.['grant_type'] === 'refresh_token')).toBe(true)
  })

  test('hold no token, code, verifier or name that can be read', async () => {
    const app = await scene()
    await app.logIn({ returnTo: '/protected?private=1' })
    const secrets = (await app.server.requests()).flatMap(({ form = {} }) =>
      [form['code'], form['code_verifier'], form['client_secret']].filter((secret) => secret !== undefined),
    )
    expect(secrets.length).toBeGreaterThan(0)
    for (const header of app.visitor.written) {
      const decoded = header.split(/[=.;]/).map((part) => Buffer.from(part, 'base64url').toString('latin1'))
      for (const secret of [...secrets, 'private', 'ada', 'openid'])
        expect(header + decoded.join('')).not.toContain(secret)
    }
  })

  test('W1: a login cookie renamed to the session cookie gives no session', async () => {
    const app = await scene()
    await app.begin()
    const [[name = '', value = ''] = []] = app.visitor.cookies
    const stolen = { cookie: `${name.replace(/-login-.*/, '')}=${value}` }
    expect((await new Visitor(app.url).open('/', stolen)).text).toBe('nobody')
  })

  test('W3: two logins share neither state, challenge nor cookie', async () => {
    const app = await scene()
    const urls = [await app.begin(), await app.begin()].map((url) => new URL(url).searchParams)
    for (const name of ['state', 'code_challenge', 'nonce'])
      expect(new Set(urls.map((query) => query.get(name))).size).toBe(2)
    expect(app.visitor.named('grantkit-')).toHaveLength(2)
  })

  test('W6: fifty begun logins leave the four newest, under 4 KiB together', async () => {
    const app = await scene()
    let newest = ''
    for (let i = 0; i < 50; i++) {
      newest = await app.begin('/protected')
      app.pass(1)
    }
    expect(app.visitor.cookies.size).toBe(4)
    expect([...app.visitor.cookies].join('; ').length).toBeLessThan(4096)
    expect((await app.visitor.open(await app.server.logIn(newest))).status).toBe(303)
  })

  test('logins that are over leave with the next one', async () => {
    const app = await scene()
    await app.begin()
    const old = [...app.visitor.cookies.keys()]
    app.pass(601_000)
    await app.begin()
    expect(app.visitor.cookies.size).toBe(1)
    expect([...app.visitor.cookies.keys()]).not.toStrictEqual(old)
  })

  test('W20: damaged, foreign and huge cookies give no session and no failure', async () => {
    const app = await scene()
    await app.logIn()
    const [[name = '', value = ''] = []] = app.visitor.cookies
    const flipped = value.slice(0, -9) + (value.at(-9) === 'A' ? 'B' : 'A') + value.slice(-8)
    const parts = value.split('.')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    const values = [value.slice(0, -10), flipped, '', '%', '%E0%A4%A', '__chunked__999999', 'x'.repeat(1_000_000)]
    for (const bad of [...values, 'a.b.c.d.e', [none, ...parts.slice(1)].join('.'), `${none}.e30.`])
      expect(await app.auth.session({ headers: { cookie: `${name}=${bad}` } })).toBeUndefined()
    expect(await app.auth.session(new Headers({ cookie: `${name}=${value}` }))).toMatchObject({ user: { sub: 'ada' } })
    expect(await app.auth.session(new Headers())).toBeUndefined()
  })

  test('W21: of two cookies with our name, neither counts', async () => {
    const app = await scene()
    await app.logIn()
    const [[name = '', value = ''] = []] = app.visitor.cookies
    for (const cookie of [
      `${name}=${value}; ${name}=x`,
      `${name}=x; ${name}=${value}`,
      `${name}=${value}; ${name}=${value}`,
    ])
      expect(await app.auth.session({ headers: { cookie } })).toBeUndefined()
  })

  test('W36: no event or error holds a part of a cookie or key', async () => {
    const app = await scene()
    await app.logIn()
    const [[name = '', value = ''] = []] = app.visitor.cookies
    await app.auth.session({ headers: { cookie: `${name}=${value.slice(0, -5)}` } })
    expect(app.events.map(({ type }) => type)).toContain('cookie_refused')
    const told = JSON.stringify(app.events)
    for (const secret of [...value.split('.').filter((part) => part !== ''), ...app.keys])
      for (let at = 0; at + 8 <= secret.length; at++) expect(told).not.toContain(secret.slice(at, at + 8))
  })

  test('W39: new keys open what old ones sealed, sessions and logins under way; without the old ones they end quietly', async () => {
    const app = await scene()
    const callback = await app.server.logIn(await app.begin())
    const cookie = () => [...app.visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const rotated = app.another({ keys: [generateKey(), ...app.keys] })
    const finished = await rotated.handle(new Request(callback, { headers: { ...navigation, cookie: cookie() } }))
    expect(finished.status).toBe(303)
    await app.logIn()
    expect(await rotated.session({ headers: { cookie: cookie() } })).toMatchObject({ user: { sub: 'ada' } })
    expect(await app.another({ keys: [generateKey()] }).session({ headers: { cookie: cookie() } })).toBeUndefined()
  })

  test('a user that does not fit is config_invalid, with the size', async () => {
    const app = await scene({ web: { user: () => ({ sub: 'x'.repeat(4000) }) } })
    const { status, setCookies } = await app.logIn()
    expect(status).toBe(500)
    expect(setCookies.some((header) => header.includes('x'.repeat(100)))).toBe(false)
    expect(app.events.at(-1)?.error?.message).toMatch(/^the cookie would have \d{4} bytes, and 3900 fit/)
  })

  test('a name of the app beside ours is left alone', async () => {
    const app = await scene()
    app.visitor.cookies.set('theme', 'dark')
    await app.logIn()
    await app.visitor.post('/auth/logout')
    expect([...app.visitor.cookies]).toStrictEqual([['theme', 'dark']])
  })
})
