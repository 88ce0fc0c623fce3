import { decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { clientSecret, errorOf } from '../support/scene.ts'
import { es256, keyOf } from '../support/openid.ts'
import { parametersOf, requestStage, signingKey, signs } from '../support/request-stage.ts'

const client = { signingKey }
const required = { ...signs, metadata: { require_signed_request_object: true } }

/** The claims of a request object, as a server verifies them. */
async function verified(stage: Awaited<ReturnType<typeof requestStage>>, request: string | null | undefined) {
  const currentDate = new Date(stage.clock.now())
  const rules = { issuer: 'cid', audience: stage.issuer, typ: 'oauth-authz-req+jwt', currentDate }
  const { payload } = await jwtVerify(String(request), es256.jwk, rules)
  return payload
}

describe('an authorization request that is signed', () => {
  test('R126, R127: has all its parameters inside, with the client and the server', async () => {
    const stage = await requestStage()
    const login = stage.login({ ...signs, parameters: { authorization: { access_type: 'offline' } } }, client)
    const { url, transaction } = await login.authorize({
      scope: ['openid', 'read'],
      parameters: { custom: 'a b' },
      requestObject: true,
    })
    const request = url.searchParams.get('request')
    const now = stage.clock.now() / 1000 - 5
    expect(await verified(stage, request)).toEqual({
      iss: 'cid',
      aud: stage.issuer,
      client_id: 'cid',
      response_type: 'code',
      redirect_uri: transaction.redirectUri,
      scope: 'openid read',
      state: transaction.state,
      nonce: transaction.nonce,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      access_type: 'offline',
      custom: 'a b',
      jti: expect.stringMatching(/^[\w-]{20,}$/),
      iat: now,
      nbf: now,
      exp: now + 600,
    })
    expect(decodeProtectedHeader(String(request))).toEqual({ alg: 'ES256', kid: 'k2', typ: 'oauth-authz-req+jwt' })
  })

  test('R128: leaves the client and the object in the URL, and nothing else', async () => {
    const { login, issuer } = await requestStage()
    const definition = { ...signs, metadata: { authorization_endpoint: `${issuer}/a?tenant=1` } }
    const { url } = await login(definition, client).authorize({ scope: ['openid'], requestObject: true })
    expect([...url.searchParams.keys()]).toEqual(['tenant', 'client_id', 'request'])
    expect(url.searchParams.get('client_id')).toBe('cid')
  })

  test('R129: is not about a subject, and is made anew each time', async () => {
    const stage = await requestStage()
    const login = stage.login(signs, client)
    const ids = []
    for (let i = 0; i < 2; i++) {
      const { url } = await login.authorize({ requestObject: true })
      const claims = await verified(stage, url.searchParams.get('request'))
      expect(claims).not.toHaveProperty('sub')
      expect(claims).not.toHaveProperty('request')
      ids.push(claims.jti)
    }
    expect(new Set(ids).size).toBe(2)
  })

  test('has JSON, numbers and arrays as such', async () => {
    const stage = await requestStage()
    const authorizationDetails = [{ type: 'account', actions: ['read'] }]
    const claims = { id_token: { acr: { essential: true, values: ['gold'] } } }
    const resource = ['https://a.example', 'https://b.example']
    const { url } = await stage
      .login(signs, client)
      .authorize({ scope: ['openid'], authorizationDetails, claims, resource, maxAge: 300, requestObject: true })
    expect(await verified(stage, url.searchParams.get('request'))).toMatchObject({
      authorization_details: authorizationDetails,
      claims,
      resource,
      max_age: 300,
    })
  })

  test('repeats whatever parameter is repeated', async () => {
    const stage = await requestStage()
    const { url } = await stage
      .login(signs, client)
      .authorize({ parameters: { audience: ['a', 'b'] }, resource: 'https://a.example', requestObject: true })
    const claims = await verified(stage, url.searchParams.get('request'))
    expect(claims).toMatchObject({ audience: ['a', 'b'], resource: 'https://a.example' })
  })

  test('happens by itself where the metadata requires it', async () => {
    const { login } = await requestStage()
    const { url } = await login(required, client).authorize()
    expect([...url.searchParams.keys()]).toEqual(['client_id', 'request'])
    const error = await errorOf(login(required, client).authorize({ requestObject: false }))
    expect(error).toMatchObject({ code: 'config_invalid' })
    expect(error.message).toContain('leave requestObject out')
  })

  test('R142: is pushed as request and client_id alone', async () => {
    const stage = await requestStage()
    const { url, transaction } = await stage.login(signs, client).authorize({ pushed: true, requestObject: true })
    expect(parametersOf(url)).toEqual({ client_id: 'cid', request_uri: 'urn:example:request:1' })
    const [request] = await stage.pushed()
    expect(Object.keys(request?.form ?? {}).toSorted()).toEqual(['client_id', 'request'])
    expect(request?.headers['authorization']).toBe(`Basic ${btoa(`cid:${clientSecret}`)}`)
    expect(await verified(stage, String(request?.form?.['request']))).toMatchObject({ state: transaction.state })
  })

  test('R240: is signed with the algorithm of the key, such as RS256', async () => {
    const { login } = await requestStage()
    const { privateKey } = await keyOf('RS256')
    const definition = {
      clientAuthentication: { secretJwt: { algorithm: 'RS256', audience: 'https://id.acme.example' } },
    } as const
    const { url } = await login(definition, { signingKey: { ...signingKey, privateKey } }).authorize({
      requestObject: true,
    })
    expect(decodeProtectedHeader(url.searchParams.get('request') ?? '')).toMatchObject({ alg: 'RS256' })
  })

  test('is finished like any other login', async () => {
    const { login } = await requestStage()
    const grant = login(signs, client)
    const { transaction } = await grant.authorize({ scope: ['read'], requestObject: true })
    const token = await grant.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
    expect(token.scope).toEqual(['read'])
  })
})

describe('signing that cannot work is config_invalid, and nothing is sent', () => {
  test('without a key', async () => {
    const { login, pushed } = await requestStage()
    const error = await errorOf(login().authorize({ requestObject: true, pushed: true }))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain('a signingKey in the client')
    expect(await pushed()).toHaveLength(0)
  })

  test('without an issuer, which is the audience', async () => {
    const { login } = await requestStage()
    const error = await errorOf(
      login({ ...signs, metadata: { issuer: undefined } }, client).authorize({ requestObject: true }),
    )
    expect(error.message).toContain('issuer in the metadata')
  })

  test('with a request of its own in the parameters', async () => {
    const { login } = await requestStage()
    const parameters = { request: 'e30.e30.' }
    expect((await errorOf(login().authorize({ parameters }))).code).toBe('config_invalid')
  })
})
