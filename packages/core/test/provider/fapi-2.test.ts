import { authorizedFetch, Pkce, Provider, Token } from '@grantkit/core'
import type { JWTPayload } from 'jose'
import { describe, expect, test } from 'vitest'
import { base64url } from '../../src/wire/base64url.ts'
import { testClock } from '../support/clock.ts'
import { certified } from '../support/fapi.ts'
import { accessToken, es256, type Key, keyOf, rs256, sign } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'

// The modules of the OpenID Foundation's suite for clients of the FAPI 2.0 Security Profile that are about ID tokens,
// the issuer, the state and the token response, `fapi2-` standing for the common beginning of their names.

const ps256 = await keyOf('PS256', 'k2')

/** A server of FAPI 2.0 whose responses the test makes, and a client of it with a certificate. */
async function fapiStage(keys: readonly Key[] = [es256]) {
  const server = await faultServer()
  const clock = testClock()
  const metadata = {
    issuer: server.url,
    authorization_endpoint: `${server.url}/authorize`,
    token_endpoint: `${server.url}/token`,
    pushed_authorization_request_endpoint: `${server.url}/par`,
    jwks_uri: `${server.url}/jwks`,
    id_token_signing_alg_values_supported: ['PS256', 'RS256', 'ES256'],
  }
  await server.reply('/jwks', { json: { keys: keys.map(({ jwk }) => jwk) } })
  await server.reply('/par', { status: 201, json: { request_uri: 'urn:example:request', expires_in: 60 } })
  const provider = new Provider({ name: 'acme', metadata }, certified, { clock, profile: 'fapi-2.0' })
  const tokenRequests = async () => (await server.requests()).filter(({ path }) => path === '/token')
  return { server, clock, provider, login: provider.grant(Pkce), tokenRequests }
}

interface Changes {
  readonly claims?: object
  readonly signing?: Parameters<typeof sign>[1]
  readonly response?: object
  readonly callback?: Record<string, string | undefined>
  readonly idToken?: (claims: JWTPayload) => string
}

/** Logs in at a server that does something otherwise than it should. */
async function logIn(changes: Changes = {}, stage?: Awaited<ReturnType<typeof fapiStage>>): Promise<Token> {
  const { server, clock, login } = stage ?? (await fapiStage())
  const { transaction } = await login.authorize({ scope: ['openid'] })
  const now = Math.floor(clock.now() / 1000)
  const honest = { iss: server.url, sub: 'ada', aud: 'cid', iat: now, exp: now + 300, nonce: transaction.nonce }
  const claims = JSON.parse(JSON.stringify({ ...honest, ...changes.claims })) as JWTPayload
  const id_token = changes.idToken?.(claims) ?? (await sign(claims, { key: es256, ...changes.signing }))
  const token = { access_token: accessToken, token_type: 'Bearer', expires_in: 300, id_token, ...changes.response }
  await server.reply('/token', { json: JSON.parse(JSON.stringify(token)) as unknown })
  const callback = { code: 'canary-code', state: transaction.state, iss: server.url, ...changes.callback }
  const sent = Object.entries(callback).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return login.requestToken(new URLSearchParams(sent), transaction)
}

const unsigned = (claims: JWTPayload) => {
  const part = (value: object) => base64url(new TextEncoder().encode(JSON.stringify(value)))
  return `${part({ alg: 'none' })}.${part(claims)}.`
}
const past = 1_700_000_000

test('R256, fapi2-happy-path: the user is logged in', async () => {
  const token = await logIn()
  expect(token.claims).toMatchObject({ sub: 'ada' })
})

describe('an ID token from the token endpoint is refused', () => {
  test.each<[string, Changes]>([
    ['fapi2-invalid-iss', { claims: { iss: 'https://evil.example' } }],
    ['fapi2-invalid-aud', { claims: { aud: 'somebody-else' } }],
    ['fapi2-invalid-secondary-aud', { claims: { aud: ['cid', 'somebody-else'] } }],
    ['R259, fapi2-invalid-null-alg', { idToken: unsigned }],
    ['R259, fapi2-invalid-alternate-alg', { signing: { key: rs256 } }],
    ['fapi2-invalid-expired-exp', { claims: { iat: past, exp: past + 300 } }],
    ['fapi2-invalid-missing-exp', { claims: { exp: undefined } }],
    ['fapi2-invalid-missing-aud', { claims: { aud: undefined } }],
    ['fapi2-invalid-missing-iss', { claims: { iss: undefined } }],
    ['fapi2-invalid-nonce', { claims: { nonce: 'another' } }],
    ['fapi2-invalid-missing-nonce', { claims: { nonce: undefined } }],
  ])('%s', async (_, changes) => {
    const stage = await fapiStage([es256, rs256])
    expect(await errorOf(logIn(changes, stage))).toMatchObject({ code: 'id_token_invalid' })
  })
})

describe('what is right is accepted', () => {
  test.each<[string, Changes]>([
    ['fapi2-valid-aud-as-array', { claims: { aud: ['cid'] } }],
    ['fapi2-token-endpoint-response-without-expires_in', { response: { expires_in: undefined } }],
    ['fapi2-token-type-case-insensitivity', { response: { token_type: 'bEARER' } }],
  ])('%s', async (_, changes) => {
    expect((await logIn(changes)).accessToken).toBe(accessToken)
  })

  test('R259: PS256', async () => {
    const stage = await fapiStage([ps256])
    expect((await logIn({ signing: { key: ps256 } }, stage)).claims).toMatchObject({ sub: 'ada' })
  })
})

describe('an authorization response is refused, and no code is sent', () => {
  test.each<[string, Changes, string]>([
    [
      'R256, fapi2-invalid-authorization-response-iss',
      { callback: { iss: 'https://evil.example' } },
      'issuer_mismatch',
    ],
    ['R256, fapi2-remove-authorization-response-iss', { callback: { iss: undefined } }, 'issuer_missing'],
    [
      'R256, fapi2-remove-authorization-response-iss: of an error, too',
      { callback: { iss: undefined, error: 'access_denied', code: undefined } },
      'issuer_missing',
    ],
    [
      'fapi2-ensure-authorization-response-with-invalid-state-fails',
      { callback: { state: 'another' } },
      'state_mismatch',
    ],
    [
      'fapi2-ensure-authorization-response-with-invalid-missing-state-fails',
      { callback: { state: undefined } },
      'state_mismatch',
    ],
  ])('%s', async (_, changes, code) => {
    const stage = await fapiStage()
    expect((await errorOf(logIn(changes, stage))).code).toBe(code)
    expect(await stage.tokenRequests()).toHaveLength(0)
  })
})

test('R254, fapi2-discovery-issuer-mismatch: a document of another issuer is not used', async () => {
  const { server } = await fapiStage()
  const json = { issuer: 'https://evil.example', token_endpoint: `${server.url}/token` }
  await server.reply('/.well-known/oauth-authorization-server', { json })
  const error = await errorOf(Provider.discover(server.url, certified, { profile: 'fapi-2.0' }))
  expect(error.code).toBe('issuer_mismatch')
})

test.each(['before', 'after'])(
  'R260: a key of another kind with the same ID, %s the real one, is not in the way',
  async (place) => {
    const decoys = await Promise.all(['PS256', 'ES256', 'EdDSA'].map((algorithm) => keyOf(algorithm, 'k2')))
    const stage = await fapiStage(place === 'before' ? [...decoys, es256] : [es256, ...decoys])
    expect((await logIn({}, stage)).claims).toMatchObject({ sub: 'ada' })
  },
)

test('R258: a nonce has 64 characters at most', async () => {
  const { login } = await fapiStage()
  const { transaction } = await login.authorize({ scope: ['openid'] })
  expect(transaction.nonce?.length).toBeLessThanOrEqual(64)
})

test('R261: the times of a server whose clock is eight seconds ahead are accepted', async () => {
  const stage = await fapiStage()
  const iat = Math.floor(stage.clock.now() / 1000) + 8
  expect((await logIn({ claims: { iat, nbf: iat, exp: iat + 300 } }, stage)).claims).toMatchObject({ sub: 'ada' })
})

test('R256: a code verifier goes with the code, and the certificate stands for a secret', async () => {
  const stage = await fapiStage()
  await logIn({}, stage)
  const [{ form = {}, headers } = { headers: {} }] = await stage.tokenRequests()
  expect(form).toMatchObject({
    code: 'canary-code',
    client_id: 'cid',
    code_verifier: expect.stringMatching(/^.{43,128}$/),
  })
  expect(form).not.toHaveProperty('client_secret')
  expect(headers).not.toHaveProperty('authorization')
})

test('R248, R251, fapi2-refresh-token: after a 401 the token is refreshed, and the new one is in a header alone', async () => {
  const { server, provider } = await fapiStage()
  const fresh = { access_token: 'canary-fresh', token_type: 'Bearer', expires_in: 300, refresh_token: 'canary-rotated' }
  await server.reply('/token', { json: fresh })
  await server.reply('/api', { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }, {})
  const token = Token.from({ accessToken, refreshToken: 'canary-refresh' })
  const tokens = provider.tokenSource({ token })
  expect((await authorizedFetch(tokens, { origins: [server.url] })(`${server.url}/api`)).status).toBe(200)
  expect((await tokens.token()).refreshToken).toBe('canary-rotated')
  const calls = (await server.requests()).filter(({ path }) => path === '/api')
  expect(calls.map(({ headers }) => headers['authorization'])).toEqual([`Bearer ${accessToken}`, 'Bearer canary-fresh'])
  expect(calls.map(({ url, body }) => `${url}${body}`).join('')).not.toMatch(/canary|jHkW/)
})
