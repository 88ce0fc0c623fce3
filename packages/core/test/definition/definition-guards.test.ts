import { Provider, type ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { errorOf } from '../support/scene.ts'

const acme = { name: 'acme', metadata: { token_endpoint: 'https://id.acme.example/token' } }
const client = { clientId: 'cid', clientSecret: 'canary-secret' }
const provider = (json: unknown) => new Provider(JSON.parse(JSON.stringify(json)) as ProviderDefinition, client)

/** What no provider takes, parsed or not: where, what stands there, and what the message says. */
const guarded: readonly (readonly [place: string, definition: object, message: string])[] = [
  ['tokenRequest.encoding', { tokenRequest: { encoding: 'json', method: 'GET' } }, 'a GET has its parameters in the'],
  ['tokenRequest.headers.Authorization', { tokenRequest: { headers: { Authorization: 'x' } } }, 'the library sends it'],
  ['tokenRequest.headers.Cookie', { tokenRequest: { headers: { Cookie: 'x' } } }, 'the library sends it'],
  ['tokenRequest.headers.a b', { tokenRequest: { headers: { 'a b': 'x' } } }, 'this is not a valid header name'],
  ['tokenRequest.headers.x', { tokenRequest: { headers: { x: 'a\r\nb: c' } } }, 'write printable ASCII'],
  ['tokenRequest.headers.x', { tokenRequest: { headers: { x: 7 } } }, 'write printable ASCII'],
  ['tokenRequest.omitted', { tokenRequest: { omitted: 'scope' } }, 'write an array, not a string'],
  ['grants', { grants: null }, 'write a value, or leave it out'],
  ['grants.refresh_token', { grants: { refresh_token: 'GET' } }, 'write an object, not a string'],
  ['grants.refresh_token.omitted', { grants: { refresh_token: { omitted: {} } } }, 'write an array, not an object'],
  ['grants.refresh_token.endpoint', { grants: { refresh_token: { endpoint: '/refresh' } } }, 'is not a valid URL'],
  [
    'grants.refresh_token.endpoint',
    { grants: { refresh_token: { endpoint: ['https://a.example'] } } },
    'is not a valid',
  ],
  ['revocation.endpoint', { revocation: { endpoint: 'https://u:p@x.example' } }, 'holds user information'],
  ['revocation.statuses', { revocation: { statuses: 204 } }, 'write an array, not a number'],
  ['authorizationRequest.omitted', { authorizationRequest: { omitted: 'scope' } }, 'write an array, not a string'],
  ['callback.kept', { callback: { kept: 'realm' } }, 'write an array, not a string'],
  ['callback.tokenHost.hosts', { callback: { tokenHost: { hosts: 'a.example' } } }, 'write an array, not a string'],
  ['callback.tokenHost.hosts.0', { callback: { tokenHost: { hosts: ['*.example'] } } }, 'write a host name'],
  ['callback.tokenHost.hosts.0', { callback: { tokenHost: { hosts: [['a.example']] } } }, 'write a host name'],
  ['tokenResponse.statuses', { tokenResponse: { statuses: '201' } }, 'write an array, not a string'],
  ['tokenResponse.envelope', { tokenResponse: { envelope: 7 } }, 'write a string, not a number'],
  ['tokenResponse.members.scope', { tokenResponse: { members: { scope: ['a'] } } }, 'write a string, not an array'],
  ['tokenResponse.absent.scope', { tokenResponse: { absent: { scope: '' } } }, 'write an array, not a string'],
  ['tokenResponse.error.success', { tokenResponse: { error: { success: 0 } } }, 'write an array, not a number'],
  ['tokenResponse.error.code', { tokenResponse: { error: { code: 7 } } }, 'write a string, not a number'],
  [
    'tokenResponse.error.description',
    { tokenResponse: { error: { description: [] } } },
    'write a string, not an array',
  ],
  [
    'tokenResponse.error.codes.toString',
    { tokenResponse: { error: { codes: { toString: 'x' } } } },
    'not a valid name',
  ],
  ['idToken.issuer', { idToken: { issuer: 'acme' } }, 'is not a valid URL'],
  ['api.token.header', { api: { token: { header: 'a b' } } }, 'this is not a valid header name'],
  ['api.token.header', { api: { token: { header: 'cookie' } } }, 'the library sends it'],
  ['api.token.header', { api: { token: { header: ['x-token'] } } }, 'this is not a valid header name'],
  ['api.token.scheme', { api: { token: { scheme: 'a\nb' } } }, 'write printable ASCII'],
  ['api.headers.x', { api: { headers: { x: ['a'] } } }, 'write a string, not an array'],
  ['api.headers.Host', { api: { headers: { Host: 'evil.example' } } }, 'the library sends it'],
  ['api.rateLimit.reset', { api: { rateLimit: { reset: 'a b' } } }, 'this is not a valid header name'],
  ['api.rateLimit.remaining', { api: { rateLimit: { remaining: 7 } } }, 'this is not a valid header name'],
  ['api.rateLimit.statuses', { api: { rateLimit: { reset: 'x', statuses: 403 } } }, 'write an array, not a number'],
  ['api.errors', { api: { errors: {} } }, 'write an array, not an object'],
  ['api.errors.0', { api: { errors: ['busy'] } }, 'write an object with a message, not a string'],
  ['api.errors.0.path', { api: { errors: [{ status: 403, path: 7, message: 'x' }] } }, 'write a string, not a number'],
  ['api.errors.0', { api: { errors: [{ status: 403, message: {} }] } }, 'write an object with a message'],
  ['api.errors.0', { api: { errors: [{ status: 403 }] } }, 'write an object with a message'],
  ['api.origin.domains', { api: { origin: { domains: 'a.example' } } }, 'write an array, not a string'],
  ['api.origin.domains.0', { api: { origin: { member: 'url', domains: ['com'] } } }, 'write a host name'],
  ['apiOrigins', { apiOrigins: 'https://api.acme.example' }, 'write an array, not a string'],
  ['variables', { variables: { tenant: { pattern: '^a$' } } }, 'fillVariables(definition, { tenant: '],
  ['variables', { variables: 'tenant' }, 'fill them in first'],
]

describe('what the constructor refuses, whoever has looked at the definition before', () => {
  test.each(guarded)('%s in %j', async (place, definition, message) => {
    const error = await errorOf(() => provider({ ...acme, ...definition }))
    expect(error).toMatchObject({ code: 'config_invalid', action: 'fix_configuration' })
    expect(error.message.split(/:| is | holds /)[0]).toBe(place)
    expect(error.message).toContain(message)
  })

  test.each([null, [], 'acme', 7])('%j, which is not a definition', async (json) => {
    expect((await errorOf(() => provider(json))).code).toBe('config_invalid')
  })

  test('a parameter that the library sends', async () => {
    const grants = { refresh_token: { parameters: { client_id: 'evil' } } }
    expect((await errorOf(() => provider({ ...acme, grants }))).message).toContain(
      '"client_id" is a reserved parameter',
    )
  })

  test('an endpoint that changes while it is checked: what is checked is what is used', () => {
    let reads = 0
    const metadata = {
      get token_endpoint() {
        return reads++ === 0 ? 'https://id.acme.example/token' : 'https://evil.example/token'
      },
    }
    const { definition } = new Provider({ name: 'acme', metadata }, client)
    expect(definition.metadata.token_endpoint).toBe('https://id.acme.example/token')
  })
})

describe('what it takes, because the compiler and parseDefinition look at it', () => {
  test.each([
    { tokenRespnse: {} },
    { pkce: 'maybe' },
    { redirectUri: { localhost: 7 } },
    { scopes: { read: 'Read.' } },
    { api: { token: { scheme: '' } } },
    { metadata: { ...acme.metadata, anything: null } },
  ])('%j', (definition) => expect(provider({ ...acme, ...definition }).name).toBe('acme'))

  test('a field named __proto__, which changes no prototype', () => {
    const json = `{"name":"acme","metadata":{"token_endpoint":"https://id.acme.example/token"},"parameters":{"token":{"__proto__":"x","a":"b"}}}`
    const { definition } = new Provider(JSON.parse(json) as ProviderDefinition, client)
    expect(Object.getPrototypeOf(definition.parameters?.token)).toBe(Object.prototype)
    expect(definition.parameters?.token).toEqual({ a: 'b' })
  })

  test('what is undefined, which is absent', () => {
    const absent = { pkce: undefined, tokenResponse: undefined } as unknown as Partial<ProviderDefinition>
    expect(new Provider({ ...acme, ...absent }, client).name).toBe('acme')
  })
})
