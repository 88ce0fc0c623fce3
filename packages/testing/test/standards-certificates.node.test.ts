import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startAuthorizationServer } from '@grantkit/testing/server'
import * as client from 'openid-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Certificate, certificateFor } from './certificates.ts'
import { clientKey, configure, echo, logIn, redirectUri, refusal } from './openid-client.ts'

const clientId = 'my-client'

async function received(message: IncomingMessage): Promise<Response> {
  const { statusCode = 0, headers } = message
  return new Response(await bodyOf(message), { status: statusCode, headers: headers as Record<string, string> })
}

async function bodyOf(message: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(Buffer.concat((await message.toArray()) as Buffer[]))
}

/** A `fetch` that shows a certificate, or none. */
function fetchWith(certificate: Partial<Certificate>): client.CustomFetch {
  return async (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { method, headers, ...certificate, rejectUnauthorized: false, agent: false })
      sent.on('error', reject).on('response', (response) => void received(response).then(resolve, reject))
      sent.end(body === undefined || body === null ? undefined : String(body))
    })
}

async function stage(
  method: 'tls_client_auth' | 'self_signed_tls_client_auth',
  metadata: object,
  options: { readonly profile?: 'fapi-2.0' } = {},
) {
  const [own, tls] = [certificateFor('DNS:client.example'), certificateFor('IP:127.0.0.1', '/CN=server')]
  const x5c = [new X509Certificate(own.cert).raw.toString('base64')]
  const keys = [{ ...new X509Certificate(own.cert).publicKey.export({ format: 'jwk' }), x5c }]
  const bound = { tls_client_certificate_bound_access_tokens: true, ...metadata }
  const clients = [{ clientId, keys, authentication: method, redirectUris: [redirectUri], metadata: bound }]
  const server = await startAuthorizationServer({ clients, tls: { ...tls, ca: own.cert }, ...options })
  const withCertificate = (certificate: Partial<Certificate>): client.Configuration => {
    const signed = { id_token_signed_response_alg: options.profile ? 'PS256' : 'RS256' }
    const ownMetadata = { use_mtls_endpoint_aliases: true, ...signed }
    const configuration = configure(server, clientId, client.TlsClientAuth(), ownMetadata)
    configuration[client.customFetch] = fetchWith(certificate)
    return configuration
  }
  return { server, own, withCertificate }
}

const methods = [
  ['tls_client_auth', { tls_client_auth_san_dns: 'client.example' }],
  ['tls_client_auth', { tls_client_auth_subject_dn: 'O=Example,CN=my client' }],
  ['self_signed_tls_client_auth', {}],
] as const

test.for(methods)('%s %j binds tokens to the certificate (RFC 8705)', async ([method, metadata]) => {
  const { server, own, withCertificate } = await stage(method, metadata)
  await using _ = server
  const configuration = withCertificate(own)
  const { access_token } = await logIn(server, configuration)
  const { token_endpoint: alias = '' } = server.metadata['mtls_endpoint_aliases'] as Record<string, string>
  const guarded = { ...server, url: new URL(alias).origin }
  expect(await echo(guarded, configuration, access_token)).toMatchObject({ sub: 'ada' })
  expect(await client.tokenIntrospection(configuration, access_token)).toMatchObject({ active: true })
  await expect(echo(server, configuration, access_token)).rejects.toThrow(Error)
  const other = withCertificate(certificateFor('DNS:other.example', '/CN=other'))
  await expect(echo(guarded, other, access_token)).rejects.toThrow(Error)
  expect(await refusal(logIn(server, other))).toBe('invalid_client')
  expect(await refusal(logIn(server, withCertificate({})))).toBe('invalid_client')
})

test('a ping tells a client that a login on another device is decided (CIBA)', async () => {
  const tls = certificateFor('IP:127.0.0.1')
  const pings: unknown[] = []
  const app = createServer(tls, (ping, response) => {
    void bodyOf(ping).then((body) => {
      pings.push([ping.headers.authorization, JSON.parse(Buffer.from(body).toString())])
      return response.writeHead(204).end()
    })
  })
  await once(app.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void app.close())
  const metadata = {
    backchannel_token_delivery_mode: 'ping',
    backchannel_client_notification_endpoint: `https://127.0.0.1:${(app.address() as AddressInfo).port}/ping`,
  }
  const clientSecret = 'shh'
  await using server = await startAuthorizationServer({ clients: [{ clientId, clientSecret, metadata }] })
  const configuration = configure(server, clientId, client.ClientSecretBasic(clientSecret))
  const parameters = { scope: 'openid', login_hint: 'ada', client_notification_token: 'the-notification-token' }
  const { auth_req_id } = await client.initiateBackchannelAuthentication(configuration, parameters)
  await server.approveBackchannel()
  expect(pings).toStrictEqual([['Bearer the-notification-token', { auth_req_id }]])
})

describe('FAPI 2.0', () => {
  const url = (c: client.Configuration, p: Record<string, string>) => client.buildAuthorizationUrlWithPAR(c, p)

  test.for(['PS256', 'ES256', 'Ed25519'])('a client with a key and DPoP logs in, with %s', async (algorithm) => {
    const { key, kid, jwk } = await clientKey(algorithm)
    const clients = [{ clientId, keys: [jwk], redirectUris: [redirectUri] }]
    await using server = await startAuthorizationServer({ profile: 'fapi-2.0', clients })
    const authentication = client.PrivateKeyJwt(
      { key, kid },
      { [client.modifyAssertion]: (_header, payload) => void (payload['aud'] = server.issuer) },
    )
    const configuration = configure(server, clientId, authentication, { id_token_signed_response_alg: 'PS256' })
    const DPoP = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair())
    const tokens = await logIn(server, configuration, { url, grant: { DPoP } })
    expect(await echo(server, configuration, tokens.access_token, { DPoP })).toMatchObject({ sub: 'ada' })
    expect(server.metadata['require_pushed_authorization_requests']).toBe(true)
    expect(server.metadata.token_endpoint_auth_methods_supported).toStrictEqual(['private_key_jwt'])
    expect(await refusal(logIn(server, configuration, { grant: { DPoP } }))).toBe('invalid_request')
    expect(await refusal(logIn(server, configuration, { url }))).toBe('invalid_grant')
    const { confidential } = server.clients
    const plain = configure(server, confidential.clientId, client.ClientSecretPost(confidential.clientSecret))
    expect(await refusal(logIn(server, plain, { url }))).toBe('invalid_client')
  })

  test('a client with a certificate logs in', async () => {
    const { server, own, withCertificate } = await stage('self_signed_tls_client_auth', {}, { profile: 'fapi-2.0' })
    await using _ = server
    const configuration = withCertificate(own)
    expect((await logIn(server, configuration, { url })).token_type).toBe('bearer')
  })
})
