import { AuthorizationCode, ClientCredentials, Grant, Pkce, Provider, Refresh, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { metadata } from '../support/acme.ts'
import { testClock } from '../support/clock.ts'
import { client } from '../support/configuration.ts'
import { clientSecret, errorOf, eventLog, scene } from '../support/scene.ts'

describe('a definition', () => {
  test('is copied and frozen, so that a later change has no effect', async () => {
    const mutable = { name: 'acme', metadata: { ...metadata } }
    const provider = new Provider(mutable, client)
    mutable.metadata.authorization_endpoint = 'https://evil.example/authorize'
    expect((await provider.grant(Pkce).authorize()).url.origin).toBe('https://id.acme.example')
    expect(() => Object.assign(provider.definition.metadata, { token_endpoint: 'https://evil.example' })).toThrow(
      TypeError,
    )
  })

  test('that was checked is shared by further providers', () => {
    const { definition } = new Provider({ name: 'acme', metadata }, client)
    expect(new Provider(definition, client).definition).toBe(definition)
  })

  test('without any deviation makes no event', () => {
    const { events, onEvent } = eventLog()
    new Provider({ name: 'acme', metadata }, client, { onEvent })
    expect(events).toEqual([])
  })
})

describe('provider.grant', () => {
  const provider = new Provider({ name: 'acme', metadata }, client)

  test.each([[Pkce], [AuthorizationCode], [ClientCredentials], [Refresh]])(
    '%o makes an instance of that class',
    (Class) => {
      expect(provider.grant(Class as typeof Pkce)).toBeInstanceOf(Class)
    },
  )

  test('E-02: refuses a class that is not a grant, before it is constructed', async () => {
    let constructed = false
    class Impostor {
      constructor() {
        constructed = true
      }
    }
    const error = await errorOf(() => provider.grant(Impostor as never))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain('Impostor')
    expect(constructed).toBe(false)
  })

  test.each([[undefined], [null], ['Pkce'], [{}], [() => {}], [Token], [Grant]])('refuses %s', async (value) => {
    expect((await errorOf(() => provider.grant(value as never))).code).toBe('config_invalid')
  })
})

describe('events', () => {
  test('say what happened, when, and at which provider', async () => {
    const { provider } = await scene({
      json: { access_token: 'canary-at', token_type: 'Bearer', scope: 'read', refresh_token: 'canary-rt' },
    })
    const { events, onEvent } = eventLog()
    const clock = testClock()
    const acme = provider({ clientId: 'cid', clientSecret }, {}, { clock, onEvent })
    const token = await acme.grant(ClientCredentials).requestToken()
    await acme.grant(Refresh).requestToken(token)
    const at = clock.now()
    expect(events.filter(({ type }) => type !== 'request')).toEqual([
      { type: 'issued', provider: 'acme', at, grantType: 'client_credentials', scope: ['read'] },
      { type: 'refreshed', provider: 'acme', at, grantType: 'refresh_token', scope: ['read'] },
    ])
  })

  test.each([
    [
      () => {
        throw new Error('listener')
      },
    ],
    [
      async () => {
        throw new Error('listener')
      },
    ],
  ])('whose listener fails fail nothing', async (onEvent) => {
    const { provider } = await scene()
    const token = await provider({ clientId: 'cid', clientSecret }, {}, { onEvent })
      .grant(ClientCredentials)
      .requestToken()
    expect(token.accessToken).toBe('2YotnFZFEjr1zCsicMWpAA')
  })
})

describe('what a definition declares', () => {
  test.each([
    [{ authorization: { client_id: 'evil' } }],
    [{ authorization: { code_challenge_method: 'plain' } }],
    [{ token: { client_secret: 'x' } }],
    [{ token: { code_verifier: 'x' } }],
    [{ token: { audience: 1 as never } }],
  ])('A39: parameters cannot stand for those of the protocol: %j', async (parameters) => {
    expect((await errorOf(() => new Provider({ name: 'acme', metadata, parameters }, client))).code).toBe(
      'config_invalid',
    )
  })

  test('a frozen preset is held once by all its providers', () => {
    const preset = Object.freeze({ name: 'acme', metadata: Object.freeze({ ...metadata }) })
    expect(new Provider(preset, client).definition).toBe(new Provider(preset, client).definition)
    const halfFrozen = Object.freeze({ name: 'acme', metadata: { ...metadata } })
    expect(new Provider(halfFrozen, client).definition).not.toBe(new Provider(halfFrozen, client).definition)
  })
})
