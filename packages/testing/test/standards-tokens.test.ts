import { startAuthorizationServer } from '@grantkit/testing/server'
import { SignJWT } from 'jose'
import * as client from 'openid-client'
import { describe, expect, test } from 'vitest'
import { clientKey, configure, echo, logIn, redirectUri, refusal } from './openid-client.ts'

const clientId = 'my-client'
const clientSecret = 'a secret of at least thirty-two characters'
const basic = client.ClientSecretBasic(clientSecret)

async function stage(options: Parameters<typeof startAuthorizationServer>[0] = {}, more: object = {}) {
  const clients = [{ clientId, clientSecret, redirectUris: [redirectUri], ...more }]
  const server = await startAuthorizationServer({ ...options, clients })
  return { server, configuration: configure(server, clientId, basic) }
}

describe('DPoP (RFC 9449)', () => {
  test.for([{}, { require: { dpop: true, dpopNonce: true } }])('binds tokens to a key with %j', async (options) => {
    const { server, configuration } = await stage(options)
    await using _ = server
    const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair())
    const tokens = await logIn(server, configuration, { grant: { DPoP } })
    expect(tokens.token_type).toBe('dpop')
    expect(await echo(server, configuration, tokens.access_token, { DPoP })).toMatchObject({ sub: 'ada' })
    const fresh = await client.refreshTokenGrant(configuration, tokens.refresh_token ?? '', undefined, { DPoP })
    expect(await echo(server, configuration, fresh.access_token, { DPoP })).toMatchObject({ sub: 'ada' })
    expect((await client.fetchUserInfo(configuration, fresh.access_token, 'ada', { DPoP })).sub).toBe('ada')
    const ofClient = await client.clientCredentialsGrant(configuration, { scope: 'read' }, { DPoP })
    expect(ofClient.token_type).toBe('dpop')
  })

  test('a bound token without its key, with another, or as Bearer is refused by the API', async () => {
    const { server, configuration } = await stage()
    await using _ = server
    const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair())
    const { access_token } = await logIn(server, configuration, { grant: { DPoP } })
    const url = `${server.url}/api/echo`
    const asked = async (headers: Record<string, string>): Promise<unknown[]> => {
      const response = await fetch(url, { headers })
      return [response.status, /error="(\w+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1]]
    }
    expect(await asked({ authorization: `Bearer ${access_token}` })).toStrictEqual([401, 'invalid_token'])
    expect(await asked({ authorization: `DPoP ${access_token}` })).toStrictEqual([401, 'invalid_dpop_proof'])
    const other = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair())
    await expect(echo(server, configuration, access_token, { DPoP: other })).rejects.toThrow(Error)
    const plain = await logIn(server, configuration)
    expect(await asked({ authorization: `DPoP ${plain.access_token}` })).toStrictEqual([401, 'invalid_token'])
  })

  test('can be required: a token request without a proof is refused', async () => {
    const { server, configuration } = await stage({ require: { dpop: true } })
    await using _ = server
    expect(await refusal(logIn(server, configuration))).toBe('invalid_grant')
  })

  test('a proof is accepted once, and for its request and token only', async () => {
    const { server, configuration } = await stage()
    await using _ = server
    const { privateKey, publicKey } = await client.randomDPoPKeyPair('ES256', { extractable: true })
    const DPoP = client.getDPoPHandle(configuration, { privateKey, publicKey })
    const { access_token } = await logIn(server, configuration, { grant: { DPoP } })
    const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
    const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(access_token))).toString('base64url')
    const call = async (claims: object): Promise<number> => {
      const proof = new SignJWT({
        iat: Math.floor(Date.now() / 1000),
        htm: 'GET',
        htu: `${server.url}/api/echo`,
        ath,
        jti: 'once',
        ...claims,
      })
      const dpop = await proof
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty: kty ?? '', crv, x, y } as never })
        .sign(privateKey)
      const headers = { authorization: `DPoP ${access_token}`, dpop }
      return (await fetch(`${server.url}/api/echo?a=1`, { headers })).status
    }
    expect(await call({})).toBe(200)
    expect(await call({})).toBe(401)
    for (const wrong of [{ htm: 'POST' }, { htu: server.url }, { ath: 'x' }, { jti: '' }, { iat: 1 }])
      expect(await call({ jti: 'again', ...wrong })).toBe(401)
    expect(await call({ jti: 'again' })).toBe(200)
  })
})

describe('client authentication', () => {
  test('client_secret_jwt', async () => {
    const { server } = await stage({}, { authentication: 'client_secret_jwt' })
    await using _ = server
    const configuration = configure(server, clientId, client.ClientSecretJwt(clientSecret))
    expect((await logIn(server, configuration)).scope).toBe('openid read')
    expect(await refusal(logIn(server, configure(server, clientId, basic)))).toBe('invalid_client')
  })

  test.for(['RS256', 'PS256', 'ES256', 'Ed25519'])('private_key_jwt with %s', async (algorithm) => {
    const key = await clientKey(algorithm)
    const { server } = await stage({}, { authentication: 'private_key_jwt', keys: [key.jwk] })
    await using _ = server
    const configuration = configure(server, clientId, client.PrivateKeyJwt({ key: key.key, kid: key.kid }))
    expect((await logIn(server, configuration)).scope).toBe('openid read')
    const other = await clientKey(algorithm)
    const forged = configure(server, clientId, client.PrivateKeyJwt({ key: other.key, kid: key.kid }))
    expect(await refusal(logIn(server, forged))).toBe('invalid_client')
  })
})

describe('signed and encrypted responses', () => {
  test.for(['RS256', 'PS256', 'ES256', 'Ed25519'])('an ID token signed with %s', async (algorithm) => {
    const { server } = await stage({}, { metadata: { id_token_signed_response_alg: algorithm } })
    await using _ = server
    const configuration = configure(server, clientId, basic, { id_token_signed_response_alg: algorithm })
    client.enableNonRepudiationChecks(configuration)
    expect((await logIn(server, configuration)).claims()?.sub).toBe('ada')
  })

  test('an encrypted ID token, user information and introspection', async () => {
    const key = await clientKey('RSA-OAEP-256', 'enc')
    const names = ['id_token', 'userinfo', 'introspection'] as const
    const metadata = Object.fromEntries(
      names.flatMap((name) => [
        [`${name}_signed_response_alg`, 'RS256'],
        [`${name}_encrypted_response_alg`, 'RSA-OAEP-256'],
      ]),
    )
    const { server } = await stage({}, { keys: [key.jwk], authentication: 'client_secret_basic', metadata })
    await using _ = server
    const configuration = configure(server, clientId, basic, metadata)
    client.enableDecryptingResponses(configuration, undefined, { key: key.key, kid: key.kid })
    const tokens = await logIn(server, configuration)
    expect(tokens.id_token?.split('.')).toHaveLength(5)
    expect(tokens.claims()?.sub).toBe('ada')
    expect((await client.fetchUserInfo(configuration, tokens.access_token, 'ada')).sub).toBe('ada')
    expect(await client.tokenIntrospection(configuration, tokens.access_token)).toMatchObject({ active: true })
  })

  test('signed user information and introspection', async () => {
    const metadata = { userinfo_signed_response_alg: 'ES256', introspection_signed_response_alg: 'ES256' }
    const { server } = await stage({}, { metadata })
    await using _ = server
    const configuration = configure(server, clientId, basic, metadata)
    client.enableNonRepudiationChecks(configuration)
    const { access_token } = await logIn(server, configuration, { scope: 'openid email' })
    expect(await client.fetchUserInfo(configuration, access_token, 'ada')).toMatchObject({ email: 'ada@mail.example' })
    expect(await client.tokenIntrospection(configuration, access_token)).toMatchObject({ active: true, sub: 'ada' })
  })
})
