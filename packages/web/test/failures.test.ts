import { describe, expect, test } from 'vitest'
import { scene } from './support/scene.ts'

describe('a login that fails', () => {
  test('shows a page in our own words, with a way on to where the user was going', async () => {
    const app = await scene()
    const { status, text, headers, setCookies } = await app.visitor.open(
      await app.server.logIn(await app.begin('/protected?x=1'), { deny: true }),
    )
    expect(status).toBe(403)
    expect(text).toContain('<h1>You did not agree to the login</h1>')
    expect(text).toContain(`href="${app.url}/auth/login?returnTo=%2Fprotected%3Fx%3D1"`)
    expect(text).toContain('name="viewport"')
    expect(text).toContain('color-scheme: light dark')
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'nonce-[\w-]{22}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'$/,
    )
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect([setCookies.length, app.visitor.cookies.size]).toStrictEqual([1, 0])
    expect(app.events.map(({ type, error }) => [type, error?.code])).toStrictEqual([
      ['login_failed', 'authorization_denied'],
    ])
  })

  test('W35: markup in the words of the provider is on no page, and no page tells its address', async () => {
    const app = await scene()
    const state = new URL(await app.begin()).searchParams.get('state') ?? ''
    const iss = app.server.issuer
    const said = { error: 'server_error', error_description: '<img src=x onerror=alert(1)>', error_uri: 'javascript:1' }
    const query = new URLSearchParams({ ...said, state, iss })
    const { status, text, headers } = await app.visitor.open(`/auth/callback?${query}`)
    expect(status).toBe(502)
    for (const part of ['onerror', '<img', 'javascript', state]) expect(text).not.toContain(part)
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })

  test('for a while can be completed by a reload', async () => {
    let down = false
    const flaky: typeof fetch = (...call) => (down ? Promise.reject(new TypeError('down')) : fetch(...call))
    const app = await scene({ provider: { fetch: flaky } })
    const callback = await app.server.logIn(await app.begin('/protected'))
    down = true
    const failed = await app.visitor.open(callback)
    expect([failed.status, failed.setCookies]).toStrictEqual([502, []])
    expect(failed.text).toContain('Reload this page')
    down = false
    expect((await app.visitor.open(callback)).location).toBe(`${app.url}/protected`)
  })

  test('because it took too long says so', async () => {
    const app = await scene()
    const callback = await app.server.logIn(await app.begin())
    app.pass(11 * 60_000)
    const { status, text } = await app.visitor.open(callback)
    expect(status).toBe(410)
    expect(text).toContain('The login took too long')
  })

  test('because of "user" is an event and a page, without what it threw', async () => {
    const user = (): never => {
      throw new Error('the database said: secret-of-the-database')
    }
    const app = await scene({ web: { user } })
    const { status, text } = await app.logIn()
    expect(status).toBe(502)
    expect(text).not.toContain('database')
    expect(app.events.map(({ type, error }) => [type, error?.code])).toStrictEqual([['login_failed', 'api_error']])
    expect((await app.visitor.open('/')).text).toBe('nobody')
  })

  test('shows the page of the app, if it has one, and never caches it', async () => {
    const app = await scene({
      web: {
        failure: ({ error, status, next }) =>
          new Response(`mine: ${error.code} ${next}`, { status, headers: { 'cache-control': 'public' } }),
      },
    })
    const { status, text, headers, setCookies } = await app.visitor.open(
      await app.server.logIn(await app.begin('/x'), { deny: true }),
    )
    expect([status, text]).toStrictEqual([403, `mine: authorization_denied ${app.url}/auth/login?returnTo=%2Fx`])
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toStrictEqual(['no-store', 'no-referrer'])
    expect(setCookies).toHaveLength(1)
  })

  test('even in the page of the app is a response', async () => {
    const failure = (): never => {
      throw new Error('broken')
    }
    const app = await scene({ web: { failure } })
    const { status } = await app.visitor.open('/auth/callback?state=unknown&code=x')
    expect(status).toBe(500)
  })
})
