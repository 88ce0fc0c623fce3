import { startAuthorizationServer } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { Visitor } from '../src/http/visitor.ts'
import { authorizationUrl } from './support.ts'
import type { AuthorizationServer } from '@grantkit/testing/server'
import type { View } from '../src/http/visitor.ts'

const asked = { scope: 'read write' }

/** Follows redirects within the server, to a page or a callback. */
async function follow(visitor: Visitor, server: AuthorizationServer, view: View): Promise<View> {
  if (!view.location?.startsWith('/') && !view.location?.startsWith(server.url)) return view
  return follow(visitor, server, await visitor.visit(new URL(view.location, view.url).href))
}

/** Opens an authorization URL in a browser that may have a session. */
async function open(
  visitor: Visitor,
  server: AuthorizationServer,
  changes: Record<string, string> = asked,
): Promise<View> {
  return follow(visitor, server, await visitor.visit(authorizationUrl(server, changes).href))
}

async function submit(visitor: Visitor, server: AuthorizationServer, view: View, form: string): Promise<View> {
  return follow(visitor, server, await visitor.visit(view.url, new URLSearchParams(form)))
}

const count = (text: string, part: string): number => text.split(part).length - 1

/** The login page, the consent page and the error page. */
async function pages(server: AuthorizationServer): Promise<readonly View[]> {
  const visitor = new Visitor()
  const login = await open(visitor, server)
  const consent = await submit(visitor, server, login, 'login=ada')
  return [login, consent, await open(new Visitor(), server, { redirect_uri: 'https://other.example/' })]
}

describe('every page', () => {
  test('loads nothing, runs nothing and sends no referrer', async () => {
    await using server = await startAuthorizationServer()
    const views = await pages(server)
    expect(views.map(({ text }) => /<h1>(.*)<\/h1>/.exec(text)?.[1])).toStrictEqual([
      'Choose an account',
      'Public test app asks for access',
      'The request failed',
    ])
    for (const { text } of views) {
      expect(text).not.toMatch(
        /https?:|<script|<link(?! rel="icon" href="data:,")|<img|<iframe|@import|url\(|src=|srcset=|style=|\son[a-z]+=/i,
      )
      expect(text).toContain('Test authorization server')
      expect(text).toContain('name="viewport"')
      expect(text).toContain('color-scheme: light dark')
    }
  })

  test('replaces the page of the engine', async () => {
    await using server = await startAuthorizationServer()
    for (const path of ['/session/end', '/session/end/success', '/interaction', '/'])
      expect((await new Visitor().visit(server.url + path)).status).toBe(404)
  })

  test('is sent with a strict policy', async () => {
    await using server = await startAuthorizationServer()
    const visitor = new Visitor()
    const url = authorizationUrl(server, { redirect_uri: 'https://other.example/' })
    const { headers, status } = await fetch(url)
    expect(status).toBe(400)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; img-src data:; style-src 'nonce-[\w+/=]{24}'; form-action /)
    expect(policy).toContain("base-uri 'none'; frame-ancestors 'none'")
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect((await open(visitor, server)).text).toMatch(/<style nonce="[\w+/=]{24}">/)
  })

  test('allows its form to lead to the callback', async () => {
    const clients = [{ clientId: 'app', redirectUris: ['com.example.app:/cb'] }]
    await using server = await startAuthorizationServer({ clients })
    const first = await fetch(authorizationUrl(server), { redirect: 'manual' })
    const cookie = first.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const login = await fetch(new URL(first.headers.get('location') ?? '', server.url), { headers: { cookie } })
    expect(login.headers.get('content-security-policy')).toContain('form-action http: https: com.example.app:;')
  })

  test('escapes external values', async () => {
    const hostile = `<img src=x onerror=alert(1)>"'&`
    const escaped = '&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;'
    await using server = await startAuthorizationServer({
      clients: [{ clientId: 'app', name: hostile }],
      accounts: { [hostile]: { name: hostile, email: hostile } },
      scopes: { "a'<b>": hostile },
    })
    const visitor = new Visitor()
    const login = await open(visitor, server, { scope: "a'<b>" })
    const consent = await submit(visitor, server, login, new URLSearchParams({ login: hostile }).toString())
    const error = await submit(visitor, server, consent, new URLSearchParams({ scope: hostile }).toString())
    for (const { text } of [login, consent, error]) expect(text).not.toContain('<img')
    expect(count(login.text, escaped)).toBe(4) // client, account, its name, its address
    expect(count(consent.text, escaped)).toBe(4) // title, heading, scope, account
    expect(consent.text).toContain('value="a&#39;&lt;b&gt;"')
    expect(error.text).toContain('&lt;img')
  })
})

test('the consent page describes each scope', async () => {
  await using server = await startAuthorizationServer({
    scopes: { a: { description: 'Open doors.' }, b: 'Close them.' },
  })
  const visitor = new Visitor()
  const { text } = await submit(visitor, server, await open(visitor, server, { scope: 'openid a b' }), 'login=ada')
  for (const what of ['Know who you are.', 'Open doors.', 'Close them.', '>openid<', '>a<', '>b<'])
    expect(text).toContain(what)
  expect(text.match(/<input type="checkbox"[^>]* checked \/>/g)).toHaveLength(3)
  expect(text).toContain('You are logged in as Ada Example.')
})

describe('a returning user', () => {
  test('is redirected at once when no new scope is requested', async () => {
    await using server = await startAuthorizationServer()
    const visitor = new Visitor()
    const login = await open(visitor, server)
    const consent = await submit(visitor, server, login, 'login=ada')
    const callback = await submit(visitor, server, consent, 'scope=read&scope=write')
    expect(callback.location).toContain('code=')
    expect((await open(visitor, server)).location).toContain('code=')
    expect((await open(visitor, server, { scope: 'read' })).location).toContain('code=')
  })

  test('is redirected at once for an installed app too', async () => {
    const clients = [{ clientId: 'app', redirectUris: ['com.example.app:/cb'] }]
    await using server = await startAuthorizationServer({ clients })
    const visitor = new Visitor()
    const consent = await submit(visitor, server, await open(visitor, server), 'login=ada')
    await submit(visitor, server, consent, 'scope=read&scope=write')
    expect((await open(visitor, server)).location).toMatch(/^com\.example\.app:\/cb\?code=/)
  })

  test('is asked about a new scope, and keeps the old ones', async () => {
    await using server = await startAuthorizationServer()
    const visitor = new Visitor()
    const consent = await submit(visitor, server, await open(visitor, server, { scope: 'read' }), 'login=ada')
    await submit(visitor, server, consent, 'scope=read')
    const more = await open(visitor, server, { scope: 'write' })
    expect(more.text).toContain('Write notes for you.')
    expect(more.text).not.toContain('Read your notes.')
    await submit(visitor, server, more, 'scope=write')
    expect((await open(visitor, server)).location).toContain('code=')
  })

  test('is asked again when the client requests it', async () => {
    await using server = await startAuthorizationServer()
    const visitor = new Visitor()
    const consent = await submit(visitor, server, await open(visitor, server), 'login=ada')
    await submit(visitor, server, consent, 'scope=read&scope=write')
    const again = await open(visitor, server, { ...asked, prompt: 'consent' })
    expect(again.text).toContain('asks for access')
    expect((await submit(visitor, server, again, 'scope=read&scope=write')).location).toContain('code=')
  })

  test('is asked again by show_dialog=true, as at Spotify', async () => {
    await using server = await startAuthorizationServer({ like: 'spotify' })
    const visitor = new Visitor()
    const scope = 'user-read-email'
    const consent = await submit(visitor, server, await open(visitor, server, { scope }), 'login=ada')
    expect(consent.text).toContain('Get your real email address.')
    await submit(visitor, server, consent, `scope=${scope}`)
    expect((await open(visitor, server, { scope, show_dialog: 'false' })).location).toContain('code=')
    const again = await open(visitor, server, { scope, show_dialog: 'true' })
    expect(again.text).toContain('asks for access')
    expect((await submit(visitor, server, again, `scope=${scope}`)).location).toContain('code=')
  })

  test('of one server stays logged in when another on the same host is visited', async () => {
    await using one = await startAuthorizationServer()
    await using two = await startAuthorizationServer()
    const visitor = new Visitor()
    for (const server of [one, two]) {
      const consent = await submit(visitor, server, await open(visitor, server), 'login=ada')
      await submit(visitor, server, consent, 'scope=read&scope=write')
    }
    expect((await open(visitor, one)).location).toContain('code=')
  })

  test('can change the account, without JavaScript', async () => {
    await using server = await startAuthorizationServer({ accounts: { ada: {}, bo: { name: 'Bo Example' } } })
    const visitor = new Visitor()
    const consent = await submit(visitor, server, await open(visitor, server), 'login=ada')
    await submit(visitor, server, consent, 'scope=read&scope=write')
    const login = await open(visitor, server, { ...asked, prompt: 'login' })
    expect(login.text).toContain('Choose an account')
    const other = await submit(visitor, server, login, 'login=bo')
    expect(other.text).toContain('You are logged in as Bo Example.')
    expect((await submit(visitor, server, other, 'scope=read&scope=write')).location).toContain('code=')
  })
})

describe('a login page', () => {
  test('can be cancelled', async () => {
    await using server = await startAuthorizationServer()
    const visitor = new Visitor()
    const { location } = await submit(visitor, server, await open(visitor, server), 'cancel=yes')
    expect(location).toContain('error=access_denied')
  })

  test('is useless to another browser', async () => {
    await using server = await startAuthorizationServer()
    const { url } = await open(new Visitor(), server)
    const { status, text } = await new Visitor().visit(url, new URLSearchParams('login=ada'))
    expect(status).toBe(400)
    expect(text).toContain('This login has expired')
  })
})
