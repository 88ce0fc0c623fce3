import { GrantError, memoryStore, Provider, Token, type TokenSource } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { testClock } from '../support/clock.ts'
import { ended, hour, late } from '../support/fleet.ts'
import { logIn, openid, rs256, sign } from '../support/openid.ts'
import { errorOf, goodToken } from '../support/scene.ts'
import { json } from '../support/simulated-server.ts'
import { answer, fresh, stage } from '../support/source-stage.ts'

const expired = () => ended().with({ expiresAt: 1_000_000_000_000 })

describe('users whose refreshes wait for one failed fetch of the keys', () => {
  test('keep their own refresh tokens, and get errors of their own', async () => {
    const scene = await openid()
    const login = (await logIn(scene)).with({ expiresAt: scene.clock.now() + hour })
    const store = memoryStore({ clock: scene.clock })
    const users = ['ada', 'bob', 'eve'].map((name) => ({
      name,
      tokens: scene.provider.tokenSource({ store, key: `user:${name}` }),
    }))
    for (const { name, tokens } of users)
      await tokens.save(login.with({ accessToken: `at-${name}`, refreshToken: `rt-${name}` }))
    await scene.clock.advance(hour)
    await scene.server.reply('/jwks', { status: 503 })
    const idToken = await sign(scene.claims())
    await scene.server.reply(
      '/token',
      ...users.map(({ name }) => ({
        json: { ...goodToken, access_token: `new-${name}`, refresh_token: `next-${name}`, id_token: idToken },
      })),
    )
    const errors: GrantError[] = []
    const failing = users.map(({ tokens }) => errorOf(tokens.token()).then((error) => errors.push(error)))
    while (errors.length < users.length) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      await scene.clock.advance(200)
    }
    await Promise.all(failing)
    expect(new Set(errors).size).toBe(users.length)
    const order = (await scene.server.requests()).flatMap(({ form }) => form?.['refresh_token'] ?? []) // who got a response in which turn
    for (const { name, tokens } of users) {
      const turn = order.indexOf(`rt-${name}`)
      expect((await tokens.peek())?.refreshToken).toBe(`next-${users[turn]?.name}`)
    }
    await scene.publish(rs256.jwk)
  })
})

/** Many users of one provider, each with an expired token. */
async function usersAtOnce(count: number) {
  const all = await late('strict')
  const process = all.start()
  const sources = Array.from({ length: count }, (_, n) =>
    process.provider.tokenSource({ store: all.store, key: `user:${n}` }),
  )
  for (const source of sources) await source.save(expired())
  return { ...all, process, sources }
}

describe('what one user’s request met', () => {
  test('unauthorized_client for one stops nobody else', async () => {
    const { server, sources, settle } = await usersAtOnce(2)
    server.faults.push(json({ error: 'unauthorized_client', error_description: 'ada is not allowed' }))
    const [ada, bob] = sources as [TokenSource, TokenSource]
    expect(await settle(errorOf(ada.token()))).toMatchObject({ oauth: { error: 'unauthorized_client' } })
    expect((await settle(bob.token())).accessToken).toBe('at-1')
  })

  test('invalid_client is remembered, and each caller hears of it in an error of its own, without the first one’s text', async () => {
    const { server, sources, settle } = await usersAtOnce(3)
    server.faults.push(json({ error: 'invalid_client', error_description: 'said to the first' }, 401))
    const errors = []
    for (const source of sources) errors.push(await settle(errorOf(source.token())))
    expect(server.used).toHaveLength(1)
    expect(new Set(errors).size).toBe(3)
    for (const error of errors.slice(1)) {
      expect(error).toMatchObject({ code: 'token_error', action: 'fix_configuration', provider: 'acme' })
      expect(JSON.stringify(error)).not.toContain('said to the first')
    }
  })

  test('a tenant with somebody else’s client id and a wrong secret stops nobody', async () => {
    const { server, store, process, settle } = await usersAtOnce(1)
    const { definition } = process.provider
    const stranger = new Provider(definition, { clientId: 'cid', clientSecret: 'guessed' }, { fetch: server.fetch })
    const tokens = stranger.tokenSource({ token: expired() })
    server.faults.push(json({ error: 'invalid_client' }, 401))
    await errorOf(tokens.token())
    expect((await settle(process.provider.tokenSource({ store, key: 'user:0' }).token())).accessToken).toBe('at-1')
  })

  test('an incident of one provider is none of another with the same preset', async () => {
    const { server, store, process, sources, settle } = await usersAtOnce(6)
    server.faults.push(...sources.map(() => json({ error: 'invalid_grant' })))
    for (const source of sources) await settle(errorOf(source.token()))
    const other = new Provider(
      process.provider.definition,
      { clientId: 'cid' },
      { fetch: server.fetch, clock: testClock() },
    )
    const tokens = other.tokenSource({ store, key: 'user:of-other' })
    await tokens.save(expired())
    server.faults.push(json({ error: 'invalid_grant' }))
    expect((await errorOf(tokens.token())).code).toBe('reauthorization_required')
  })

  test('concurrent callers of one key share a refresh, and no error object', async () => {
    const { server, sources, settle } = await usersAtOnce(1)
    server.faults.push(json({ error: 'temporarily_unavailable' }, 503))
    const calls = Array.from({ length: 5 }, () => errorOf(sources[0]?.token() ?? Promise.resolve()))
    const errors = await settle(Promise.all(calls))
    expect(server.used).toHaveLength(1)
    expect(new Set(errors).size).toBe(5)
  })
})

describe('sources of one process over the same store and key', () => {
  test('see what the others save and clear, from that moment on', async () => {
    const { source } = await stage([])
    const [first, second] = [source(), source()]
    await first.save(fresh())
    expect((await second.token()).accessToken).toBe('at-0')
    await second.save(fresh({ accessToken: 'at-other-account' }))
    expect((await first.token()).accessToken).toBe('at-other-account')
    await first.clear()
    expect((await errorOf(second.token())).code).toBe('reauthorization_required')
  })

  test('also where they were made by two providers of the same client', async () => {
    const { provider, store, clock } = await stage([])
    const twin = new Provider(provider.definition, { clientId: 'cid' }, { clock })
    const [first, second] = [provider, twin].map((one) => one.tokenSource({ store, key: 'user:42' })) as [
      TokenSource,
      TokenSource,
    ]
    await first.save(fresh())
    expect((await second.token()).accessToken).toBe('at-0')
    await second.clear()
    expect((await errorOf(first.token())).code).toBe('reauthorization_required')
  })

  test('share nothing with another client, or another key', async () => {
    const { provider, store, clock, source } = await stage([])
    await source().save(fresh())
    const other = new Provider(provider.definition, { clientId: 'another' }, { clock })
    expect((await errorOf(other.tokenSource({ store, key: 'user:42' }).token())).code).toBe('config_invalid')
    expect((await errorOf(provider.tokenSource({ store, key: 'user:43' }).token())).code).toBe(
      'reauthorization_required',
    )
  })
})

test('a record in another key’s place is noticed, and nothing of it is used', async () => {
  const { provider, store, source } = await stage([])
  await source().save(fresh({ accessToken: 'at-ada' }))
  const { value } = (await store.read('user:42')) ?? {}
  await store.compareAndSet('user:43', 0, { value })
  const bob = provider.tokenSource({ store, key: 'user:43' })
  expect(await errorOf(bob.token())).toMatchObject({ code: 'store_failed', action: 'report' })
  await bob.save(Token.from({ accessToken: 'at-bob' }))
  expect((await bob.token()).accessToken).toBe('at-bob')
})

test('an event of a source has its key, and that of a token alone has none', async () => {
  const { provider, source, events, clock } = await stage([answer(1), answer(2)])
  await source().save(fresh({ expiresAt: 1_000_000_000_000, refreshToken: undefined }))
  await errorOf(source().token())
  const alone = provider.tokenSource({ token: fresh({ expiresAt: clock.now() + 1000 }) })
  await clock.advance(2000)
  await alone.token()
  expect(events.filter(({ key }) => key !== undefined).every(({ key }) => key === 'user:42')).toBe(true)
  expect(events.find(({ type }) => type === 'refreshed')?.key).toBeUndefined()
})
