import { Pkce, Provider } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { testClock } from '../support/clock.ts'
import { accessToken, es256, logIn, openid, sign } from '../support/openid.ts'
import { errorOf, eventLog, redirectUri } from '../support/scene.ts'

const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
/** A clock on which every pause between two attempts is over at once. */
const impatient = () => ({
  ...testClock(),
  sleep: async (ms: number) => (ms > 5000 ? new Promise<void>(() => {}) : undefined),
})

describe('the algorithms that a provider lists', () => {
  const listing = (...algorithms: string[]) => ({ metadata: { id_token_signing_alg_values_supported: algorithms } })

  test.each([[[]], [['HS256']], [['none', 'HS512']], [['HS256', 'PBES2-HS256+A128KW']], [['HS256', 'RS256']]])(
    '%j leave RS256: none that needs a secret counts',
    async (algorithms) => {
      const token = await logIn(await openid(listing(...algorithms)))
      expect(token.claims?.['sub']).toBe('ada')
    },
  )

  test.each([
    ['ES256', true],
    ['PS256', false],
    ['EdDSA', false],
  ])('%s alone takes a token that ES256 signed: %s', async (algorithm, accepted) => {
    const result = logIn(await openid({ ...listing(algorithm), keys: [es256.jwk] }), {}, { key: es256 })
    if (accepted) expect((await result).claims?.['sub']).toBe('ada')
    else expect((await errorOf(result)).code).toBe('id_token_invalid')
  })

  test('ES256 alone takes none that RS256 signed', async () => {
    expect((await errorOf(logIn(await openid(listing('ES256'))))).code).toBe('id_token_invalid')
  })
})

describe('an ID token that cannot be checked says why', () => {
  test('because there is none', async () => {
    const stage = await openid()
    await stage.answer(undefined)
    const login = stage.provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    const error = await errorOf(login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))
    expect(error.message).toBe(
      'acme sent no ID token, though the login asked for one, by the scope "openid" or a nonce',
    )
  })

  test.each([
    ['jwks_uri', 'config_invalid', 'acme has no jwks_uri in its metadata: add it to verify ID tokens'],
    ['issuer', 'id_token_invalid', 'the ID token of acme comes from the issuer "http:'],
  ])('because the metadata has no %s, for a code of your own', async (member, code, message) => {
    const stage = await openid({ metadata: { [member]: undefined } })
    await stage.answer(await sign({ ...stage.claims(), nonce: 'canary-nonce' }))
    const checked = { code: 'canary-code', codeVerifier, nonce: 'canary-nonce' }
    const error = await errorOf(stage.provider.grant(Pkce).exchangeCode(checked, { scope: ['openid'] }))
    expect(error).toMatchObject({ code, provider: 'acme', message: expect.stringContaining(message) as string })
  })

  test.each<[Reply, string, string, string]>([
    [{ status: 401 }, 'id_token_invalid', 'fix_configuration', 'responded with status 401'],
    [{ status: 404 }, 'id_token_invalid', 'fix_configuration', 'responded with status 404'],
    [{ status: 429 }, 'id_token_invalid', 'retry', 'responded with status 429'],
    [{ status: 500 }, 'id_token_invalid', 'retry', 'responded with status 500'],
    [{ status: 499 }, 'id_token_invalid', 'fix_configuration', 'responded with status 499'],
    [{ text: 'keys' }, 'id_token_invalid', 'fix_configuration', 'is not a JSON Web Key Set (RFC 7517 §5)'],
    [{ json: {} }, 'id_token_invalid', 'fix_configuration', 'is not a JSON Web Key Set (RFC 7517 §5)'],
  ])('because of its keys: %j', async (jwks, code, action, wrong) => {
    const stage = await openid({ jwks, clock: impatient() })
    const message = `the jwks_uri of acme, ${new URL(stage.server.url).host}/jwks, ${wrong}`
    expect(await errorOf(logIn(stage))).toMatchObject({ code, action, provider: 'acme', message })
  })
})

describe('an issuer with the tenant of the user in it is an event', () => {
  /** The deviations that a login has used, where the metadata name this issuer and the definition this template. */
  async function normalised(path: string, idToken?: { readonly issuer: string }) {
    const { server, claims } = await openid()
    const { events, onEvent } = eventLog()
    const metadata = {
      issuer: `${server.url}${path}`,
      authorization_endpoint: `${server.url}/a`,
      token_endpoint: `${server.url}/token`,
      jwks_uri: `${server.url}/jwks`,
    }
    const clock = testClock()
    const definition = { name: 'acme', metadata, ...(idToken && { idToken: { issuer: server.url + idToken.issuer } }) }
    const login = new Provider(definition, { clientId: 'cid', redirectUri }, { onEvent, clock }).grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    const payload = { ...claims(), iss: `${server.url}/t-1/v2.0`, tid: 't-1', nonce: transaction.nonce ?? '' }
    const json = { access_token: accessToken, token_type: 'Bearer', id_token: await sign(payload) }
    await server.reply('/token', { json })
    await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
    return events.flatMap(({ type, deviation }) => (type === 'normalised' ? [deviation] : []))
  }

  test('where it is not the one of the metadata', async () => {
    expect(await normalised('/common/v2.0', { issuer: '/{tid}/v2.0' })).toEqual(['idToken.issuer'])
  })

  test('but not where it is, nor where nothing is declared', async () => {
    expect(await normalised('/t-1/v2.0', { issuer: '/{tid}/v2.0' })).toEqual([])
    expect(await normalised('/t-1/v2.0')).toEqual([])
  })
})
