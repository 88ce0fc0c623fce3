import { authorizedFetch, ClientCredentials, GrantError, memoryStore, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { someTime, testClock } from '../support/clock.ts'
import { confidential, scene } from '../support/scene.ts'

const hour = 3_600_000
const size = 1000
const herd = <T>(call: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: size }, (_, n) => call(n)))

/** A source whose token lasts an hour, and the access tokens that its API has seen. */
async function stage() {
  const { provider: make, tokenRequests } = await scene(
    ...[1, 2, 3].map((n) => ({
      json: { access_token: `at-${n}`, token_type: 'Bearer', expires_in: 3600, refresh_token: `rt-${n}` },
    })),
  )
  const clock = testClock()
  const origin = 'https://api.acme.example'
  const provider = make(confidential, { apiOrigins: [origin] }, { clock })
  const store = memoryStore({ clock })
  const tokens = provider.tokenSource({ store, key: 'user:42' })
  await tokens.save(Token.from({ accessToken: 'at-0', refreshToken: 'rt-0', expiresAt: someTime + hour }))
  const seen: string[] = []
  /** Calls an API that responds by what token it gets, and when it is ready. */
  const callsTo = (answer: (token: string, n: number) => Promise<number> | number) => {
    const send = authorizedFetch(tokens, {
      fetch: async (url, init) => {
        const token = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '') ?? ''
        seen.push(token)
        const status = await answer(token, Number(String(url).split('/').at(-1)))
        return new Response(null, { status })
      },
    })
    return async (n: number) => (await send(`${origin}/${n}`)).status
  }
  const count = (token: string) => seen.filter((other) => other === token).length
  return { provider, tokens, clock, tokenRequests, callsTo, count }
}

const all = (status: number) => Array.from({ length: size }, () => status)

describe('a thousand calls at once make one token request, and all succeed:', () => {
  test('with a token that is known to have expired', async () => {
    const { callsTo, clock, tokenRequests, count } = await stage()
    await clock.advance(hour)
    expect(await herd(callsTo((token) => (token === 'at-1' ? 200 : 401)))).toEqual(all(200))
    expect(await tokenRequests()).toHaveLength(1)
    expect([count('at-0'), count('at-1')]).toEqual([0, size])
  })

  test('with one that only the API knows to have expired', async () => {
    const { callsTo, tokenRequests, count } = await stage()
    expect(await herd(callsTo((token) => (token === 'at-1' ? 200 : 401)))).toEqual(all(200))
    expect(await tokenRequests()).toHaveLength(1)
    expect([count('at-0'), count('at-1')]).toEqual([size, size])
  })

  test('when half of the refusals come once the refresh is over', async () => {
    const { callsTo, tokens, tokenRequests, count } = await stage()
    let refreshed = (): void => undefined
    const refresh = new Promise<void>((resolve) => (refreshed = resolve))
    const calls = herd(
      callsTo(async (token, n) => {
        if (token === 'at-1') return 200
        if (n % 2 === 1) await refresh
        return 401
      }),
    )
    await expect.poll(async () => (await tokens.peek())?.accessToken).toBe('at-1')
    await expect.poll(() => count('at-1')).toBe(size / 2)
    refreshed()
    expect(await calls).toEqual(all(200))
    expect(await tokenRequests()).toHaveLength(1)
    expect([count('at-0'), count('at-1')]).toEqual([size, size])
  })

  test('with client credentials that nobody has asked for yet', async () => {
    const { provider, tokenRequests } = await stage()
    const tokens = provider.tokenSource({ grant: ClientCredentials })
    const given = await herd(() => tokens.token())
    expect(new Set(given.map(({ accessToken }) => accessToken))).toEqual(new Set(['at-1']))
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('with sources of their own', async () => {
    const { provider, clock, tokenRequests } = await stage()
    const store = memoryStore({ clock })
    const source = () => provider.tokenSource({ store, key: 'user:43' })
    await source().save(Token.from({ accessToken: 'at-0', refreshToken: 'rt-0', expiresAt: 1_000_000_000_000 }))
    const given = await herd(() => source().token())
    expect(new Set(given.map(({ accessToken }) => accessToken))).toEqual(new Set(['at-1']))
    expect(await tokenRequests()).toHaveLength(1)
  })
})

test('refreshing early is tried once, and again after a pause, however many ask', async () => {
  const { provider, clock } = await stage()
  let attempts = 0
  const tokens = provider.tokenSource({
    request: async () => {
      attempts += 1
      throw new GrantError('token_error', 'not now', { status: 503 })
    },
    store: memoryStore({ clock }),
    key: 'service',
  })
  await tokens.save(Token.from({ accessToken: 'at-0', expiresAt: someTime + hour }))
  const ask = async () => {
    for (const { accessToken } of await herd(() => tokens.token())) expect(accessToken).toBe('at-0')
  }
  await clock.advance(hour - 25_000)
  await ask()
  await expect.poll(() => attempts).toBe(1)
  await clock.advance(500)
  await ask()
  expect(attempts).toBe(1)
  await clock.advance(5000)
  await ask()
  await expect.poll(() => attempts).toBe(2)
})
