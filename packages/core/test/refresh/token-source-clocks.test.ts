import { memoryStore, Provider, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { someTime, testClock } from '../support/clock.ts'
import { hour, late } from '../support/fleet.ts'
import { shiftedClock } from '../support/shifted-clock.ts'
import { errorOf } from '../support/scene.ts'
import { SimulatedServer } from '../support/simulated-server.ts'

const year = 365 * 24 * hour

/** Two machines over one store, whose clocks differ, at a server whose tokens live for so many seconds. */
function machines(ahead: readonly [number, number], expiresIn = 120) {
  const clock = testClock()
  const store = memoryStore({ clock })
  const server = new SimulatedServer('static', { expiresIn })
  const metadata = { token_endpoint: 'https://id.acme.example/token' }
  const start = (shift: number) => {
    const own = shiftedClock(clock, shift)
    const provider = new Provider({ name: 'acme', metadata }, { clientId: 'cid' }, { clock: own, fetch: server.fetch })
    return {
      tokens: provider.tokenSource({ store: { ...bound(store) }, key: 'user:42', background: false }),
      clock: own,
    }
  }
  return { clock, store, server, first: start(ahead[0]), second: start(ahead[1]) }
}

const bound = (store: ReturnType<typeof memoryStore>) => ({
  read: store.read.bind(store),
  compareAndSet: store.compareAndSet.bind(store),
  acquire: store.acquire.bind(store),
  renew: store.renew.bind(store),
  release: store.release.bind(store),
  now: () => store.now(), // which a test may replace
})

describe('two machines whose clocks are 90 seconds apart', () => {
  test.each([
    [90_000, 0],
    [0, 90_000],
    [-45_000, 45_000],
  ])('hand out no token that has expired, and refresh none that is good: %d and %d ms', async (...ahead) => {
    const { clock, server, first, second } = machines(ahead)
    await first.tokens.save(Token.from({ accessToken: 'at-0', refreshToken: 'rt-0', expiresAt: first.clock.now() - 1 }))
    for (let elapsed = 0; elapsed < 600_000; elapsed += 10_000) {
      for (const { tokens, clock: own } of [first, second]) {
        const { accessToken, expiresAt = 0 } = await tokens.token()
        expect(server.expiryOf(accessToken)).toBeGreaterThan(clock.now())
        expect(Math.abs(expiresAt - own.now() - (server.expiryOf(accessToken) - clock.now()))).toBeLessThan(1000)
      }
      await clock.advance(10_000)
      server.now = clock.now()
    }
    expect(server.used.length).toBeLessThanOrEqual(6) // ten minutes, two minutes each, and one more for the first
  })
})

describe('a store that takes long to say its time', () => {
  test.each([800, 1600, 4000])('moves the expiry of no token: %d ms', async (delay) => {
    const { clock, store, first, second } = machines([0, 0], 3600)
    const told = store.now.bind(store)
    store.now = async () => {
      const time = await told()
      clock.jump(delay)
      return time
    }
    await first.tokens.save(Token.from({ accessToken: 'at-0', refreshToken: 'rt-0', expiresAt: someTime - 1 }))
    const { accessToken, expiresAt } = await first.tokens.token()
    expect(await second.tokens.token()).toMatchObject({ accessToken, expiresAt })
  })
})

describe('a clock that stood a year ahead for a moment', () => {
  test('leaves no note that stops a refresh until that year is over', async () => {
    const { server, start, settle, clock } = await late('strict')
    const [first, second] = [start(), start()]
    const { reached } = first.stopAt('renew', 'after') // it has noted that it will send, and dies
    void first.tokens.token().catch(() => undefined)
    clock.jump(year)
    await reached
    clock.jump(-year)
    expect((await settle(second.tokens.token())).accessToken).toBe('at-1')
    expect(clock.now()).toBeLessThan(someTime + 2 * hour)
    expect(server.used).toEqual(['rt-0'])
  })

  test('leaves no failure that does', async () => {
    const { server, start, settle, clock } = await late('strict')
    server.faults.push(new Response('{}', { status: 503, headers: { 'retry-after': '60' } }))
    const { tokens } = start()
    clock.jump(year)
    await settle(errorOf(tokens.token()))
    clock.jump(-year)
    expect((await settle(tokens.token())).accessToken).toBe('at-1')
  })

  test('and back, does not keep a refused client from being tried again', async () => {
    const { server, start, settle, clock } = await late('strict')
    server.faults.push(new Response('{"error":"invalid_client"}', { status: 401 }))
    const { tokens } = start()
    clock.jump(year)
    await settle(errorOf(tokens.token()))
    clock.jump(-year)
    expect((await settle(tokens.token())).accessToken).toBe('at-1')
  })
})

test('another process takes over 17 seconds after one has died, by default', async () => {
  const { start, settle, clock } = await late('grace')
  const [first, second] = [start(), start()]
  const { reached } = first.stopAt('compareAndSet', 'before', 2) // it has the response, and dies
  void first.tokens.token().catch(() => undefined)
  await reached
  const died = clock.now()
  await settle(second.tokens.token())
  expect(clock.now() - died).toBeLessThanOrEqual(17_500)
})
