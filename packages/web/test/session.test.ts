import { authorizedFetch, GrantError, memoryStore, type TokenStore } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { type Scene, scene } from './support/scene.ts'
import { Visitor } from './support/visitor.ts'

const hour = 3600_000

/** The headers of a request of this browser. */
function headersOf({ cookies }: Visitor): { readonly headers: { readonly cookie: string } } {
  return { headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } }
}

/** Makes the tokens of a session end, as time does. */
async function expire({ auth, visitor }: Scene): Promise<void> {
  const tokens = (await auth.session(headersOf(visitor)))?.tokens()
  const token = await tokens?.peek()
  if (token) await tokens?.save(token.with({ expiresAt: Date.now() - 60_000 }))
}

async function refreshes({ server }: Scene): Promise<number> {
  return (await server.requests()).filter(({ form }) => form?.['grant_type'] === 'refresh_token').length
}

describe('a session', () => {
  test('says who, since when and until when, and has tokens that reach the API', async () => {
    const app = await scene()
    await app.logIn()
    const session = await app.auth.session(headersOf(app.visitor))
    expect(session).toMatchObject({ user: { sub: 'ada' }, provider: 'acme', id: expect.stringMatching(/^[\w-]{22}$/) })
    expect((session?.expiresAt ?? 0) - (session?.authenticatedAt ?? 0)).toBeGreaterThan(6.9 * 24 * hour)
    const response = await authorizedFetch(session?.tokens() as never)(`${app.server.url}/api/echo`)
    expect(response.status).toBe(200)
  })

  test('W16: a session from before the login is another one, and its record and tokens are gone', async () => {
    const app = await scene()
    const mallory = new Visitor(app.url)
    await app.logIn({ visitor: mallory, account: 'bob' })
    for (const [name, value] of mallory.cookies) app.visitor.cookies.set(name, value) // planted
    const before = await app.auth.session(headersOf(mallory))
    await app.logIn()
    const after = await app.auth.session(headersOf(app.visitor))
    expect([before?.user, after?.user]).toStrictEqual([{ sub: 'bob' }, { sub: 'ada' }])
    expect(after?.id).not.toBe(before?.id)
    expect(await app.auth.session(headersOf(mallory))).toBeUndefined()
    expect(await before?.tokens().peek()).toBeUndefined()
  })

  test('W17: a copy of the cookie from before the logout gives no session, in no process', async () => {
    const app = await scene()
    await app.logIn()
    const copy = headersOf(app.visitor)
    expect(await app.auth.session(copy)).toBeDefined()
    await app.visitor.post('/auth/logout')
    expect(await app.auth.session(copy)).toBeUndefined()
    expect(await app.another().session(copy)).toBeUndefined()
  })

  test('W17: also where the tokens are shared and kept', async () => {
    const app = await scene({ web: { key: ({ user }) => `user:${user.sub}` } })
    await app.logIn()
    const copy = headersOf(app.visitor)
    await app.visitor.post('/auth/logout')
    expect(await app.auth.session(copy)).toBeUndefined()
    const job = app.provider.tokenSource({ store: app.store, key: 'user:ada/acme' })
    expect((await job.token()).hasScope('read')).toBe(true)
  })

  test('W18: a request that is in flight during the logout does not bring the session back', async () => {
    const app = await scene()
    await app.logIn()
    const copy = headersOf(app.visitor)
    const inFlight = await app.auth.session(copy)
    await expire(app)
    const [outcome] = await Promise.all([
      inFlight
        ?.tokens()
        .token()
        .then(
          () => 'token',
          (error: unknown) => (error as GrantError).code,
        ),
      app.visitor.post('/auth/logout'),
    ])
    expect(['token', 'reauthorization_required']).toContain(outcome)
    expect(app.visitor.cookies.size).toBe(0)
    expect(await app.auth.session(copy)).toBeUndefined()
    expect(await inFlight?.tokens().peek()).toBeUndefined()
  })

  test('W19: ends when its sealed time is over, whatever the browser kept', async () => {
    const app = await scene({ web: { lifetime: 3600 } })
    await app.logIn()
    app.pass(hour - 5000)
    expect(await app.auth.session(headersOf(app.visitor))).toBeDefined()
    app.pass(5001)
    expect(await app.auth.session(headersOf(app.visitor))).toBeUndefined()
  })

  test('W37: a refresh that fails for a while ends no session, invalid_grant does', async () => {
    let down = false
    const flaky: typeof fetch = (...call) => (down ? Promise.reject(new TypeError('down')) : fetch(...call))
    const app = await scene({ provider: { fetch: flaky } })
    await app.logIn()
    const session = await app.auth.session(headersOf(app.visitor))
    const refreshToken = (await session?.tokens().peek())?.refreshToken ?? ''
    await expire(app)
    down = true
    await expect(session?.tokens().token()).rejects.toMatchObject({ action: 'retry' })
    down = false
    expect(await app.auth.session(headersOf(app.visitor))).toBeDefined()
    await app.server.revokeGrant(refreshToken)
    await expire(app)
    const other = await app.another().session(headersOf(app.visitor))
    await expect(other?.tokens().token()).rejects.toMatchObject({ code: 'reauthorization_required' })
    expect(await app.auth.session(headersOf(app.visitor))).toBeUndefined()
  })

  test('W38: twenty parallel pages in four processes on an expired token make one refresh and log nobody out', async () => {
    const app = await scene()
    await app.logIn()
    await expire(app)
    const processes = [app.auth, app.another(), app.another(), app.another()]
    const tokens = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const session = await processes[i % 4]?.session(headersOf(app.visitor))
        return (await session?.tokens().token())?.accessToken
      }),
    )
    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]).toBeTypeOf('string')
    expect(await refreshes(app)).toBe(1)
    expect(await app.auth.session(headersOf(app.visitor))).toBeDefined()
  })

  test('is not undefined when the store is down: that would log the user out', async () => {
    const inner = memoryStore()
    let down = false
    const store: TokenStore = {
      ...bound(inner),
      read: (key) => (down ? Promise.reject(new Error('down')) : inner.read(key)),
    }
    const app = await scene({ web: { store } })
    await app.logIn()
    down = true
    await expect(app.auth.session(headersOf(app.visitor))).rejects.toMatchObject({ code: 'store_failed' })
    const { status, text } = await app.visitor.post('/auth/logout')
    expect([status, app.visitor.cookies.size]).toStrictEqual([503, 0])
    expect(text).toContain('Sessions are not available')
  })

  test('leaves records that a store can sweep when the session is over', async () => {
    const inner = memoryStore()
    const untils: (number | undefined)[] = []
    const store: TokenStore = {
      ...bound(inner),
      compareAndSet: (key, expected, write) => {
        if (write.value !== undefined) untils.push(write.until)
        return inner.compareAndSet(key, expected, write)
      },
    }
    const app = await scene({ web: { store, lifetime: 3600 } })
    await app.logIn()
    expect(untils).toHaveLength(2)
    for (const until of untils) expect(Math.abs((until ?? 0) - Date.now() - hour)).toBeLessThan(60_000)
  })
})

function bound(store: TokenStore): TokenStore {
  return {
    volatile: true,
    read: (key) => store.read(key),
    compareAndSet: (...write) => store.compareAndSet(...write),
    acquire: (...lease) => store.acquire(...lease),
    renew: (...lease) => store.renew(...lease),
    release: (...lease) => store.release(...lease),
    now: () => store.now(),
  }
}
