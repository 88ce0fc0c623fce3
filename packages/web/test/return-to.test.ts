import { test as property, fc } from '@fast-check/vitest'
import { generateKey } from '@grantkit/stores/keys'
import { Provider } from '@grantkit/core'
import { webLogin, type WebEvent } from '@grantkit/web'
import { describe, expect, test } from 'vitest'
import { scene } from './support/scene.ts'

const origin = 'https://app.example'
const keys = [generateKey()]

/** Where a login that was asked to return to a value really leads. */
async function leadsTo(query: string, events: WebEvent[] = []): Promise<string> {
  const respond: typeof fetch = async () => Response.json({ access_token: 'x', token_type: 'Bearer' })
  const metadata = {
    authorization_endpoint: 'https://id.acme.example/authorize',
    token_endpoint: 'https://id.acme.example/token',
  }
  const client = { clientId: 'my-client', redirectUri: `${origin}/auth/callback` }
  const provider = new Provider({ name: 'acme', metadata }, client, { fetch: respond })
  const auth = webLogin({ provider, keys, user: () => 'ada', home: '/home', onEvent: (event) => events.push(event) })
  const begun = await auth.handle(new Request(`${origin}/auth/login?${query}`))
  const cookie = begun.headers.getSetCookie().at(-1)?.split(';', 1)[0] ?? ''
  const { searchParams } = new URL(begun.headers.get('location') ?? '')
  const callback = `${origin}/auth/callback?code=abc&state=${searchParams.get('state')}`
  const finished = await auth.handle(new Request(callback, { headers: { cookie } }))
  expect([begun.status, finished.status]).toStrictEqual([303, 303])
  return finished.headers.get('location') ?? ''
}

const returning = (value: string): string => new URLSearchParams({ returnTo: value }).toString()

describe('where a login leads to', () => {
  test.each([
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    String.raw`/\evil.example`,
    String.raw`\\evil.example`,
    String.raw`/\/evil.example`,
    '/\t/evil.example',
    '/\n/evil.example',
    '\u0001//evil.example',
    'http:evil.example',
    'http://app.example/ok',
    'https://app.example@evil.example/',
    'https://app.example:444/',
    'https://app.example.evil.example/',
    'javascript:alert(1)',
    'data:text/html,x',
    'blob:https://app.example/1',
    '/..//evil.example',
    '/%2e%2e//evil.example',
    './/evil.example',
    '/auth/login',
    '/auth/logout',
    '/x/../auth/logout?a',
    'http://',
    '',
    `/${'x'.repeat(3000)}`,
  ])('W11: %j leads home, and is an event', async (value) => {
    const events: WebEvent[] = []
    expect(await leadsTo(returning(value), events)).toBe(`${origin}/home`)
    expect(events.map(({ type }) => type)).toStrictEqual(['return_refused', 'logged_in'])
  })

  test.each([
    ['/ok?x=1#h', '/ok?x=1#h'],
    ['https://app.example/ok', '/ok'],
    ['ok', '/ok'],
    ['https:evil.example', '/evil.example'],
    ['/a/../b', '/b'],
    ['/ok?next=https://evil.example', '/ok?next=https://evil.example'],
    ['/%2Fevil.example', '/%2Fevil.example'],
    ['/auth/logins', '/auth/logins'],
  ])('W11: %j is a page of the app', async (value, path) => {
    expect(await leadsTo(returning(value))).toBe(origin + path)
  })

  test('without a value leads home', async () => {
    expect(await leadsTo('')).toBe(`${origin}/home`)
  })

  test('W12: a repeated value or one of 1 MB still logs in', async () => {
    expect(await leadsTo('returnTo=/a&returnTo=/b')).toBe(`${origin}/home`)
    expect(await leadsTo(returning('x'.repeat(1_000_000)))).toBe(`${origin}/home`)
    expect(await leadsTo('returnTo=%ff%fe&returnTo[]=/x')).toMatch(`${origin}/`)
  })

  const piece = fc.oneof(
    fc.constantFrom(
      '/',
      '//',
      '\\',
      '.',
      '..',
      '%2e',
      '%2f',
      '%5c',
      ':',
      '@',
      '?',
      '#',
      'http',
      'https:',
      'blob:',
      '\t',
    ),
    fc.constantFrom('evil.example', 'app.example', 'auth', 'login', 'logout', '\u0000', '\u3002', '％2f'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  property.prop([fc.array(piece, { maxLength: 8 })])(
    'W11: is on the own origin, whatever was asked for',
    async (pieces) => {
      const { origin: reached, protocol, pathname } = new URL(await leadsTo(returning(pieces.join(''))))
      expect([reached, protocol, pathname.startsWith('//')]).toStrictEqual([origin, 'https:', false])
      expect(['/auth/login', '/auth/logout', '/auth/callback', '/auth/session']).not.toContain(pathname)
    },
  )

  test('is never in the page of a failure unescaped', async () => {
    const app = await scene()
    const url = await app.begin('/<script>alert(1)</script>?"\'')
    const { text } = await app.visitor.open(await app.server.logIn(url, { deny: true }))
    expect(text).toContain('You did not agree to the login')
    expect(text).not.toContain('<script>')
  })
})
