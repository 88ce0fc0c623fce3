import { type ClientRegistration, type GrantEvent, Refresh } from '@grantkit/core'
import { decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { assertionStage, type ClientKey, clientKey, signer } from '../support/client-keys.ts'
import { keepSecret } from '../support/oracle.ts'
import { clientSecret, confidential, errorOf, goodToken } from '../support/scene.ts'

const es256 = await clientKey('ES256')
const keys = [
  es256,
  await clientKey('ES384'),
  await clientKey('PS256'),
  await clientKey('RS256'),
  await clientKey('EdDSA'),
]

/** The claims of an assertion, once its signature fits. */
async function claimsOf(
  form: Readonly<Record<string, string>>,
  key: CryptoKey | Uint8Array,
  now: number,
): Promise<JWTPayload> {
  const options = { currentDate: new Date(now), requiredClaims: ['iat', 'nbf', 'exp', 'jti'] }
  const { payload } = await jwtVerify(form['client_assertion'] ?? '', key, options)
  return payload
}

describe('private_key_jwt', () => {
  const forms = keys.flatMap((key) => {
    const named = key.algorithm === 'RS256' || key.algorithm === 'PS256' ? { algorithm: key.algorithm } : {}
    return [
      [key.algorithm, 'PEM', key, signer(key.pem, named)],
      [key.algorithm, 'a JSON Web Key', key, signer(key.jwk, named)],
      [key.algorithm, 'a JSON Web Key with its own alg and kid', key, ownNames(key)],
      [key.algorithm, 'a CryptoKey', key, signer(key.privateKey)],
    ] as const
  })
  function ownNames({ jwk, algorithm }: ClientKey): ClientRegistration {
    return signer({ ...jwk, alg: algorithm, kid: 'key-1' }, { keyId: undefined })
  }

  test.each(forms)(
    'R110, R111, R112, R181, G38: with %s, the key as %s, signs an assertion',
    async (_alg, _form, key, client) => {
      const { formOf, server, clock, lastRequest } = await assertionStage()
      const form = await formOf(client)
      const payload = await claimsOf(form, key.publicKey, clock.now())
      expect(decodeProtectedHeader(form['client_assertion'] ?? '')).toEqual({ alg: key.algorithm, kid: 'key-1' })
      expect(payload).toMatchObject({ iss: 'cid', sub: 'cid', aud: server.url })
      expect(form).toEqual({
        grant_type: 'refresh_token',
        refresh_token: 'canary-refresh-token',
        client_id: 'cid',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: form['client_assertion'],
      })
      expect((await lastRequest()).headers).not.toHaveProperty('authorization')
    },
  )

  test('an Ed25519 key that is registered by its newer name is named so', async () => {
    const key = keys[4] as ClientKey
    const { formOf } = await assertionStage()
    const { client_assertion: assertion = '' } = await formOf(signer(key.privateKey, { algorithm: 'Ed25519' }))
    expect(decodeProtectedHeader(assertion).alg).toBe('Ed25519')
  })

  test('R113: every request has an assertion of its own, which lives a minute', async () => {
    const { provider, tokenRequests, clock } = await assertionStage()
    const grant = provider(signer(es256.privateKey)).grant(Refresh)
    for (let i = 0; i < 100; i++) await grant.requestToken('canary-refresh-token')
    const requests = await tokenRequests()
    const claims = await Promise.all(requests.map(({ form = {} }) => claimsOf(form, es256.publicKey, clock.now())))
    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(100)
    for (const { iat = 0, exp = 0, jti = '' } of claims) {
      expect(exp - iat).toBe(60)
      expect(jti.length).toBeGreaterThanOrEqual(16)
    }
  })

  test('R113: the times are those of the clock of the provider, in whole seconds', async () => {
    const { formOf, clock } = await assertionStage()
    clock.jump(86_400_999)
    const { iat = 0, nbf, exp } = await claimsOf(await formOf(signer(es256.privateKey)), es256.publicKey, clock.now())
    const now = Math.floor(clock.now() / 1000)
    expect([iat, nbf, exp].every(Number.isInteger)).toBe(true)
    expect({ nbf, exp }).toEqual({ nbf: iat, exp: iat + 60 })
    expect(iat).toBeLessThanOrEqual(now)
    expect(iat).toBeGreaterThanOrEqual(now - 10)
  })

  test('R113, R261: a server whose clock is some seconds behind accepts the assertion', async () => {
    const { formOf, clock } = await assertionStage()
    const form = await formOf(signer(es256.privateKey))
    for (const seconds of [-5, 0, 50])
      await expect(claimsOf(form, es256.publicKey, clock.now() + seconds * 1000)).resolves.toBeDefined()
    await expect(claimsOf(form, es256.publicKey, clock.now() + 60_000)).rejects.toThrow('exp')
  })

  test('R114: a refused assertion is a token_error, and is shown nowhere, though the server repeats it', async () => {
    const { provider } = await assertionStage()
    const fetch = async (_url: unknown, init?: RequestInit) => {
      const assertion = new URLSearchParams(init?.body as string).get('client_assertion')
      keepSecret(assertion)
      return Response.json({ error: 'invalid_client', error_description: `bad: ${assertion}` }, { status: 401 })
    }
    const acme = provider(signer(es256.privateKey), {}, { fetch })
    const error = await errorOf(acme.grant(Refresh).requestToken('canary-refresh-token'))
    expect(error).toMatchObject({ code: 'token_error', action: 'fix_configuration' })
    expect(error.oauth).toMatchObject({ error: 'invalid_client', errorDescription: 'bad: [redacted]' })
    expect(error.message).toContain('the client authenticated with a client_assertion')
  })
})

describe('client_secret_jwt', () => {
  const client: ClientRegistration = { ...confidential, authentication: 'client_secret_jwt' }

  test('R110, R111, R112: signs an assertion with the secret, which is not sent', async () => {
    const { formOf, server, clock, lastRequest } = await assertionStage()
    const form = await formOf(client)
    const payload = await claimsOf(form, new TextEncoder().encode(clientSecret), clock.now())
    expect(payload).toMatchObject({ iss: 'cid', sub: 'cid', aud: server.url })
    expect(decodeProtectedHeader(form['client_assertion'] ?? '')).toEqual({ alg: 'HS256' })
    expect((await lastRequest()).body).not.toContain(clientSecret)
  })
})

describe('the method, when none is asked for, is', () => {
  const listing = (...methods: string[]) => ({ metadata: { token_endpoint_auth_methods_supported: methods } as never })

  test.each([
    ['private_key_jwt with a signing key', signer(es256.privateKey), {}, 'ES256'],
    ['private_key_jwt, whatever is listed', signer(es256.privateKey), listing('client_secret_basic'), 'ES256'],
    [
      'client_secret_jwt where it alone is listed of those with a secret',
      confidential,
      listing('client_secret_jwt', 'private_key_jwt'),
      'HS256',
    ],
    [
      'what the definition says',
      { ...signer(es256.privateKey), clientSecret },
      { clientAuthentication: { method: 'private_key_jwt' } },
      'ES256',
    ],
    [
      'what the definition says of this grant',
      confidential,
      { grants: { refresh_token: { authentication: 'client_secret_jwt' } } },
      'HS256',
    ],
  ] as const)('R79: %s', async (_, client, definition, algorithm) => {
    const { formOf } = await assertionStage()
    const { client_assertion: assertion = '' } = await formOf(client, definition)
    expect(decodeProtectedHeader(assertion).alg).toBe(algorithm)
  })

  test.each([
    ['post where that is listed, too', confidential, listing('client_secret_jwt', 'client_secret_post')],
    [
      'that of the secret where there is a signing key as well',
      { ...signer(es256.privateKey), clientSecret },
      listing('client_secret_post'),
    ],
  ])('%s', async (_, client, definition) => {
    const { formOf } = await assertionStage()
    expect(await formOf(client, definition)).toMatchObject({ client_secret: clientSecret })
  })
})

test('R112: a definition may declare another audience, for a provider without an issuer as well', async () => {
  const events: GrantEvent[] = []
  const { formOf, clock } = await assertionStage()
  const audience = 'https://id.acme.example/token'
  const definition = { clientAuthentication: { audience }, metadata: { issuer: undefined } as never }
  const form = await formOf(signer(es256.privateKey), definition, { onEvent: (event) => events.push(event) })
  expect((await claimsOf(form, es256.publicKey, clock.now())).aud).toBe(audience)
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'normalised', deviation: 'clientAuthentication.audience' }),
  )
})

test('a definition may want the endpoint that is asked as the audience', async () => {
  const { formOf, server, clock } = await assertionStage()
  const form = await formOf(signer(es256.privateKey), { clientAuthentication: { audience: 'endpoint' } })
  expect((await claimsOf(form, es256.publicKey, clock.now())).aud).toBe(`${server.url}/token`)
})

test('two providers with two keys sign each with its own', async () => {
  const other = await clientKey('ES256')
  const { formOf, clock } = await assertionStage({ json: goodToken })
  const [first, second] = [await formOf(signer(es256.jwk)), await formOf(signer(other.jwk))]
  await expect(claimsOf(first, es256.publicKey, clock.now())).resolves.toBeDefined()
  await expect(claimsOf(second, other.publicKey, clock.now())).resolves.toBeDefined()
  await expect(claimsOf(second, es256.publicKey, clock.now())).rejects.toThrow()
})
