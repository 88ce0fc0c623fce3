import { AuthorizationCode, Pkce, type ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { confidential, errorOf, publicClient, scene } from '../support/scene.ts'

const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const noChallenge = 'a code challenge is a SHA-256 hash in base64url, 43 characters: pkceChallenge(verifier) makes one'

describe('an error about a login says what to write instead', () => {
  const listing = (...methods: string[]) => ({ metadata: { code_challenge_methods_supported: methods } as never })

  test.each<[string, Partial<ProviderDefinition>, string]>([
    [
      'pkce_unsupported',
      { pkce: 'refused' },
      'acme refuses PKCE: use provider.grant(AuthorizationCode) with a client secret',
    ],
    [
      'pkce_unsupported',
      listing('plain', 'S512'),
      'acme does not support the S256 code challenge (it lists plain, S512), and "plain" proves nothing',
    ],
    [
      'pkce_unsupported',
      listing(),
      'acme does not support the S256 code challenge (it lists none), and "plain" proves nothing',
    ],
    [
      'config_invalid',
      { metadata: { authorization_endpoint: undefined } as never },
      'acme has no authorization_endpoint in its metadata: add it, or use a grant without a user',
    ],
  ])('%s with PKCE: %j', async (code, definition, message) => {
    const { provider } = await scene()
    const error = await errorOf(provider(publicClient, definition).grant(Pkce).authorize())
    expect(error).toMatchObject({ code, message })
  })

  test.each<[Partial<ProviderDefinition>, typeof publicClient, string]>([
    [{ pkce: 'required' }, confidential, 'acme requires PKCE: use provider.grant(Pkce)'],
    [{}, publicClient, 'a client without a secret needs PKCE: use provider.grant(Pkce)'],
  ])('without PKCE: %j', async (definition, client, message) => {
    const { provider } = await scene()
    const error = await errorOf(provider(client, definition).grant(AuthorizationCode).authorize())
    expect(error).toMatchObject({ code: 'config_invalid', message })
  })

  test.each<[string, object, string]>([
    ['a challenge that is too long', { codeChallenge: `${challenge}A` }, noChallenge],
    ['a challenge after something else', { codeChallenge: `.${challenge}` }, noChallenge],
    ['a challenge that is not a string', { codeChallenge: [challenge] }, noChallenge],
    [
      'a challenge beside its verifier',
      { codeChallenge: challenge, codeVerifier },
      'write codeVerifier or codeChallenge, not both: the challenge is made of the verifier',
    ],
    [
      'openid without an issuer',
      { scope: ['openid'] },
      'the scope "openid" needs issuer and jwks_uri in the metadata of acme: Provider.discover() finds both',
    ],
  ])('%s', async (_, options, message) => {
    const { provider } = await scene()
    const error = await errorOf(provider(publicClient).grant(Pkce).authorize(options))
    expect(error).toMatchObject({ code: 'config_invalid', message })
  })

  test.each(['soon', '5 minutes', 'x5', '-1', '1.5', '', '12345678901'])('max_age %j', async (max_age) => {
    const { provider, server } = await scene()
    const metadata = { issuer: server.url, jwks_uri: `${server.url}/jwks` } as never
    const login = provider(publicClient, { metadata }).grant(Pkce)
    const error = await errorOf(login.authorize({ scope: ['openid'], parameters: { max_age } }))
    expect(error).toMatchObject({
      code: 'config_invalid',
      message: 'maxAge has to be a number of seconds, such as 3600',
    })
  })
})

describe('a login is finished as it was begun', () => {
  const missing =
    'the code verifier is missing: pass { ...transaction, codeVerifier } with the one whose challenge you sent'
  const withPkce = 'the login was begun with PKCE: finish it with provider.grant(Pkce)'

  test('with PKCE, which another grant does not know', async () => {
    const { provider, tokenRequests } = await scene()
    const { transaction } = await provider().grant(Pkce).authorize()
    const callback = `?code=canary-code&state=${transaction.state}`
    const code = provider().grant(AuthorizationCode)
    for (const attempt of [
      code.requestToken(callback, transaction),
      code.exchangeCode({ code: 'canary', codeVerifier }),
    ])
      expect(await errorOf(attempt)).toMatchObject({ code: 'config_invalid', message: withPkce })
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('a code of your own is redeemed with its verifier, or not at all', async () => {
    const { provider, tokenRequests } = await scene()
    const error = await errorOf(provider().grant(Pkce).exchangeCode({ code: 'canary-code' }))
    expect(error).toMatchObject({ code: 'config_invalid', message: missing })
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('a challenge made elsewhere needs the verifier of elsewhere', async () => {
    const { provider, lastRequest } = await scene()
    const login = provider(publicClient).grant(Pkce)
    const { transaction } = await login.authorize({ codeChallenge: challenge })
    const callback = `?code=canary-code&state=${transaction.state}`
    expect((await errorOf(login.requestToken(callback, transaction))).message).toBe(missing)
    await login.requestToken(callback, { ...transaction, codeVerifier })
    expect((await lastRequest()).form?.['code_verifier']).toBe(codeVerifier)
  })

  test('further parameters and another resource go into the token request', async () => {
    const { provider, lastRequest } = await scene()
    const login = provider(publicClient).grant(Pkce)
    const { transaction } = await login.authorize({ resource: 'https://first.example/' })
    await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction, {
      parameters: { audience: 'orders' },
      resource: 'https://second.example/',
    })
    expect((await lastRequest()).form).toMatchObject({ audience: 'orders', resource: 'https://second.example/' })
  })
})
