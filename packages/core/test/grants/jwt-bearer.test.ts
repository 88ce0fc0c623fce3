import { type AssertionClaims, type ClientRegistration, type GrantPort, JwtBearer, Token } from '@grantkit/core'
import { decodeProtectedHeader, exportPKCS8, generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { someTime, testClock } from '../support/clock.ts'
import { errorOf, eventLog, goodToken, publicClient, scene } from '../support/scene.ts'

const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
const pem = await exportPKCS8(privateKey)
const issuer = 'https://id.acme.example'
const jwt = 'canary-eyJhbGciOiJFUzI1NiJ9.canary-e30.canary-c2ln'

/** A provider whose client signs with this key, at a time that stands still. */
async function signer(signingKey: ClientRegistration['signingKey'] = { privateKey, keyId: 'K1' }, definition = {}) {
  const { provider, lastRequest, tokenRequests } = await scene()
  const { events, onEvent } = eventLog()
  const options = { clock: testClock(), onEvent }
  const client = { clientId: 'cid', authentication: 'none', signingKey } as const
  const acme = provider(client, { metadata: { issuer } as never, ...definition }, options)
  const claimsOf = async () => {
    const assertion = (await lastRequest()).form?.['assertion'] ?? ''
    const { payload } = await jwtVerify(assertion, publicKey, { currentDate: new Date(someTime) })
    return { payload, header: decodeProtectedHeader(assertion) }
  }
  return { acme, grant: acme.grant(JwtBearer), claimsOf, lastRequest, tokenRequests, events }
}

describe('an assertion that somebody else issued', () => {
  test('R109: is sent as it is, and one alone', async () => {
    const { provider, lastRequest } = await scene()
    const token = await provider(publicClient)
      .grant(JwtBearer)
      .requestToken(jwt, { scope: ['read'] })
    expect((await lastRequest()).form).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: jwt,
      scope: 'read',
      client_id: 'cid',
    })
    expect(token).toBeInstanceOf(Token)
    expect(token.authorizedAt).toBeUndefined()
  })

  test('may be encrypted, which makes five parts', async () => {
    const { provider, lastRequest } = await scene()
    await provider().grant(JwtBearer).requestToken('canary.e30.iv.text.tag')
    expect((await lastRequest()).form?.['assertion']).toBe('canary.e30.iv.text.tag')
  })

  test.each<[unknown]>([[''], ['canary'], ['canary a.b.c'], [`${jwt}\n`], [`${jwt} ${jwt}`], [7], [null], [[jwt]]])(
    'is not %j, and nothing is sent',
    async (assertion) => {
      const { provider, tokenRequests } = await scene()
      const error = await errorOf(
        provider()
          .grant(JwtBearer)
          .requestToken(assertion as string),
      )
      expect(error.code).toBe('config_invalid')
      expect(await tokenRequests()).toHaveLength(0)
    },
  )

  test.each([
    ['invalid_grant', 'reauthorize'],
    ['invalid_client', 'fix_configuration'],
  ])('R114: that the server refuses with %s is token_error, without the assertion', async (name, action) => {
    const { provider } = await scene({ status: 400, json: { error: name, error_description: `${jwt} is too old` } })
    const error = await errorOf(provider().grant(JwtBearer).requestToken(jwt))
    expect(error).toMatchObject({ code: 'token_error', action, oauth: { error: name } })
    expect(error.oauth?.errorDescription).toBe('[redacted] is too old')
  })
})

describe('an assertion that the key of the client signs', () => {
  test.each([
    ['a CryptoKey', privateKey],
    ['PEM', pem],
  ])('R109: is for this client, this provider and these five minutes, with %s', async (_, key) => {
    const { grant, claimsOf } = await signer({ privateKey: key, keyId: 'K1' })
    const token = await grant.requestToken({ subject: 'ada' }, { scope: ['read'] })
    const { payload, header } = await claimsOf()
    expect(header).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'K1' })
    expect(payload).toEqual({
      iss: 'cid',
      sub: 'ada',
      aud: issuer,
      iat: someTime / 1000,
      exp: someTime / 1000 + 300,
      jti: expect.stringMatching(/^[\w-]{32}$/),
    })
    expect(token.hasScope('read')).toBe(true)
  })

  test('says what the caller wants it to say: a service account of Google needs no more', async () => {
    const { grant, claimsOf } = await signer()
    const audience = 'https://oauth2.googleapis.example/token'
    const account = 'robot@project.example'
    await grant.requestToken({ issuer: account, audience, claims: { scope: 'cloud.read' }, lifetime: 60 })
    const { payload } = await claimsOf()
    expect(payload).toMatchObject({ iss: account, aud: audience, scope: 'cloud.read', exp: someTime / 1000 + 60 })
    expect(payload).not.toHaveProperty('sub')
  })

  test('is for the token endpoint where the provider has no issuer', async () => {
    const { acme, grant, claimsOf } = await signer(undefined, { metadata: {} })
    await grant.requestToken({ subject: 'ada' })
    expect((await claimsOf()).payload.aud).toBe(acme.definition.metadata.token_endpoint)
  })

  test('is another one for each request', async () => {
    const { grant, claimsOf } = await signer()
    const ids = new Set<unknown>()
    for (let i = 0; i < 20; i++) {
      await grant.requestToken({ subject: 'ada' })
      ids.add((await claimsOf()).payload.jti)
    }
    expect(ids.size).toBe(20)
  })

  test.each<[object, string]>([
    [{ sub: 'ada' }, 'subject'],
    [{ subject: '' }, 'subject'],
    [{ audience: ['a'] }, 'audience'],
    [{ issuer: 7 }, 'issuer'],
    [{ lifetime: 301 }, '300 at most'],
    [{ lifetime: 0 }, '300 at most'],
    [{ lifetime: 0.5 }, 'whole number'],
    [{ claims: 'scope' }, 'claims is an object'],
    [{ claims: { at: 1n } }, 'claims is an object'],
    [{ claims: { exp: 9e9 } }, 'write { lifetime }'],
    [{ claims: { sub: 'bob' } }, 'write { subject }'],
    [{ scope: ['read'] }, '{ claims: { scope'],
  ])('is not made of %o', async (claims, advice) => {
    const { grant, tokenRequests } = await signer()
    const error = await errorOf(grant.requestToken(claims))
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining(advice) })
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('needs a key, and a port that signs', async () => {
    const { provider, tokenRequests } = await scene()
    const error = await errorOf(provider().grant(JwtBearer).requestToken({ subject: 'ada' }))
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining('signingKey') })
    expect(await tokenRequests()).toHaveLength(0)
    const signed: AssertionClaims[] = []
    const port: GrantPort = {
      provider: { name: 'acme', metadata: { token_endpoint: 'https://id.acme.example/token' } },
      client: { clientId: 'cid', redirectUris: [], confidential: true },
      clock: testClock(),
      authorizationUrl: () => new URL('https://id.acme.example/authorize'),
      requestToken: async () => Token.from({ accessToken: 'a' }),
    }
    expect((await errorOf(new JwtBearer(port).requestToken({}))).message).toContain('signAssertion()')
    const signAssertion: GrantPort['signAssertion'] = async (claims) => (signed.push(claims), jwt)
    await new JwtBearer({ ...port, signAssertion }).requestToken({ subject: 'ada' })
    expect(signed).toEqual([{ subject: 'ada' }])
  })
})

describe('a token source', () => {
  test('signs an assertion whenever its token expires', async () => {
    const { acme, grant, tokenRequests, claimsOf } = await signer()
    const tokens = acme.tokenSource({ request: (options) => grant.requestToken({ subject: 'ada' }, options) })
    expect((await tokens.token({ scope: ['read'] })).accessToken).toBe(goodToken['access_token'])
    await tokens.invalidate(await tokens.token({ scope: ['read'] }))
    await tokens.token({ scope: ['read'] })
    expect(await tokenRequests()).toHaveLength(2)
    expect((await claimsOf()).payload.sub).toBe('ada')
  })

  test('does not take the class alone, which needs more than options', async () => {
    const { acme, tokenRequests } = await signer()
    // @ts-expect-error it needs an assertion
    const error = await errorOf(acme.tokenSource({ grant: JwtBearer, scope: ['read'] }).token())
    expect(error.code).toBe('config_invalid')
    expect(await tokenRequests()).toHaveLength(0)
  })
})
