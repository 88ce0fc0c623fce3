import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { scene } from './support/scene.ts'
import { Visitor } from './support/visitor.ts'

describe('every response', () => {
  test('forbids external resources, framing, referrers, sniffing and caching', async () => {
    await using demo = await scene()
    const account = await demo.logIn()
    const views = [
      account,
      await demo.visitor.press(account, '/refresh'),
      await demo.visitor.press(account, '/logout'),
      await demo.visitor.open('/'),
      await demo.visitor.open('/nowhere'),
      await demo.visitor.open('/callback?state=wrong'),
    ]
    for (const { headers } of views) {
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy.split('; ').toSorted()).toStrictEqual([
        "base-uri 'none'",
        "default-src 'none'",
        `form-action 'self' ${demo.server.url}`,
        "frame-ancestors 'none'",
        'img-src data:',
        expect.stringMatching(/^style-src 'sha256-[\w+/]{43}='$/),
      ])
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('cache-control')).toBe('no-store')
    }
  })

  test('has the one style that its policy allows, and no script', async () => {
    await using demo = await scene()
    const { text, headers } = await demo.visitor.open('/')
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(text) ?? []
    expect(headers.get('content-security-policy')).toContain(createHash('sha256').update(style).digest('base64'))
    expect(text).not.toMatch(/<script| style=| on\w+=/)
    expect(text.match(/(?:src|href)="(?!\/|data:)[^"]*"/g)).toBeNull()
  })
})

test('the cookie is hidden from scripts and other sites, and set only when it changes', async () => {
  await using demo = await scene()
  const first = await demo.visitor.open('/')
  expect(first.headers.getSetCookie()).toStrictEqual([
    expect.stringMatching(/^grantkit_demo_\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
  ])
  expect((await demo.visitor.open('/')).headers.getSetCookie()).toStrictEqual([])
})

describe('a form', () => {
  test('without the token of the session does nothing', async () => {
    await using demo = await scene()
    await demo.logIn()
    await demo.server.forget()
    for (const path of ['/login', '/refresh', '/logout']) {
      const view = await demo.visitor.post(path, new URLSearchParams())
      expect(view.status).toBe(403)
      expect(view.text).toContain('This page is out of date')
    }
    expect(await demo.server.requests()).toStrictEqual([])
    expect((await demo.visitor.open('/account')).status).toBe(200)
  })

  test('with the token of another session does nothing', async () => {
    await using demo = await scene()
    await demo.logIn()
    const page = await new Visitor(demo.url).open('/')
    expect((await demo.visitor.press(page, '/login')).status).toBe(403)
  })

  test('from another site, or another port of this machine, does nothing', async () => {
    await using demo = await scene()
    const account = await demo.logIn()
    for (const site of ['cross-site', 'same-site', 'none'])
      expect((await demo.visitor.press(account, '/logout', { 'sec-fetch-site': site })).status).toBe(403)
    expect((await demo.visitor.press(account, '/logout', { 'sec-fetch-site': 'same-origin' })).status).toBe(303)
  })

  test('that is too large is not read', async () => {
    await using demo = await scene()
    const view = await demo.visitor.post('/login', new URLSearchParams({ form_token: 'x'.repeat(20_000) }))
    expect(view.status).toBe(413)
  })

  test('with another content type does nothing', async () => {
    await using demo = await scene()
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    expect((await demo.visitor.post('/login', new URLSearchParams('broken'), headers)).status).toBe(403)
  })

  test('is the only way to change anything: opening its address changes nothing', async () => {
    await using demo = await scene()
    await demo.logIn()
    for (const path of ['/login', '/refresh', '/logout']) expect((await demo.visitor.open(path)).status).toBe(404)
    expect((await demo.visitor.open('/account')).status).toBe(200)
  })
})

describe('under another host name', () => {
  test('localhost is redirected to the host of the callback', async () => {
    await using demo = await scene()
    const { port } = new URL(demo.url)
    expect(await ask(demo.url, '/callback?code=x', `localhost:${port}`)).toStrictEqual([
      307,
      `${demo.url}callback?code=x`,
    ])
  })

  test('nothing is served', async () => {
    await using demo = await scene()
    const { port } = new URL(demo.url)
    for (const host of [`evil.example:${port}`, '127.0.0.1:1', 'evil.example'])
      expect(await ask(demo.url, '/', host)).toStrictEqual([421, undefined])
  })
})

/** Asks under a name of one's choice, as a browser does whose name service lies: resolves to the status and the location. */
function ask(url: string, path: string, host: string): Promise<[number | undefined, string | undefined]> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { headers: { host } }, (response) => {
      response.resume()
      resolve([response.statusCode, response.headers.location])
    })
    sent.on('error', reject).end()
  })
}
