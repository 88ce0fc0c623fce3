import { X509Certificate } from 'node:crypto'
import {
  type AuthorizationOptions,
  authorizedFetch,
  Pkce,
  Provider,
  type ProviderOptions,
  type ClientRegistration,
  type Token,
} from '@grantkit/core'
import { nodeFetch } from '@grantkit/core/node'
import { exportJWK } from 'jose'
import { expect, test } from 'vitest'
import { certificateFor } from '../support/certificates.ts'
import { type ClientKey, clientKey, signer } from '../support/client-keys.ts'
import { onBun } from '../support/runtime.ts'
import { authorizationServer } from '../support/servers.ts'

const redirectUris = ['https://app.example/callback']

type Server = Awaited<ReturnType<typeof authorizationServer>>

/** Logs a user in at a server of FAPI 2.0; the browser carries a reference to the request, and nothing else. */
async function logIn(
  server: Server,
  client: ClientRegistration,
  options: ProviderOptions,
  signed: AuthorizationOptions = {},
) {
  const provider = await Provider.discover(server.issuer, client, { ...options, profile: 'fapi-2.0' })
  const login = provider.grant(Pkce)
  const { url, transaction } = await login.authorize({ scope: ['openid'], ...signed })
  expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri'])
  const token: Token = await login.requestToken(await server.logIn(url), transaction)
  expect(token.claims?.['sub']).toBeTypeOf('string')
  return { provider, token }
}

async function registered({ publicKey, algorithm }: ClientKey) {
  return { ...(await exportJWK(publicKey)), kid: 'key-1', alg: algorithm, use: 'sig' }
}

test.each(['ES256', 'PS256', 'EdDSA'])(
  'R246, R256, R257: with %s, pushed requests and DPoP, the user is logged in',
  async (algorithm) => {
    const key = await clientKey(algorithm)
    const metadata = { token_endpoint_auth_signing_alg: algorithm }
    const clients = [{ clientId: 'cid', keys: [await registered(key)], redirectUris, metadata }]
    const options = { clients, profile: 'fapi-2.0', require: { dpopNonce: true } } as const
    const { token } = await logIn(await authorizationServer(options), signer(key.jwk, { algorithm }), { dpop: true })
    expect(token.tokenType).toBe('DPoP')
  },
)

test('R262, fapi2-happy-path-no-dpop-nonce: request, callback and introspection may be signed as well', async () => {
  const key = await clientKey('ES256')
  const metadata = {
    token_endpoint_auth_signing_alg: 'ES256',
    authorization_signed_response_alg: 'PS256',
    introspection_signed_response_alg: 'PS256',
  }
  const clients = [{ clientId: 'cid', keys: [await registered(key)], redirectUris, metadata }]
  const server = await authorizationServer({ clients, profile: 'fapi-2.0', require: { requestObjects: true } })
  const signed = { requestObject: true, responseMode: 'jwt' } as const
  const { provider, token } = await logIn(server, signer(key.jwk), { dpop: true }, signed)
  expect(await provider.introspect(token, { signed: true })).toMatchObject({ active: true, clientId: 'cid' })
})

test.runIf(!onBun)('R119, R246, R252: with a certificate, which the API sees as well', async () => {
  const [tls, { key, cert }] = [certificateFor('IP:127.0.0.1'), certificateFor('DNS:client.example')]
  const certificate = new X509Certificate(cert)
  const jwk = { ...certificate.publicKey.export({ format: 'jwk' }), x5c: [certificate.raw.toString('base64')] }
  const authentication = 'self_signed_tls_client_auth' as const
  const metadata = { tls_client_certificate_bound_access_tokens: true }
  const clients = [{ clientId: 'cid', authentication, keys: [jwk], redirectUris, metadata }]
  const options = { clients, tls, profile: 'fapi-2.0' } as const
  const server = await authorizationServer(options)
  const fetch = nodeFetch({ tls: { key, cert, ca: tls.cert } })
  const client = { clientId: 'cid', authentication, redirectUri: redirectUris[0] }
  const { token } = await logIn(server, client, { fetch })
  expect(token.tokenType).toBe('Bearer')
  const aliases = server.metadata['mtls_endpoint_aliases'] as Record<string, string>
  const userinfo = aliases['userinfo_endpoint'] ?? ''
  const origins = [new URL(userinfo).origin]
  expect((await authorizedFetch(token, { origins, fetch })(userinfo)).status).toBe(200)
  const stolen = nodeFetch({ tls: { ca: tls.cert, ...certificateFor('DNS:thief.example') } })
  expect((await authorizedFetch(token, { origins, fetch: stolen })(userinfo)).status).toBe(401)
})
