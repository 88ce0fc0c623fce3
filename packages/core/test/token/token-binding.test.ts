import { authorizedFetch, ClientCredentials, memoryStore, Refresh, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { testClock } from '../support/clock.ts'
import { confidential, errorOf, goodToken, scene } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'

/** Milliseconds since the epoch: in the seventies. */
const longAgo = 100_000_000_000

// Where a token may go, and whose it is.

const token = Token.from({ accessToken: 'mF_9.B5f-4.1JqM', refreshToken: 'canary-refresh-token' })

describe('a token goes to the server that it belongs to', () => {
  test('R29: what one provider issued never reaches the endpoints of another', async () => {
    const [honest, other] = [await scene(), await scene()]
    const store = memoryStore()
    const metadata = ({ url }: { url: string }) => ({
      token_endpoint: `${url}/token`,
      revocation_endpoint: `${url}/revoke`,
    })
    const [first, second] = [honest, other].map(({ provider, server }, i) =>
      provider(confidential, { name: `provider ${i}`, metadata: metadata(server) }).tokenSource({
        store,
        key: 'user:42',
      }),
    )
    await first?.save(token.with({ expiresAt: longAgo }))
    for (const attempt of [() => second?.token(), () => second?.peek()])
      expect((await errorOf(attempt)).code).toBe('config_invalid')
    expect((await first?.token())?.accessToken).toBe(goodToken['access_token'])
    await second?.clear({ revoke: true })
    expect(await other.server.requests()).toHaveLength(0)
  })

  test('R36: it is presented as Bearer in a header', async () => {
    const api = await faultServer()
    await authorizedFetch(token, { origins: [api.url] })(`${api.url}/me`)
    expect((await api.requests())[0]?.headers['authorization']).toBe('Bearer mF_9.B5f-4.1JqM')
  })

  test('R37, R38, R203: and nowhere else: not in the query, not in the body', async () => {
    const api = await faultServer()
    const send = authorizedFetch(token, { origins: [api.url] })
    await send(`${api.url}/me?x=1`)
    await send(`${api.url}/me`, { method: 'POST', body: new URLSearchParams({ x: '1' }) })
    const [get, post] = await api.requests()
    expect(get?.url).toBe(`${api.url}/me?x=1`)
    expect(post?.form).toEqual({ x: '1' })
  })
})

describe('a stored token', () => {
  test('A49: keys and scopes cannot be chosen so that two of them meet', async () => {
    const answers = [1, 2, 3, 4].map((n) => ({ json: { ...goodToken, access_token: `canary-token-${n}` } }))
    const { provider, tokenRequests } = await scene(...answers)
    const store = memoryStore()
    const acme = provider(confidential, {}, { clock: testClock() })
    const ask = async (key: string, scope: string[]) =>
      (await acme.tokenSource({ store, key, grant: ClientCredentials }).token({ scope })).accessToken
    const asked = [
      await ask('a|b', ['c']),
      await ask('a', ['b|c']),
      await ask('a', ['b', 'c']),
      await ask('a', ['b,c']),
    ]
    expect(new Set(asked).size).toBe(4)
    expect(await ask('a', ['c', 'b'])).toBe(asked[2])
    expect(await tokenRequests()).toHaveLength(4)
  })

  test('A49: of two clients of one provider, each has its own', async () => {
    const { provider } = await scene()
    const store = memoryStore()
    await provider().tokenSource({ store, key: 'k' }).save(token)
    const other = provider({ ...confidential, clientId: 'other' }).tokenSource({ store, key: 'k' })
    expect((await errorOf(other.token())).code).toBe('config_invalid')
  })

  test('G30, A46: five callers refresh it once', async () => {
    const { provider, tokenRequests } = await scene()
    const source = provider().tokenSource({ token: token.with({ expiresAt: longAgo }) })
    await Promise.all(Array.from({ length: 5 }, () => source.token()))
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('R187, A47: a rotated refresh token is stored before anyone gets the new access token', async () => {
    const { provider } = await scene({ json: { ...goodToken, refresh_token: 'canary-rotated-token' } })
    const store = memoryStore()
    const source = provider().tokenSource({ store, key: 'k' })
    await source.save(token.with({ expiresAt: longAgo }))
    await source.token()
    expect((await store.read('k'))?.value).toContain('canary-rotated-token')
  })

  test('R205: an access token that looks like a JWT is not read: the server says when it expires', async () => {
    const payload = btoa(JSON.stringify({ exp: 1 })).replaceAll('=', '')
    const { provider } = await scene({ json: { ...goodToken, access_token: `eyJhbGciOiJub25lIn0.${payload}.` } })
    expect((await provider().grant(ClientCredentials).requestToken()).isExpired()).toBe(false)
  })

  test('R28: the next refresh uses the refresh token that the last one brought', async () => {
    const { provider, tokenRequests } = await scene({ json: { ...goodToken, refresh_token: 'canary-second' } })
    const refresh = provider().grant(Refresh)
    await refresh.requestToken(await refresh.requestToken(token))
    expect((await tokenRequests()).map(({ form }) => form?.['refresh_token'])).toEqual([
      'canary-refresh-token',
      'canary-second',
    ])
  })
})
