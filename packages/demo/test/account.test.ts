import { describe, expect, test } from 'vitest'
import { scene } from './support/scene.ts'

describe('refreshing', () => {
  test('gets a new access token, shows a message once, and counts', async () => {
    await using demo = await scene()
    const account = await demo.logIn()
    demo.pass(50 * 60_000)
    expect((await demo.visitor.open('/account')).text).toMatch(/\b(?:10 min|9 min \d+ s) left/) // the server's clock runs

    const pressed = await demo.visitor.press(account, '/refresh')
    expect([pressed.status, pressed.location]).toStrictEqual([303, '/account'])
    const { text } = await demo.visitor.open('/account')
    expect(text).toContain('The access token is new. The refresh token did not change.')
    expect(text).toMatch(/\b(?:60 min|59 min \d+ s) left/)
    expect(text).toContain('<dd>1 time</dd>')
    expect((await demo.visitor.open('/account')).text).not.toContain('The access token is new')

    const api = (await demo.server.requests()).filter(({ path }) => path === '/v1/me')
    expect(new Set(api.map(({ headers }) => headers['authorization'])).size).toBe(2)
  })

  test('with a server that rotates keeps the new refresh token', async () => {
    await using demo = await scene({ rotateRefreshTokens: true })
    const account = await demo.logIn()
    await demo.visitor.press(account, '/refresh')
    expect((await demo.visitor.open('/account')).text).toContain('The refresh token was replaced too')
    await demo.visitor.press(account, '/refresh')
    const { text } = await demo.visitor.open('/account')
    expect(text).toContain('<dd>2 times</dd>')
    expect(text).toContain('Ada Example')
  })

  test('after a revocation asks the user to log in again and keeps the session', async () => {
    await using demo = await scene()
    const account = await demo.logIn()
    const request = (await demo.server.requests()).find(({ path }) => path === '/v1/me')
    await demo.server.revokeGrant(request?.headers['authorization']?.split(' ')[1] ?? '')

    const refused = await demo.visitor.press(account, '/refresh')
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('<h1>Please log in again</h1>')
    expect(refused.text).toContain('<code>reauthorization_required</code>')
    expect((await demo.visitor.press(refused, '/login')).location).toContain('/authorize?')

    const stale = await demo.visitor.open('/account')
    expect(stale.status).toBe(200)
    expect(stale.text).toContain('the API no longer accepts the access token')
  })
})

describe('logging out', () => {
  test('deletes the token and shows a message once', async () => {
    await using demo = await scene()
    const account = await demo.logIn()
    const before = new Map(demo.visitor.cookies)
    const pressed = await demo.visitor.press(account, '/logout')
    expect([pressed.status, pressed.location]).toStrictEqual([303, '/'])
    expect((await demo.visitor.open('/')).text).toContain('You are logged out')
    expect((await demo.visitor.open('/')).text).not.toContain('You are logged out')
    expect((await demo.visitor.open('/account')).status).toBe(403)

    for (const [name, value] of before) demo.visitor.cookies.set(name, value)
    expect((await demo.visitor.open('/account')).text).toContain('You are not logged in')
  })
})

test('without a login, the profile page says so and offers one', async () => {
  await using demo = await scene()
  const view = await demo.visitor.open('/account')
  expect(view.status).toBe(403)
  expect((await demo.visitor.press(view, '/login')).status).toBe(303)
})

test('when the API cannot be reached, the profile page says so and still lets the user log out', async () => {
  await using demo = await scene()
  await demo.logIn()
  await demo.server.close()
  const view = await demo.visitor.open('/account')
  expect(view.status).toBe(502)
  expect(view.text).toContain(`${demo.server.url} cannot be reached`)
  const refused = await demo.visitor.press(view, '/refresh')
  expect(refused.status).toBe(502)
  expect(refused.text).toContain('The authorization server cannot be reached')
  expect((await demo.visitor.press(refused, '/refresh')).status).toBe(502)
  expect((await demo.visitor.press(view, '/logout')).status).toBe(303)
})
