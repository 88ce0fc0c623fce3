import { Pkce, type Provider } from '@grantkit/core'
import { decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import { describeWith } from '../../../stores/test/support/describe-with.ts'
import { errorOf } from '../support/scene.ts'
import { GlewlwydStage, web } from './support/glewlwyd-stage.ts'
import { glewlwyd } from './support/programs.ts'

const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] }
const client = { ...web, signingKey: { privateKey, keyId: 'k1' }, authentication: 'client_secret_basic' as const }
const scope = ['openid', 'read']
const account = { type: 'account', actions: ['list'], locations: ['https://api.example'] }

describeWith(glewlwyd, () => {
  const stage = new GlewlwydStage(
    {
      'client-jwks-parameter': 'jwks',
      'request-parameter-allow': true,
      'request-maximum-exp': 3600,
      'oauth-par-allowed': true,
      'oauth-par-required': false,
      'oauth-par-duration': 90,
      'oauth-par-request_uri-prefix': 'urn:ietf:params:oauth:request_uri:',
      'oauth-fapi-allow-jarm': true,
      'oauth-fapi-add-s_hash': true,
      'oauth-rar-allowed': true,
      'rar-types-client-property': 'authorization_details_types',
      'rar-allow-auth-unsigned': true,
      'rar-allow-auth-unencrypted': true,
      'rar-types': { account: { scopes: ['read'], ...account, type: undefined } },
      'resource-allowed': true,
      'resource-scope': { read: ['https://api.example'] },
    },
    {
      jwks,
      authorization_details_types: ['account'],
      authorization_type: ['code', 'id_token', 'refresh_token'],
      // a pushed request object authenticates the client, whatever else does
      token_endpoint_auth_method: ['client_secret_basic', 'private_key_jwt'],
    },
  )

  type Options = Parameters<Pkce['authorize']>[0]
  async function logIn(options: Options, provider?: Provider) {
    const login = (provider ?? (await stage.discover({ client }))).grant(Pkce)
    const { url, transaction } = await login.authorize({ scope, ...options })
    const callback = await stage.visit(url)
    return { url, callback, token: await login.requestToken(callback, transaction) }
  }

  test('a pushed request leaves nothing but its reference in the URL', async () => {
    const { url, token } = await logIn({ pushed: true })
    expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri'])
    expect(token.claims).toMatchObject({ aud: 'web' })
  })

  test('a signed request object is read', async () => {
    const { url, token } = await logIn({ requestObject: true })
    expect(url.searchParams.get('scope')).toBeNull()
    expect(token.scope).toEqual(['openid', 'read'])
  })

  test('and so is one that is pushed', async () => {
    const { token } = await logIn({ pushed: true, requestObject: true })
    expect(token.scope).toEqual(['openid', 'read'])
  })

  test('a signed response is verified', async () => {
    const { callback, token } = await logIn({ responseMode: 'jwt' })
    expect([...new URL(callback).searchParams.keys()]).toEqual(['response'])
    expect(token.claims).toMatchObject({ iss: stage.issuer })
  })

  test('an ID token that comes with the code vouches for code and state', async () => {
    const { callback, token } = await logIn({ responseType: 'code id_token', responseMode: 'fragment' })
    const { id_token = '' } = Object.fromEntries(new URLSearchParams(new URL(callback).hash.slice(1)))
    expect(decodeJwt(id_token)).toMatchObject({ c_hash: expect.any(String), s_hash: expect.any(String) })
    expect(token.claims).toMatchObject({ sub: decodeJwt(id_token).sub })
  })

  test('a form whose values are percent-encoded, as it has the browser post it, is refused', async () => {
    const login = (await stage.discover({ client })).grant(Pkce)
    const { url, transaction } = await login.authorize({ scope, responseMode: 'form_post' })
    const session = await stage.server.logIn('web', 'openid read')
    const { text } = await session.visit(`${url.href}&g_continue`)
    const inputs = text.matchAll(/<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g)
    const fields = Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, value]))
    expect(await errorOf(login.requestToken(fields, transaction))).toMatchObject({ code: 'issuer_mismatch' })
    const decoded = Object.entries(fields).map(([name, value]) => [name, decodeURIComponent(value)])
    const token = await login.requestToken(Object.fromEntries(decoded), transaction)
    expect(token.claims).toMatchObject({ aud: 'web' })
  })

  describe('authorization details', () => {
    test('that were granted are on the token', async () => {
      const login = (await stage.discover({ client })).grant(Pkce)
      const { url, transaction } = await login.authorize({ scope, authorizationDetails: [account] })
      const session = await stage.server.logIn('web', 'openid read')
      await session.send('PUT', '/api/oidc/rar/web/account/1') // the consent for this type
      const { location = '' } = await session.visit(`${url.href}&g_continue`)
      const token = await login.requestToken(location, transaction)
      expect(token.authorizationDetails).toMatchObject([account])
    })

    test('that the client may not have are refused', async () => {
      const login = (await stage.discover({ client })).grant(Pkce)
      const authorizationDetails = [{ ...account, actions: ['pay'] }]
      const { url, transaction } = await login.authorize({ scope, authorizationDetails })
      const error = await errorOf(login.requestToken(await stage.visit(url), transaction))
      expect(error).toMatchObject({ oauth: { error: 'invalid_request' } })
    })
  })

  test('a token is for the resource that was asked for', async () => {
    const { token } = await logIn({ resource: ['https://api.example'] })
    expect(token.resource).toEqual(['https://api.example'])
    const [, payload = ''] = token.accessToken.split('.')
    expect(JSON.parse(atob(payload))).toMatchObject({ aud: 'https://api.example' })
  })

  test('a claim that was asked for is in the ID token', async () => {
    const { token } = await logIn({ claims: { id_token: { email: null } } })
    expect(token.claims).toMatchObject({ email: 'ada@example.com' })
  })

  test('a login that has to be recent is refused: nothing says when it was', async () => {
    const login = (await stage.discover({ client })).grant(Pkce)
    const { url, transaction } = await login.authorize({ scope, maxAge: 60 })
    const error = await errorOf(login.requestToken(await stage.visit(url), transaction))
    expect(error).toMatchObject({ code: 'id_token_invalid' })
    expect(error.message).toContain('auth_time')
  })
})
