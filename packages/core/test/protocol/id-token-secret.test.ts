import { type ClientRegistration, Pkce, Provider, Token } from '@grantkit/core'
import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { es256, logIn, openid, rs256 } from '../support/openid.ts'
import { errorOf, eventLog } from '../support/scene.ts'

/** As long as HS256 wants it (RFC 7518 §3.2). */
const clientSecret = 'canary-secret-of-32-octets-in-all'.slice(0, 32)
const declared = { idToken: { algorithm: 'HS256' } } as const

/** Logs in; the ID token is signed with a secret. */
async function logInWith(
  secret: string | Uint8Array,
  { definition = {}, client = {} }: { definition?: object; client?: Partial<ClientRegistration> } = {},
) {
  const { events, onEvent } = eventLog()
  const stage = await openid({ definition, client: { clientSecret, ...client }, onEvent })
  const login = stage.provider.grant(Pkce)
  const { transaction } = await login.authorize({ scope: ['openid'] })
  const key = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  const idToken = await new SignJWT({ ...stage.claims(), nonce: transaction.nonce ?? '' })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(key)
  await stage.answer(idToken)
  const result = login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
  await result.catch(() => undefined)
  const deviations = events.flatMap(({ type, deviation }) => (type === 'normalised' ? [deviation] : []))
  return { result, deviations, jwksRequests: await stage.jwksRequests() }
}

describe('an ID token that is signed with the secret of the client', () => {
  test('#66: is taken where the definition declares it, which is an event', async () => {
    const { result, deviations, jwksRequests } = await logInWith(clientSecret, { definition: declared })
    expect((await result).claims?.sub).toBe('ada')
    expect(deviations).toEqual(['idToken.algorithm'])
    expect(jwksRequests).toBe(0)
  })

  test('R223, A23: is refused where it does not', async () => {
    const { result } = await logInWith(clientSecret)
    expect((await errorOf(result)).code).toBe('id_token_invalid')
  })

  test('is refused where the metadata alone lists it', async () => {
    const metadata = { id_token_signing_alg_values_supported: ['HS256', 'RS256'] }
    const stage = await openid({ metadata, client: { clientSecret } })
    expect((await logIn(stage)).claims?.sub).toBe('ada')
  })

  test('is refused where another secret has signed it', async () => {
    const { result } = await logInWith(clientSecret.replace('o', '0'), { definition: declared })
    expect((await errorOf(result)).code).toBe('id_token_invalid')
  })

  test('A23: is refused where a public key was the secret', async () => {
    const key = new TextEncoder().encode(JSON.stringify(rs256.jwk))
    expect((await errorOf((await logInWith(key, { definition: declared })).result)).code).toBe('id_token_invalid')
  })

  test('R223: is refused where the client registered a key', async () => {
    const client = { idTokenSigningAlgorithm: 'ES256' }
    expect((await errorOf((await logInWith(clientSecret, { definition: declared, client })).result)).code).toBe(
      'id_token_invalid',
    )
    const stage = await openid({ definition: declared, client: { clientSecret, ...client }, keys: [es256.jwk] })
    expect((await logIn(stage, {}, { key: es256 })).claims?.sub).toBe('ada')
  })

  test('R223: is the only one that is taken then: a key of the provider signs nothing', async () => {
    const stage = await openid({ definition: declared, client: { clientSecret } })
    expect((await errorOf(logIn(stage))).code).toBe('id_token_invalid')
  })

  test('cannot be one of a client without a secret, whose ID tokens a key signs', async () => {
    const stage = await openid({ definition: declared })
    expect((await logIn(stage)).claims?.sub).toBe('ada')
  })

  test('needs a secret that cannot be guessed, before anything is sent', async () => {
    const stage = await openid({ definition: declared, client: { clientSecret: clientSecret.slice(1) } })
    const login = stage.provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    const error = await errorOf(login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))
    expect(error).toMatchObject({
      code: 'config_invalid',
      message: 'acme signs ID tokens with the clientSecret, which has to have 32 octets at least (RFC 7518 §3.2)',
    })
    expect(await stage.server.requests()).toEqual([])
  })

  test('signs nothing but ID tokens: no user information, no logout', async () => {
    const stage = await openid({ definition: declared, client: { clientSecret } })
    const { iss, aud } = stage.claims()
    const text = await new SignJWT({ iss, aud, sub: 'ada' } as never)
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(clientSecret))
    await stage.server.reply('/userinfo', { text, headers: { 'content-type': 'application/jwt' } })
    const token = Token.from({ accessToken: 'canary-access' })
    expect((await errorOf(stage.provider.userinfo(token, { subject: 'ada' }))).code).toBe('userinfo_invalid')
    expect((await errorOf(stage.provider.verifyLogoutToken(text))).code).toBe('logout_token_invalid')
  })
})

test('no other algorithm with a secret can be registered', async () => {
  const metadata = { token_endpoint: 'https://id.acme.example/token' }
  const client = { clientId: 'cid', clientSecret, idTokenSigningAlgorithm: 'HS512' }
  expect((await errorOf(() => new Provider({ name: 'acme', metadata }, client))).code).toBe('config_invalid')
})
