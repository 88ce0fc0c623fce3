import { X509Certificate } from 'node:crypto'
import { inspect } from 'node:util'
import {
  authorizedFetch,
  ClientCredentials,
  type ClientRegistration,
  Grant,
  Provider,
  type ProviderOptions,
  Refresh,
  type Token,
} from '@grantkit/core'
import { nodeFetch } from '@grantkit/core/node'
import { describe, expect, test } from 'vitest'
import { certificateFor } from '../support/certificates.ts'
import { clientKey, signer } from '../support/client-keys.ts'
import { fapiProvider } from '../support/fapi.ts'
import { keepSecret } from '../support/oracle.ts'
import { clientSecret, errorOf, goodToken, watched } from '../support/scene.ts'
import { thumbprintOf, tlsServer } from '../support/tls-server.ts'

/** A server for everybody, one that demands the certificate of the client, and providers that know both. */
async function stage(options: ProviderOptions = {}) {
  const certificate = certificateFor('DNS:client.example')
  keepSecret(...certificate.key.split('\n').slice(1, -2))
  const revoked = ({ path }: { readonly path: string }) => (path === '/mtls/revoke' ? {} : goodToken)
  const [open, demanding] = [await tlsServer(revoked), await tlsServer(revoked, certificate)]
  const tls = { ca: `${open.ca}${demanding.ca}`, ...certificate }
  const at = ({ url }: typeof open, path: string) => ({
    token_endpoint: `${url}${path}/token`,
    revocation_endpoint: `${url}${path}/revoke`,
    userinfo_endpoint: `${url}${path}/userinfo`,
  })
  const metadata = {
    issuer: open.url,
    authorization_endpoint: `${open.url}/authorize`,
    ...at(open, ''),
    mtls_endpoint_aliases: { ...at(demanding, '/mtls'), authorization_endpoint: `${demanding.url}/nobody` },
  }
  const definition = { name: 'acme', metadata, apiOrigins: [demanding.url] }
  const fetch = nodeFetch({ tls })
  const provider = (client: Partial<ClientRegistration>) =>
    new Provider(definition, { clientId: 'cid', ...client }, { fetch, ...options, onEvent: watched() })
  return { provider, open, demanding, certificate, metadata, definition, fetch }
}

describe.each(['tls_client_auth', 'self_signed_tls_client_auth'] as const)('%s', (authentication) => {
  test('R117: presents the certificate and sends the client_id, and no secret', async () => {
    const { provider, demanding, certificate } = await stage()
    const token = await provider({ authentication, clientSecret }).grant(ClientCredentials).requestToken()
    expect(token.accessToken).toBe(goodToken['access_token'])
    expect(demanding.requests).toEqual([
      {
        path: '/mtls/token',
        form: { grant_type: 'client_credentials', client_id: 'cid' },
        authorization: undefined,
        thumbprint: thumbprintOf(new X509Certificate(certificate.cert).raw),
      },
    ])
  })

  test('R118, oidcc-client-test-mtls-endpoint-aliases: uses the aliases of every endpoint, but for those of the browser', async () => {
    const { provider, open, demanding, metadata } = await stage()
    const acme = provider({ authentication })
    await acme.revoke('canary-refresh-token')
    expect(demanding.requests.map(({ path }) => path)).toEqual(['/mtls/revoke'])
    expect(open.requests).toEqual([])
    expect(acme.definition.metadata).toEqual(metadata)
    expect(acme.grant(Seen).metadata).toMatchObject({
      authorization_endpoint: metadata.authorization_endpoint,
      userinfo_endpoint: `${demanding.url}/mtls/userinfo`,
    })
  })
})

class Seen extends Grant {
  static readonly grantType = 'urn:example:seen'
  get metadata() {
    return this.port.provider.metadata
  }
  requestToken(): Promise<Token> {
    return this.tokenRequest({})
  }
}

test('R118: a client without a certificate uses the other endpoints', async () => {
  const { provider, open, demanding } = await stage()
  const { privateKey } = await clientKey('ES256')
  for (const client of [{ clientSecret }, signer(privateKey)])
    await provider(client).grant(Refresh).requestToken('canary')
  expect(open.requests.map(({ path }) => path)).toEqual(['/token', '/token'])
  expect(demanding.requests).toEqual([])
})

test('R117: a preset may say that its clients have certificates', async () => {
  const { definition, demanding, fetch } = await stage()
  const declared = { ...definition, clientAuthentication: { method: 'tls_client_auth' } } as const
  await new Provider(declared, { clientId: 'cid' }, { fetch }).grant(ClientCredentials).requestToken()
  expect(demanding.requests.map(({ form }) => form['client_id'])).toEqual(['cid'])
})

test('R119: the API gets the same certificate, by the fetch of the provider', async () => {
  const { provider, demanding } = await stage()
  const tokens = provider({ authentication: 'tls_client_auth' }).tokenSource({ grant: ClientCredentials })
  await authorizedFetch(tokens)(`${demanding.url}/api`)
  const [asked, called] = demanding.requests
  expect(called).toMatchObject({ path: '/api', authorization: `Bearer ${String(goodToken['access_token'])}` })
  expect(called?.thumbprint).toBe(asked?.thumbprint)
  expect(called?.thumbprint).toBeDefined()
})

test('R120: nothing shows the certificate or its key', async () => {
  const { provider, certificate, fetch } = await stage()
  const acme = provider({ authentication: 'tls_client_auth' })
  const shown = inspect([acme, fetch, acme.grant(Refresh)], { depth: 20, showHidden: true })
  for (const line of [...certificate.cert.split('\n'), ...certificate.key.split('\n')].filter(
    ({ length }) => length > 30,
  ))
    expect(shown).not.toContain(line)
})

test('a server that refuses the client says so, and the message asks for the certificate', async () => {
  const { definition } = await stage()
  const fetch = async () => Response.json({ error: 'invalid_client' }, { status: 401 })
  const acme = new Provider(definition, { clientId: 'cid', authentication: 'tls_client_auth' }, { fetch })
  const error = await errorOf(acme.grant(ClientCredentials).requestToken())
  expect(error.message).toContain(
    'the client sent its client_id for tls_client_auth: is it the certificate of this client',
  )
})

describe('aliases that cannot be used are refused, where they would be used', () => {
  const metadata = { token_endpoint: 'https://id.acme.example/token' }
  const make = (mtls_endpoint_aliases: unknown, authentication: ClientRegistration['authentication']) => () =>
    new Provider(
      { name: 'acme', metadata: { ...metadata, mtls_endpoint_aliases } as typeof metadata },
      { clientId: 'cid', authentication },
    )

  test.each([
    [{ token_endpoint: 'nowhere' }, 'metadata_invalid', 'mtls_endpoint_aliases.token_endpoint is not a valid URL'],
    [{ token_endpoint: 5 }, 'metadata_invalid', 'mtls_endpoint_aliases.token_endpoint is not a valid URL'],
    [{ token_endpoint: 'http://mtls.example/token' }, 'insecure_url', 'is not secure'],
    [{ token_endpoint: 'https://mtls.example/token?client_id=a' }, 'config_invalid', 'has the parameter "client_id"'],
    ['https://mtls.example', 'metadata_invalid', 'mtls_endpoint_aliases is an object, not a string'],
  ])('R118: %j', async (aliases, code, message) => {
    expect(await errorOf(make(aliases, 'tls_client_auth'))).toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    })
    expect(make(aliases, 'none')()).toBeInstanceOf(Provider)
  })
})

test('R246: under FAPI 2.0, a promise of bound tokens is nothing without a fetch that presents a certificate', async () => {
  const { privateKey } = await clientKey('ES256')
  const make = (options: ProviderOptions) => () =>
    fapiProvider(
      { metadata: { tls_client_certificate_bound_access_tokens: true } as never },
      { ...signer(privateKey), authentication: undefined },
      options,
    )
  expect(make({ fetch: nodeFetch() })()).toBeInstanceOf(Provider)
  expect((await errorOf(make({}))).message).toContain('tokens have to be bound to a key')
})
