import { describe, expect, test } from 'vitest'
import { scene } from './support/scene.ts'

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
})
