import {
  AuthorizationCode,
  ClientCredentials,
  DeviceAuthorization,
  GrantError,
  parseDefinition,
  Pkce,
  Provider,
  type ProviderDefinition,
} from '@grantkit/core'
import { describe, expect, test } from 'vitest'

const definition = {
  name: 'acme',
  metadata: {
    issuer: 'https://id.acme.example',
    authorization_endpoint: 'https://id.acme.example/authorize',
    device_authorization_endpoint: 'https://id.acme.example/device',
    token_endpoint: 'https://id.acme.example/token',
    jwks_uri: 'https://id.acme.example/keys',
  },
  defaultScope: ['read', 'offline_access'],
} satisfies ProviderDefinition
const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }

/** A provider whose requests are kept, and all get one response. */
function acme(response: object = {}, changes: Partial<ProviderDefinition> = {}) {
  const sent: URLSearchParams[] = []
  const fetch = async (_url: unknown, init?: RequestInit) => {
    sent.push(new URLSearchParams(String(init?.body)))
    return Response.json(response)
  }
  return { provider: new Provider({ ...definition, ...changes }, client, { fetch }), sent }
}

const cases = [
  ['nothing', undefined, ['read', 'offline_access']],
  ['a list, which replaces them', ['write'], ['write']],
  ['an empty list', [], []],
  ['more to add', { add: ['write'] }, ['read', 'offline_access', 'write']],
  ['one to add that is there already', { add: ['read'] }, ['read', 'offline_access']],
] as const

describe.each([
  ['Pkce', Pkce],
  ['AuthorizationCode', AuthorizationCode],
])('%s with default scopes', (_name, grant) => {
  test.each(cases)('and %s', async (_what, scope, expected) => {
    const { url, transaction } = await acme().provider.grant(grant).authorize({ scope })
    expect(url.searchParams.get('scope') ?? '').toBe(expected.join(' '))
    expect(transaction.scope).toEqual(expected)
  })
})

test.each(cases)('a device with default scopes and %s', async (_what, scope, expected) => {
  const response = { device_code: 'd', user_code: 'u', verification_uri: 'https://id.acme.example', expires_in: 600 }
  const { provider, sent } = acme(response)
  const { transaction } = await provider.grant(DeviceAuthorization).authorize({ scope })
  expect(sent[0]?.get('scope') ?? '').toBe(expected.join(' '))
  expect(transaction.scope).toEqual(expected)
})

test('a token without a scope has the default ones of its login', async () => {
  const { provider } = acme({ access_token: 'a', token_type: 'Bearer' })
  const login = provider.grant(Pkce)
  const { transaction } = await login.authorize()
  const token = await login.requestToken(`?code=abc&state=${transaction.state}`, transaction)
  expect(token.scope).toEqual(['read', 'offline_access'])
})

test('a grant without authorize requests none of the default scopes', async () => {
  const { provider, sent } = acme({ access_token: 'a', token_type: 'Bearer' })
  await provider.grant(ClientCredentials).requestToken()
  expect(sent[0]?.has('scope')).toBe(false)
})

test('a default scope openid is a login with a nonce', async () => {
  const { provider } = acme({}, { defaultScope: ['openid'] })
  const { transaction } = await provider.grant(Pkce).authorize()
  expect(transaction.nonce).toMatch(/^.{20,}$/)
})

test('scopes to add without a default are those alone', async () => {
  const { defaultScope: _, ...without } = definition
  const { transaction } = await new Provider(without, client).grant(Pkce).authorize({ scope: { add: ['write'] } })
  expect(transaction.scope).toEqual(['write'])
})

test.each([
  [{ ad: ['write'] }, /"ad" is not a field of scope: write "add"/],
  [{}, /scope has nothing to add/],
  [{ add: 'write' }, /scope has to be an array/],
  [{ add: ['a b'] }, /"a b" is not a valid scope/],
  ['write', /scope has to be an array/],
])('scope: %j is refused before anything is sent', async (scope, message) => {
  const { provider, sent } = acme()
  const logins = [provider.grant(Pkce), provider.grant(DeviceAuthorization)]
  for (const login of logins) await expect(login.authorize({ scope: scope as never })).rejects.toThrow(message)
  expect(sent).toEqual([])
})

test('a grant without authorize takes no scopes to add', async () => {
  const { provider } = acme()
  // @ts-expect-error there is nothing to add to
  const request = provider.grant(ClientCredentials).requestToken({ scope: { add: ['write'] } })
  await expect(request).rejects.toThrow(GrantError)
})

test.each([
  [['a b'], /"a b" is not a valid scope/],
  ['read' as never, /defaultScope.*an array/],
])('a default scope %j is refused at once', (defaultScope, message) => {
  expect(() => acme({}, { defaultScope })).toThrow(message)
})

test('a default scope that is not among the listed ones is refused at once', () => {
  const scopes = { read: { description: 'Read your notes.' } }
  expect(() => acme({}, { scopes })).toThrow('the default scope "offline_access" is not one of the scopes of acme')
  expect(() => acme({}, { scopes, defaultScope: ['read'] })).not.toThrow()
})

test('default scopes may come as JSON', () => {
  expect(parseDefinition(JSON.stringify(definition)).defaultScope).toEqual(['read', 'offline_access'])
  expect(() => parseDefinition({ ...definition, defaultScope: [1] })).toThrow(/defaultScope/)
})
