import { describe, expect, test } from 'vitest'
import { scene } from './support/scene.ts'
import { Visitor } from './support/visitor.ts'

describe('a callback', () => {
  test('of a denied login is explained and offers another try', async () => {
    await using demo = await scene()
    const view = await demo.visitor.open(await demo.agree(await demo.begin(), { deny: true }))
    expect(view.status).toBe(403)
    expect(view.text).toContain('<h1>Access was not granted</h1>')
    expect(view.text).toContain('<code>authorization_denied</code>')
    expect((await demo.visitor.press(view, '/login')).location).toContain('/authorize?')
  })

  test('that is opened a second time is refused before anything is sent, and the user stays logged in', async () => {
    await using demo = await scene()
    const callback = await demo.agree(await demo.begin())
    await demo.visitor.open(callback)
    await demo.server.forget()
    const view = await demo.visitor.open(callback)
    expect(view.status).toBe(409)
    expect(view.text).toContain('<code>transaction_used</code>')
    expect(view.text).toContain('<a class="button main" href="/account">Go to your profile</a>')
    expect(await demo.server.requests()).toStrictEqual([])
    expect((await demo.visitor.open('/account')).status).toBe(200)
  })

  test('in a browser that has lost its session is refused, and a new login works', async () => {
    await using demo = await scene()
    const callback = await demo.agree(await demo.begin())
    demo.visitor.cookies.clear()
    const view = await demo.visitor.open(callback)
    expect(view.status).toBe(400)
    expect(view.text).toContain('<code>state_mismatch</code>')
    expect((await demo.logIn()).text).toContain('Ada Example')
  })

  test('of another browser is refused', async () => {
    await using demo = await scene()
    const callback = await demo.agree(await demo.begin())
    const other = new Visitor(demo.url)
    await other.open('/')
    const view = await other.open(callback)
    expect([view.status, view.text.includes('state_mismatch')]).toStrictEqual([400, true])
    expect((await demo.visitor.open(callback)).location).toBe('/account')
  })

  test('that comes after ten minutes is refused', async () => {
    await using demo = await scene()
    const callback = await demo.agree(await demo.begin())
    demo.pass(10 * 60_000)
    const view = await demo.visitor.open(callback)
    expect([view.status, view.text.includes('transaction_expired')]).toStrictEqual([410, true])
  })

  test('without code or error is refused', async () => {
    await using demo = await scene()
    const state = new URL(await demo.begin()).searchParams.get('state') ?? ''
    const view = await demo.visitor.open(`/callback?state=${state}`)
    expect([view.status, view.text.includes('callback_invalid')]).toStrictEqual([400, true])
    expect((await demo.visitor.open('/callback')).status).toBe(400)
  })

  test('with an error of the server shows its message escaped', async () => {
    await using demo = await scene()
    const state = new URL(await demo.begin()).searchParams.get('state') ?? ''
    const view = await demo.visitor.open(`/callback?state=${state}&error=%3Cb%3E&error_description=%3Cscript%3E`)
    expect(view.status).toBe(502)
    expect(view.text).toContain('authorization_error')
    expect(view.text).not.toMatch(/<b>|<script/)
  })

  test('can be retried after the server was unreachable', async () => {
    let reachable = false
    const flaky: typeof fetch = (input, init) =>
      reachable ? fetch(input, init) : Promise.reject(new TypeError('fetch failed'))
    await using demo = await scene({}, { fetch: flaky })
    const callback = await demo.agree(await demo.begin())
    const view = await demo.visitor.open(callback)
    expect(view.status).toBe(502)
    expect(view.text).toContain('<code>network_error</code>')
    expect(view.text).toContain('<a class="button main" href="">Try again</a>')
    reachable = true
    expect((await demo.visitor.open(callback)).location).toBe('/account')
  })

  test('passes on how long to wait for a busy server', async () => {
    const busy: typeof fetch = async () => new Response('', { status: 429, headers: { 'retry-after': '7' } })
    await using demo = await scene({}, { fetch: busy })
    const view = await demo.visitor.open(await demo.agree(await demo.begin()))
    expect([view.status, view.headers.get('retry-after')]).toStrictEqual([503, '7'])
  })

  test('with a wrong client registration reports the setup', async () => {
    const refusing: typeof fetch = async () => Response.json({ error: 'invalid_client' }, { status: 400 })
    await using demo = await scene({}, { fetch: refusing })
    const view = await demo.visitor.open(await demo.agree(await demo.begin()))
    expect(view.status).toBe(500)
    expect(view.text).toContain('The demo is not set up correctly')
    expect(view.text).toContain('<code>invalid_client</code>')
  })
})
