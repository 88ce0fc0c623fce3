import { describe, expect, test } from 'vitest'
import { type Scene, scene } from './support/scene.ts'
import { Visitor } from './support/visitor.ts'

const route = '/auth/backchannel-logout'

/** Logs the user of a browser out at the provider, and not in the app. */
function logOutElsewhere({ server, provider }: Scene, browser: string): Promise<string> {
  return server.logOut(provider.logoutUrl(), { browser })
}

async function users(...visitors: readonly Visitor[]): Promise<readonly string[]> {
  return Promise.all(visitors.map(async (visitor) => (await visitor.open('/')).text))
}

describe('a logout at the provider', () => {
  test('ends the sessions of that login, and nobody else’s', async () => {
    const app = await scene({ backchannel: true })
    const [ada, bob] = [new Visitor(app.url), new Visitor(app.url)]
    await app.logIn({ visitor: ada, browser: 'of ada' })
    await app.logIn({ visitor: bob, browser: 'of bob', account: 'bob' })
    await logOutElsewhere(app, 'of ada')
    expect(await users(ada, bob)).toStrictEqual(['nobody', 'bob'])
    expect(app.events.map(({ type }) => type)).toStrictEqual(['logged_in', 'logged_in', 'logged_out'])
    const cookie = [...ada.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    expect(await app.another().session({ headers: { cookie } })).toBeUndefined()
  })

  test('leaves a login that came after it alone', async () => {
    const app = await scene({ backchannel: true })
    await app.logIn({ browser: 'of ada' })
    await logOutElsewhere(app, 'of ada')
    await new Promise((resolve) => setTimeout(resolve, 5)) // the clock of the store goes on
    await app.logIn({ browser: 'of ada' })
    expect(await users(app.visitor)).toStrictEqual(['ada'])
  })

  test('is believed with a valid logout token only', async () => {
    const app = await scene({ backchannel: true })
    await app.logIn()
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    for (const body of ['', 'logout_token=', 'logout_token=a.b.c', `logout_token=${'x'.repeat(100_000)}`]) {
      const asked = new Request(app.url + route, { method: 'POST', headers: form, body })
      const response = await app.auth.handle(asked)
      expect([response.status, response.headers.get('cache-control')]).toStrictEqual([400, 'no-store'])
    }
    expect((await app.visitor.open(route)).status).toBe(405)
    expect(await users(app.visitor)).toStrictEqual(['ada'])
    expect(app.events.slice(1).map(({ error }) => error?.code)).toStrictEqual(
      Array.from({ length: 4 }, () => 'logout_token_invalid'),
    )
  })

  test('is not a route without a store, or where the provider does not support it', async () => {
    const bare = await scene({ web: { store: undefined } })
    expect((await bare.visitor.post(route)).status).toBe(404)
    const { backchannel_logout_supported: _, ...metadata } = bare.server.metadata
    const other = await scene({ definition: { metadata: { ...metadata } } })
    expect((await other.visitor.post(route)).status).toBe(404)
  })
})
