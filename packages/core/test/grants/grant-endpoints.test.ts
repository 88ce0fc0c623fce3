import {
  BackchannelAuthentication,
  DeviceAuthorization,
  GrantError,
  JwtBearer,
  Provider,
  type ProviderDefinition,
  type RequiredScope,
  Saml2Bearer,
  TokenExchange,
} from '@grantkit/core'
import { expect, expectTypeOf, test } from 'vitest'

const client = { clientId: 'cid', clientSecret: 'canary-client-secret' }
const metadata = { token_endpoint: 'https://id.acme.example/token' }
const machine: ProviderDefinition<'read' | 'write', 'token_endpoint'> = { name: 'acme', metadata }
const television: ProviderDefinition<'read' | 'write', 'device_authorization_endpoint'> = {
  name: 'acme',
  metadata: { ...metadata, device_authorization_endpoint: 'https://id.acme.example/device' },
}

test('a grant whose endpoint the definition lacks does not compile, and says so when it is run', async () => {
  const provider = new Provider(machine, client)
  // @ts-expect-error there is no device_authorization_endpoint
  const device = provider.grant(DeviceAuthorization)
  await expect((device as unknown as DeviceAuthorization).authorize()).rejects.toThrow(
    'no device_authorization_endpoint',
  )
  // @ts-expect-error there is no backchannel_authentication_endpoint
  const ciba = provider.grant(BackchannelAuthentication) as unknown as BackchannelAuthentication
  const login = { scope: ['openid'], loginHint: 'ada' }
  const open = { ...metadata, issuer: 'https://id.acme.example', jwks_uri: 'https://id.acme.example/jwks' }
  await expect(ciba.authorize(login)).rejects.toThrow('"openid" needs issuer')
  const elsewhere = new Provider({ name: 'acme', metadata: open }, client).grant(BackchannelAuthentication)
  await expect(elsewhere.authorize(login)).rejects.toThrow('no backchannel_authentication_endpoint')
})

test('one that needs the token endpoint alone compiles with every definition, and knows its scopes', () => {
  const provider = new Provider(machine, client)
  const scope = { scope: ['read'] } as const
  expectTypeOf(provider.grant(JwtBearer).requestToken).toBeCallableWith('a.b.c', scope)
  expectTypeOf(provider.grant(Saml2Bearer).requestToken).toBeCallableWith(new Uint8Array(), scope)
  const subject = { subjectToken: 'canary', subjectTokenType: 'jwt' } as const
  expectTypeOf(provider.grant(TokenExchange).requestToken).toBeCallableWith(subject, scope)
  // @ts-expect-error 'reed' is not a scope of this provider
  expectTypeOf(provider.grant(JwtBearer).requestToken).toBeCallableWith('a.b.c', { scope: ['reed'] })
  // @ts-expect-error 'reed' is not a scope of this provider
  expectTypeOf(provider.grant(Saml2Bearer).requestToken).toBeCallableWith('a', { scope: ['reed'] })
  // @ts-expect-error 'reed' is not a scope of this provider
  expectTypeOf(provider.grant(TokenExchange).requestToken).toBeCallableWith(subject, { scope: ['reed'] })
  expect(provider.grant(TokenExchange)).toBeInstanceOf(TokenExchange)
})

test('a login on another device takes the scopes of the preset, and those that an error asks for', () => {
  const device = new Provider(television, client).grant(DeviceAuthorization)
  const error = new GrantError('scope_insufficient', 'the token lacks a scope', {
    required: { scope: ['write' as RequiredScope] },
  })
  expectTypeOf(device.authorize).toBeCallableWith({ scope: ['read', ...(error.required?.scope ?? [])] })
  // @ts-expect-error 'reed' is not a scope of this provider
  expectTypeOf(device.authorize).toBeCallableWith({ scope: ['reed'] })
  expect(device.endpoint).toBe('device_authorization_endpoint')
})

test('none of them can be the grant of a token source by itself, since it needs more than options', () => {
  const provider = new Provider(television, client)
  for (const grant of [DeviceAuthorization, JwtBearer, Saml2Bearer, TokenExchange])
    // @ts-expect-error each needs something first
    expect(provider.tokenSource({ grant })).toHaveProperty('token')
})
