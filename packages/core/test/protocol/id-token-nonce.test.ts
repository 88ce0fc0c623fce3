import { AuthorizationCode, Provider, type ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { verify } from '../support/id-tokens.ts'
import { logIn, openid, sign } from '../support/openid.ts'
import { clientSecret, confidential, errorOf, eventLog } from '../support/scene.ts'

describe('a provider whose ID tokens lack the nonce', () => {
  test('is refused, unless its definition says so', async () => {
    const expected = { nonce: 'of this login' }
    expect((await errorOf(verify({}, expected))).message).toContain('(nonce)')
    expect(await verify({}, expected, { nonce: 'missing' })).toMatchObject({ sub: 'ada' })
  })

  test('cannot have another nonce all the same', async () => {
    const expected = { nonce: 'of this login' }
    for (const nonce of ['of another login', '', null, 42])
      expect((await errorOf(verify({ nonce }, expected, { nonce: 'missing' }))).message).toContain('(nonce)')
  })

  test('#65: is logged in at, with an event that says what was declared', async () => {
    const { events, onEvent } = eventLog()
    const stage = await openid({ onEvent, definition: { idToken: { nonce: 'missing' }, pkce: 'required' } })
    await logIn(stage, { nonce: undefined })
    expect(events).toContainEqual(expect.objectContaining({ type: 'normalised', deviation: 'idToken.nonce' }))
  })

  describe('needs PKCE in its place', () => {
    const metadata = {
      issuer: 'https://id.acme.example',
      authorization_endpoint: 'https://id.acme.example/authorize',
      token_endpoint: 'https://id.acme.example/token',
      jwks_uri: 'https://id.acme.example/jwks',
    }
    const definition: ProviderDefinition = { name: 'acme', metadata, idToken: { nonce: 'missing' } }

    test.each([undefined, 'supported'] as const)('and its definition has to say so: pkce %s', async (pkce) => {
      const declared = pkce === undefined ? definition : { ...definition, pkce }
      expect((await errorOf(() => new Provider(declared, confidential))).message).toBe(
        `idToken.nonce: PKCE binds the ID token to the login in its place: write pkce: 'required' beside it`,
      )
    })

    test('so a login without it is refused before the user is sent anywhere', async () => {
      const login = new Provider({ ...definition, pkce: 'required' }, confidential).grant(AuthorizationCode)
      expect(await errorOf(login.authorize({ scope: ['openid'] }))).toMatchObject({ code: 'config_invalid' })
    })

    test('and so is a code without a verifier, before it is sent', async () => {
      const declared = { idToken: { nonce: 'missing' }, pkce: 'required' } as const
      const stage = await openid({ definition: declared, client: { clientSecret } })
      const login = stage.provider.grant(AuthorizationCode)
      const error = await errorOf(login.exchangeCode({ code: 'canary-code' }, { scope: ['openid'] }))
      expect(error).toMatchObject({ code: 'config_invalid' })
      expect(error.message).toContain('use provider.grant(Pkce)')
      expect(await stage.server.requests()).toEqual([])
    })

    test('unless the provider refuses that as well', async () => {
      const declared = { idToken: { nonce: 'missing' }, pkce: 'refused' } as const
      const stage = await openid({ definition: declared, client: { clientSecret } })
      const login = stage.provider.grant(AuthorizationCode)
      const { transaction } = await login.authorize({ scope: ['openid'] })
      await stage.answer(await sign(stage.claims()))
      const token = await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
      expect(token.claims?.sub).toBe('ada')
    })
  })
})
