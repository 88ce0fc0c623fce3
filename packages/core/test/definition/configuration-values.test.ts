import { generateVerifier, Pkce, Provider, type ProviderOptions, Refresh, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { metadata } from '../support/acme.ts'
import { client, withMetadata, withRedirectUri } from '../support/configuration.ts'
import { clientSecret, errorOf } from '../support/scene.ts'

describe('what else cannot work', () => {
  test.each([
    [() => new Provider(undefined as never, client), '{ name, metadata }'],
    [() => new Provider({ name: '', metadata }, client), `name, such as 'acme'`],
    [() => new Provider({ name: 'acme', metadata }, undefined as never), 'clientId'],
    [() => new Provider({ name: 'acme', metadata }, { clientId: '' }), 'clientId'],
    [() => new Provider({ name: 'acme', metadata }, { clientId: 'cid', clientSecret: 1 as never }), 'clientSecret'],
    [
      () => new Provider({ name: 'acme', metadata, apiOrigins: ['https://api.acme.example/v1'] }, client),
      '"https://api.acme.example"',
    ],
    [() => new Provider({ name: 'acme', metadata, apiOrigins: ['api.acme.example'] }, client), 'origin'],
  ])('%s says what to write', async (make, advice) => {
    const error = await errorOf(make)
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })

  test.each(['none', 'None', 'HS256', 'dir', 'PBES2-HS256+A128KW', ''])(
    'R223, A22, G36: an ID token cannot be signed with %j',
    async (idTokenSigningAlgorithm) => {
      const error = await errorOf(
        () => new Provider({ name: 'acme', metadata }, { clientId: 'cid', idTokenSigningAlgorithm }),
      )
      expect(error.code).toBe('config_invalid')
      expect(error.message).toContain('ES256')
    },
  )

  test('metadata that is none is metadata_invalid', async () => {
    for (const none of [undefined, null, [], 'x'])
      expect((await errorOf(() => new Provider({ name: 'a', metadata: none as never }, client))).code).toBe(
        'metadata_invalid',
      )
  })

  test.each<[ProviderOptions, string]>([
    [{ timeout: 0 }, 'milliseconds'],
    [{ timeout: Number.NaN }, 'milliseconds'],
    [{ timeout: '5' as never }, 'milliseconds'],
    [{ fetch: 'x' as never }, 'function'],
    [{ clock: {} as never }, 'now()'],
    [{ onEvent: 'x' as never }, 'function'],
  ])('the option %j', async (options, advice) => {
    const error = await errorOf(() => new Provider({ name: 'acme', metadata }, client, options))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })
})

describe('a value of a kind that nobody expected', () => {
  const circular: unknown[] = []
  circular.push(circular)
  test.each([[1n], [Symbol('x')], [{ toString: null }], [Object.create(null)], [circular], [() => {}], [NaN]])(
    'is refused like any other: %s',
    async (value) => {
      const odd = value as never
      const provider = new Provider({ name: 'acme', metadata }, client)
      for (const action of [
        () => withRedirectUri(odd)(),
        () => withRedirectUri([odd])(),
        () => withMetadata({ token_endpoint: odd })(),
        () => withMetadata({ issuer: odd })(),
        () =>
          new Provider({ name: 'acme', metadata }, {
            clientId: 'cid',
            clientSecret,
            authentication: 'x',
            ...(typeof value !== 'function' && { authentication: odd }),
          } as never),
        () => new Provider({ name: 'acme', metadata }, { clientId: 'cid', idTokenSigningAlgorithm: odd }),
        () => provider.grant(odd),
        () => provider.grant(Pkce).authorize({ scope: [odd] }),
        () => provider.grant(Pkce).authorize({ scope: odd }),
        () => provider.grant(Pkce).authorize({ resource: odd }),
        () => provider.grant(Pkce).authorize({ resource: [odd] }),
        () => provider.grant(Pkce).authorize({ parameters: { x: odd } }),
        () => provider.grant(Pkce).authorize({ state: odd }),
        () => provider.grant(Pkce).authorize({ codeVerifier: odd }),
        () => provider.grant(Pkce).requestToken(odd, odd),
        () => provider.grant(Refresh).requestToken(odd),
        () => generateVerifier(odd),
        () => Token.from(odd),
      ])
        expect(await errorOf(action)).toHaveProperty('code')
    },
  )
})
