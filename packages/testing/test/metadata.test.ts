import { startAuthorizationServer } from '@grantkit/testing/server'
import { expect, test } from 'vitest'
import { callApi, logIn } from './support.ts'

const decode = (part: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>

test('the metadata is the published document', async () => {
  await using server = await startAuthorizationServer({ scopes: ['notes'] })
  for (const name of ['oauth-authorization-server', 'openid-configuration']) {
    const response = await fetch(`${server.url}/.well-known/${name}`)
    expect(await response.json()).toStrictEqual(server.metadata)
  }
  expect(server.metadata).toMatchObject({
    issuer: server.url,
    authorization_endpoint: `${server.url}/authorize`,
    token_endpoint: `${server.url}/token`,
    jwks_uri: `${server.url}/jwks`,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    token_endpoint_auth_methods_supported: [
      'client_secret_basic',
      'client_secret_post',
      'none',
      'client_secret_jwt',
      'private_key_jwt',
    ],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access', 'notes'],
  })
})

test('an ID token has the claims of the scope, the issuer, the client and the nonce', async () => {
  await using server = await startAuthorizationServer()
  const { body } = await logIn(server, { scope: 'openid profile email', nonce: 'the nonce' })
  const [header = '', claims = '', signature = ''] = String(body['id_token']).split('.')
  expect(decode(claims)).toMatchObject({
    iss: server.issuer,
    aud: 'public-client',
    sub: 'ada',
    nonce: 'the nonce',
    name: 'Ada Example',
    email: 'ada@mail.example',
  })
  const { keys } = (await (await fetch(String(server.metadata.jwks_uri))).json()) as { keys: JsonWebKey[] }
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('jwk', keys[0] ?? {}, algorithm, false, ['verify'])
  const signed = new TextEncoder().encode(`${header}.${claims}`)
  expect(decode(header)['alg']).toBe('RS256')
  expect(await crypto.subtle.verify(algorithm, key, Buffer.from(signature, 'base64url'), signed)).toBe(true)

  const userinfo = await fetch(String(server.metadata.userinfo_endpoint), {
    headers: { authorization: `Bearer ${body.access_token}` },
  })
  expect(await userinfo.json()).toMatchObject({ sub: 'ada', email: 'ada@mail.example' })
})

test('an ID token does not have claims of a scope that was not granted', async () => {
  await using server = await startAuthorizationServer()
  const { body } = await logIn(server, { scope: 'openid email' }, { scope: ['openid'] })
  const claims = Buffer.from(String(body['id_token']).split('.')[1] ?? '', 'base64url').toString()
  expect(claims).toContain('"sub":"ada"')
  expect(claims).not.toContain('ada@mail.example')
})

test('without OpenID Connect, the metadata does not mention it', async () => {
  await using server = await startAuthorizationServer({ openid: false })
  expect((await callApi(server, '/.well-known/openid-configuration')).status).toBe(404)
  expect((await callApi(server, '/jwks')).status).toBe(404)
  expect(server.metadata.scopes_supported).toStrictEqual(['read', 'write'])
  const members = Object.keys(server.metadata).filter((name) => /id_token|jwks|userinfo|subject|claim/.test(name))
  expect(members).toStrictEqual([])
  const { status, body } = await logIn(server)
  expect(status).toBe(200)
  expect(body).not.toHaveProperty('id_token')
})
