import { describe, expect, test } from 'vitest'
import { scene, secretsOf } from './support/scene.ts'
import { Visitor } from './support/visitor.ts'

describe('a login', () => {
  test('leads from the start page through the authorization server to the profile', async () => {
    await using demo = await scene()
    const start = await demo.visitor.open('/')
    expect(start.status).toBe(200)
    const begun = await demo.visitor.press(start, '/login')
    expect(begun.status).toBe(303)
    const { origin, pathname, searchParams } = new URL(begun.location)
    expect(origin + pathname).toBe(`${demo.server.url}/authorize`)
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: 'grantkit-demo',
      code_challenge_method: 'S256',
      redirect_uri: `${demo.url}callback`,
      response_type: 'code',
      scope: 'user-read-private user-read-email',
      show_dialog: 'true',
    })
    const returned = await demo.visitor.open(await demo.agree(begun.location))
    expect([returned.status, returned.location]).toStrictEqual([303, '/account'])

    const { status, text } = await demo.visitor.open('/account')
    expect(status).toBe(200)
    for (const words of ['Ada Example', 'ada@mail.example', 'Sweden (SE)', 'Example in E', 'The Examples', '3:37'])
      expect(text).toContain(words)
    expect(text).toContain('Get your real email address.')
    expect(text).toMatch(/\b(?:60 min|59 min \d+ s) left/)
    expect(text).toContain('accessToken: &#39;[redacted]&#39;')
  })

  test('shows no secret on any page', async () => {
    await using demo = await scene()
    const account = await demo.logIn()
    await demo.visitor.press(account, '/refresh')
    const refreshed = await demo.visitor.open('/account')
    const secrets = await secretsOf(demo.server)
    expect(secrets.length).toBeGreaterThan(5)
    for (const secret of secrets) expect(account.text + refreshed.text).not.toContain(secret)
  })

  test('sends the token to the API and nowhere else', async () => {
    await using demo = await scene()
    await demo.logIn()
    const requests = await demo.server.requests()
    expect(requests.map(({ method, path }) => `${method} ${path}`).toSorted()).toStrictEqual([
      'GET /authorize',
      'GET /v1/me',
      'GET /v1/tracks/7EjyzZcbLxW7PaaLua9Ksb',
      'POST /api/token',
    ])
  })

  test('with fewer granted scopes shows what was not granted', async () => {
    await using demo = await scene()
    const { text } = await demo.logIn({ scope: ['user-read-private'] })
    expect(text).toMatch(/<li class="no">\s*<span>Get your real email address\.<\/span>/)
    expect(text).toContain('<em>not granted</em>')
    expect(text).not.toContain('ada@mail.example')
  })

  test('works in several tabs at once', async () => {
    await using demo = await scene()
    const [one, two] = [await demo.begin(), await demo.begin()]
    const back = await demo.visitor.open(await demo.agree(two))
    expect(back.location).toBe('/account')
    const late = await demo.visitor.open(await demo.agree(one))
    expect(late.location).toBe('/account')
  })

  test('gives the session a new ID and invalidates the old one', async () => {
    await using demo = await scene()
    const callback = await demo.agree(await demo.begin())
    const before = new Map(demo.visitor.cookies)
    await demo.visitor.open(callback)
    expect(demo.visitor.cookies).not.toStrictEqual(before)
    const thief = new Visitor(demo.url)
    for (const [name, value] of before) thief.cookies.set(name, value)
    expect((await thief.open('/account')).text).toContain('You are not logged in')
    expect((await demo.visitor.open('/account')).text).toContain('Ada Example')
  })

  test('is remembered: the start page redirects to the profile', async () => {
    await using demo = await scene()
    await demo.logIn()
    const { status, location } = await demo.visitor.open('/')
    expect([status, location]).toStrictEqual([303, '/account'])
  })
})

test('names from the API are escaped', async () => {
  const name = `<script>alert(1)</script>"'&amp; \u202Egnirts`
  await using demo = await scene({
    accounts: { ada: { name, email: '<img src=x onerror=alert(1)>@mail.example', country: '"><b>SE' } },
  })
  const { text } = await demo.logIn()
  expect(text).not.toMatch(/<script|<img|<b>/)
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;amp;')
  expect(text).toContain('&quot;&gt;&lt;b&gt;SE')
})
