import { type GrantEvent, memoryStore, Provider, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { logIn, openid, rs256, sign } from '../support/openid.ts'
import { errorOf, goodToken } from '../support/scene.ts'
import { answer, fresh, stage } from '../support/source-stage.ts'

const hour = 3_600_000

describe('the new refresh token of a response that is refused', () => {
  test.each<[string, object]>([
    ['it has no access token', { access_token: undefined }],
    ['its token type is unknown', { token_type: 'mac' }],
    ['its lifetime is not a number', { expires_in: 'soon' }],
  ])('is stored, and used next, where %s', async (_, wrong) => {
    const replies = [{ json: { ...goodToken, refresh_token: 'canary-next', ...wrong } }, answer(2)]
    const { source, clock, tokenRequests } = await stage(replies)
    const tokens = source()
    await tokens.save(fresh())
    await clock.advance(hour)
    expect((await errorOf(tokens.token())).code).toMatch(/^token_/)
    expect((await tokens.peek())?.refreshToken).toBe('canary-next')
    await clock.advance(hour)
    expect((await tokens.token()).accessToken).toBe('at-2')
    expect((await tokenRequests()).map(({ form }) => form?.['refresh_token'])).toEqual(['rt-0', 'canary-next'])
  })

  test.each([[42], [null], [''], ['canary\n'], ['canary\u00E9'], [['canary']]])(
    'is not taken for one where it is %j',
    async (refreshToken) => {
      const { source, clock } = await stage([{ json: { token_type: 'Bearer', refresh_token: refreshToken } }])
      const tokens = source()
      await tokens.save(fresh())
      await clock.advance(hour)
      await errorOf(tokens.token())
      expect((await tokens.peek())?.refreshToken).toBe('rt-0')
    },
  )
})

/** A login with an ID token, whose keys respond as told when it is refreshed. */
async function loggedIn(keys: Reply) {
  const events: GrantEvent[] = []
  const scene = await openid({ onEvent: (event) => events.push(event) })
  const token = (await logIn(scene)).with({ refreshToken: 'rt-0', expiresAt: scene.clock.now() + hour })
  const store = memoryStore({ clock: scene.clock })
  const tokens = scene.provider.tokenSource({ store, key: 'user:42' })
  await tokens.save(token)
  await scene.clock.advance(hour)
  await scene.server.reply('/jwks', keys)
  const sent = async () =>
    (await scene.server.requests())
      .filter(({ form }) => form?.['refresh_token'])
      .map(({ form }) => form?.['refresh_token'])
  return { ...scene, tokens, store, sent, before: token }
}

describe('after the server has rotated', () => {
  test.each<[string, Reply]>([
    ['respond with 503', { status: 503 }],
    ['are not a key set', { text: 'nothing here' }],
    ['break off', { reset: true }],
  ])('the new refresh token is stored before the keys are asked for, and they %s', async (_, keys) => {
    const { tokens, store, server, claims, clock, publish, sent } = await loggedIn(keys)
    const idToken = async () => sign({ ...claims() })
    const more = { refresh_token: 'rt-1', expires_in: 60 }
    await server.reply('/token', { json: { ...goodToken, ...more, id_token: await idToken() } })
    const failing = errorOf(tokens.token())
    await until(failing, () => clock.advance(500))
    expect((await store.read('user:42'))?.value).toContain('rt-1')
    expect((await store.read('user:42'))?.value).not.toContain('rt-0')
    await publish(rs256.jwk)
    await clock.advance(hour)
    await server.reply('/token', { json: { ...goodToken, refresh_token: 'rt-2', id_token: await idToken() } })
    const again = tokens.token()
    await until(again, () => clock.advance(500))
    expect((await again).accessToken).toBe(goodToken['access_token'])
    expect(await sent()).toEqual(['rt-0', 'rt-1'])
  })

  test('an ID token of another user is refused, and the refresh token that came with it is kept', async () => {
    const { tokens, server, claims, publish, clock } = await loggedIn({ status: 503 })
    await publish(rs256.jwk)
    const idToken = await sign({ ...claims(), sub: 'eve' })
    await server.reply('/token', { json: { ...goodToken, refresh_token: 'rt-1', id_token: idToken } })
    const refused = errorOf(tokens.token())
    await until(refused, () => clock.advance(20)) // in small steps: a response takes longer in a browser
    expect((await refused).code).toBe('id_token_invalid')
    expect(await tokens.peek()).toMatchObject({ refreshToken: 'rt-1', claims: { sub: 'ada' } })
  })
})

describe('a refresh token alone', () => {
  test('is refreshed by the first call, and what came is stored', async () => {
    const { provider, tokenRequests, store } = await stage([answer(1)])
    const tokens = provider.tokenSource({ refreshToken: 'rt-elsewhere', store, key: 'user:42' })
    expect(await tokens.peek()).toBeUndefined()
    expect(await tokens.token()).toMatchObject({ accessToken: 'at-1', refreshToken: 'rt-1' })
    expect((await tokenRequests()).map(({ form }) => form?.['refresh_token'])).toEqual(['rt-elsewhere'])
    expect((await store.read('user:42'))?.value).not.toContain('rt-elsewhere')
  })

  test('needs no store', async () => {
    const { provider } = await stage([answer(1)])
    expect((await provider.tokenSource({ refreshToken: 'rt-elsewhere' }).token()).accessToken).toBe('at-1')
  })

  test('gives way to what is stored already, unless it is to replace that', async () => {
    const { provider, store, source, tokenRequests } = await stage([answer(1)])
    await source().save(fresh())
    const options = { refreshToken: 'rt-elsewhere', store, key: 'user:42' }
    expect((await provider.tokenSource(options).token()).accessToken).toBe('at-0')
    expect((await provider.tokenSource({ ...options, replace: true }).token()).accessToken).toBe('at-1')
    expect((await tokenRequests()).map(({ form }) => form?.['refresh_token'])).toEqual(['rt-elsewhere'])
  })

  test('that the server has rotated is kept, although the response was broken', async () => {
    const broken = { json: { token_type: 'Bearer', refresh_token: 'rt-rescued' } }
    const { provider, store, clock, tokenRequests } = await stage([broken, answer(1)])
    const tokens = provider.tokenSource({ refreshToken: 'rt-elsewhere', store, key: 'user:42' })
    await errorOf(tokens.token())
    await clock.advance(hour)
    expect((await tokens.token()).accessToken).toBe('at-1')
    expect((await tokenRequests()).map(({ form }) => form?.['refresh_token'])).toEqual(['rt-elsewhere', 'rt-rescued'])
  })

  test('that was never used is revoked by a logout', async () => {
    const { server, store, clock } = await stage()
    await server.reply('/revoke', { text: '' })
    const metadata = { token_endpoint: `${server.url}/token`, revocation_endpoint: `${server.url}/revoke` }
    const provider = new Provider({ name: 'acme', metadata }, { clientId: 'cid' }, { clock })
    const tokens = provider.tokenSource({ refreshToken: 'rt-elsewhere', store, key: 'user:42' })
    await tokens.peek()
    await tokens.clear({ revoke: true })
    expect((await server.requests()).map(({ form }) => form?.['token'])).toEqual(['rt-elsewhere'])
  })
})

test('a token of a login that is saved goes before a refresh token that was given', async () => {
  const { provider, store } = await stage([])
  const tokens = provider.tokenSource({ refreshToken: 'rt-elsewhere', store, key: 'user:42', replace: true })
  await tokens.save(Token.from({ accessToken: 'at-login' }))
  expect((await tokens.token()).accessToken).toBe('at-login')
})

/** Moves something on until a promise settles. */
async function until(promise: Promise<unknown>, move: () => Promise<void>): Promise<void> {
  const state = { settled: false }
  const settle = (): void => void (state.settled = true)
  promise.then(settle, settle)
  while (!state.settled) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    await move()
  }
}
