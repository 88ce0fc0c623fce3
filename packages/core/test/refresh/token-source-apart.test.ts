import { ClientCredentials, type GrantEvent, Provider } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { over } from '../support/coordination.ts'
import { fleet, hour } from '../support/fleet.ts'
import { confidential, errorOf } from '../support/scene.ts'
import { json } from '../support/simulated-server.ts'
import { answer, fresh, stage } from '../support/source-stage.ts'

// What tells sources, providers and processes apart.

test('two issuers of one name and client do not get each other’s tokens', async () => {
  const { provider, store, clock, tokenRequests } = await stage()
  const at = (issuer: string) => {
    const metadata = { ...provider.definition.metadata, issuer }
    return new Provider({ name: 'acme', metadata }, confidential, { clock }).tokenSource({ store, key: 'user:42' })
  }
  await at('https://one.acme.example').save(fresh())
  const error = await errorOf(at('https://two.acme.example').token())
  expect(error).toMatchObject({ code: 'config_invalid', action: 'fix_configuration' })
  expect((await at('https://one.acme.example').token()).accessToken).toBe('at-0')
  expect(await tokenRequests()).toHaveLength(0)
})

test('a lease outlasts a request and the time to write its result down, by two seconds', async () => {
  const { source, store, clock } = await stage()
  const leases: number[] = []
  const acquire: typeof store.acquire = (key, owner, ttl) => {
    leases.push(ttl)
    return store.acquire(key, owner, ttl)
  }
  const tokens = source({ store: over(store, { acquire }) })
  await tokens.save(fresh())
  await clock.advance(hour)
  await tokens.token()
  expect(leases).toEqual([17_000])
})

describe('a client that the provider refuses', () => {
  test('is not tried again for another grant that can be asked', async () => {
    const { provider, clock, tokenRequests } = await stage([
      { status: 401, json: { error: 'invalid_client' } },
      answer(1),
    ])
    const source = () => provider.tokenSource({ grant: ClientCredentials })
    for (const tokens of [source(), source()])
      expect(await errorOf(tokens.token())).toMatchObject({ code: 'token_error', action: 'fix_configuration' })
    expect(await tokenRequests()).toHaveLength(1)
    await clock.advance(30_000)
    expect((await source().token()).accessToken).toBe('at-1')
  })
})

describe('a token alone', () => {
  test('is refreshed by the clock of its provider, pauses included', async () => {
    const busy = { status: 429, headers: { 'retry-after': '60' }, json: {} }
    const { provider, clock } = await stage([busy, answer(1)])
    const tokens = provider.tokenSource({ token: fresh() })
    await clock.advance(hour)
    expect((await errorOf(tokens.token())).code).toBe('rate_limited')
    await clock.advance(60_000)
    expect((await tokens.token()).accessToken).toBe('at-1')
  })

  test('has no key in its events', async () => {
    const refused = { status: 400, json: { error: 'invalid_grant' } }
    const { provider, clock, events } = await stage([answer(1), refused])
    const tokens = provider.tokenSource({ token: fresh() })
    for (let i = 0; i < 2; i++) {
      await clock.advance(hour)
      await tokens.token().catch(() => undefined)
    }
    expect(events.map(({ type }: GrantEvent) => type)).toEqual(['refreshed', 'reauthorization_required'])
    for (const event of events) expect(event).not.toHaveProperty('key')
  })
})

test('where the store is away and nothing rotates, a refused refresh is what the server says', async () => {
  const { server, start, settle, clock } = await fleet('static')
  const process = start({}, { refreshToken: { rotation: 'never' } })
  await process.tokens.token()
  process.failing = true
  await clock.advance(hour)
  server.faults.push(json({ error: 'invalid_scope' }))
  expect(await settle(errorOf(process.tokens.token()))).toMatchObject({
    code: 'token_error',
    oauth: { error: 'invalid_scope' },
  })
})
