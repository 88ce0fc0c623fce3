import { Token } from '@grantkit/core'
import type { JWTPayload } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ProofOfPossession } from '../../src/protocol/proof-of-possession.ts'
import { BackChannel } from '../../src/protocol/back-channel.ts'
import { requestUserinfo } from '../../src/protocol/userinfo-request.ts'
import { ProviderPort } from '../../src/protocol/provider-port.ts'
import { portOf } from '../../src/provider/provider.ts'
import { encrypt, encryptionKey } from '../support/encrypted.ts'
import { es256, keyOf, openid, sign } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'

const jwtHeaders = { 'content-type': 'application/jwt' }
const token = Token.from({ accessToken: 'canary-access' })
const rsa = await encryptionKey('RSA-OAEP-256')

/** Asks for user information, which is what the test makes of honest claims. */
async function ask(
  make: (claims: JWTPayload, stage: Awaited<ReturnType<typeof openid>>) => Promise<string> | string,
  options: { signed?: boolean; stage?: Parameters<typeof openid>[0]; headers?: Record<string, string> } = {},
) {
  const stage = await openid(options.stage)
  const { iss, aud } = stage.claims()
  const text = await make({ iss, aud, sub: 'ada', name: 'Ada' } as JWTPayload, stage)
  await stage.server.reply('/userinfo', { text, headers: options.headers ?? jwtHeaders })
  return stage.provider.userinfo(token, { subject: 'ada', signed: options.signed })
}

describe('a signed userinfo response', () => {
  test.each([{ signed: true }, { signed: false }])('R235: is verified: %j', async ({ signed }) => {
    expect(await ask((claims) => sign(claims), { signed })).toMatchObject({ sub: 'ada', name: 'Ada' })
  })

  test('may say its kind, and have parameters in its content type', async () => {
    const headers = { 'content-type': 'Application/JWT; charset=utf-8' }
    expect((await ask((claims) => sign(claims, { header: { typ: 'JWT' } }), { headers })).sub).toBe('ada')
  })

  test('R235: is the only one that is taken where it has to be signed', async () => {
    const headers = { 'content-type': 'application/json' }
    const plain = ask((claims) => JSON.stringify(claims), { signed: true, headers })
    expect(await errorOf(plain)).toMatchObject({
      code: 'userinfo_invalid',
      message: 'the userinfo response of acme is not signed',
    })
  })

  test('is asked for alone where it has to be signed', async () => {
    const { provider, server } = await openid()
    await errorOf(provider.userinfo(token, { subject: 'ada', signed: true }))
    expect((await server.requests()).at(-1)?.headers['accept']).toBe('application/jwt')
  })

  test.each<[string, (claims: JWTPayload) => Promise<string> | string]>([
    ['R234: of another user', (claims) => sign({ ...claims, sub: 'eve' })],
    ['of another issuer', (claims) => sign({ ...claims, iss: 'https://evil.example' })],
    ['for another client', (claims) => sign({ ...claims, aud: 'other' })],
    ['that names no client', (claims) => sign(Object.assign({}, claims, { aud: undefined }))],
    ['that has expired', (claims) => sign({ ...claims, exp: 1 })],
    ['A28: that is a logout token', (claims) => sign(claims, { header: { typ: 'logout+jwt' } })],
    ['A28: that is an access token', (claims) => sign(claims, { header: { typ: 'at+jwt' } })],
    ['that is not valid yet', (claims) => sign({ ...claims, nbf: 2e9 })],
    ['of another key', async (claims) => sign(claims, { key: await keyOf('RS256', 'k1') })],
    ['of another algorithm', (claims) => sign(claims, { key: es256 })],
    ['A22: that is not signed at all', (claims) => `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(claims))}.`],
    ['that is not a token', (claims) => JSON.stringify(claims)],
  ])('%s is refused', async (_, make) => {
    expect(await errorOf(ask(make))).toMatchObject({ code: 'userinfo_invalid', provider: 'acme' })
  })

  test('is signed by what the metadata lists', async () => {
    const metadata = { userinfo_signing_alg_values_supported: ['none', 'HS256', 'ES256'] }
    const stage = { metadata, keys: [es256.jwk] }
    expect((await ask((claims) => sign(claims, { key: es256 }), { stage })).sub).toBe('ada')
    expect((await errorOf(ask((claims) => sign(claims), { stage }))).code).toBe('userinfo_invalid')
  })
})

describe('an encrypted userinfo response', () => {
  const stage = { client: { decryptionKey: { privateKey: rsa.privateJwk } } }

  test('holds a signed one', async () => {
    const nested = ask(async (claims) => encrypt(await sign(claims), rsa.publicKey), { stage, signed: true })
    expect((await nested).name).toBe('Ada')
  })

  test('may hold plain claims, unless they have to be signed', async () => {
    const plain = async (claims: JWTPayload) => encrypt(JSON.stringify(claims), rsa.publicKey, { cty: undefined })
    expect((await ask(plain, { stage })).name).toBe('Ada')
    expect((await errorOf(ask(plain, { stage, signed: true }))).code).toBe('userinfo_invalid')
    const list = errorOf(ask(() => encrypt('[]', rsa.publicKey, { cty: undefined }), { stage }))
    expect((await list).message).toContain('holds no claims')
  })

  test('R234: of another user is refused all the same', async () => {
    const nested = ask(async (claims) => encrypt(await sign({ ...claims, sub: 'eve' }), rsa.publicKey), { stage })
    expect((await errorOf(nested)).code).toBe('userinfo_invalid')
  })
})

describe('a token that is bound to a key', () => {
  const bound = token.with({ tokenType: 'DPoP' })

  /** Presents the token with proofs that the test makes. */
  async function present(...replies: readonly object[]) {
    const { server, provider } = await openid()
    await server.reply('/userinfo', ...replies)
    const { context } = ProviderPort.behind(portOf(provider))
    let nonce = 'n0'
    const proofs: ProofOfPossession = {
      volatile: false,
      algorithm: 'ES256',
      proof: async ({ method, url, accessToken }) =>
        `canary-proof ${method} ${new URL(url).pathname} ${accessToken} ${nonce}`,
      remember: (_, headers) => {
        const next = headers.get('dpop-nonce') ?? nonce
        const isNew = next !== nonce
        nonce = next
        return isNew
      },
      thumbprint: async () => 'thumbprint',
    }
    const bearing = { ...context, proofs }
    const behind = { context: bearing, channel: new BackChannel(bearing) }
    const response = requestUserinfo({ token: bound, signed: false, signal: undefined }, behind)
    await response.catch(() => undefined)
    return { response, requests: await server.requests(), nonce }
  }

  const wantsNonce = { status: 401, headers: { 'dpop-nonce': 'n1', 'www-authenticate': 'DPoP error="use_dpop_nonce"' } }

  test('is presented with a proof of it', async () => {
    const { response, requests, nonce } = await present({ json: { sub: 'ada' }, headers: { 'dpop-nonce': 'n7' } })
    expect((await response).status).toBe(200)
    expect(requests.map(({ headers }) => [headers['authorization'], headers['dpop']])).toEqual([
      ['DPoP canary-access', 'canary-proof GET /userinfo canary-access n0'],
    ])
    expect(nonce).toBe('n7')
  })

  test('is presented once more where the server wants its nonce in the proof', async () => {
    const { response, requests } = await present(wantsNonce, { json: { sub: 'ada' } })
    expect((await response).status).toBe(200)
    expect(requests.map(({ headers }) => headers['dpop'])).toEqual([
      'canary-proof GET /userinfo canary-access n0',
      'canary-proof GET /userinfo canary-access n1',
    ])
  })

  test('but not a third time, and no login helps with that', async () => {
    const again = { ...wantsNonce, headers: { ...wantsNonce.headers, 'dpop-nonce': 'n2' } }
    const { response, requests } = await present(wantsNonce, again)
    expect(await errorOf(response)).toMatchObject({ code: 'token_error', oauth: { error: 'use_dpop_nonce' } })
    expect((await errorOf(response)).action).not.toBe('reauthorize')
    expect(requests).toHaveLength(2)
  })
})
