import { ClientCredentials, parseDefinition, Provider } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { errorOf, goodToken } from '../support/scene.ts'

const acme = {
  name: 'acme',
  metadata: { token_endpoint: 'https://id.acme.example/token' },
}
const client = { clientId: 'cid', clientSecret: 'canary-secret' }

/** A provider of what a file of JSON holds. */
function fromJson(json: unknown, options: ConstructorParameters<typeof Provider>[2] = {}): Provider {
  return new Provider(parseDefinition(JSON.stringify(json)), client, options)
}

test('a definition may come as JSON, and does the same', async () => {
  const sent: RequestInit[] = []
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    sent.push(init ?? {})
    return Response.json({ ok: true, data: { ...goodToken, token_type: 'bot', scope: ['read'] } }, { status: 201 })
  }
  const preset = {
    ...acme,
    $schema: './node_modules/@grantkit/core/provider.schema.json',
    tokenRequest: { encoding: 'json', headers: { 'acme-version': '2022-06-28' } },
    tokenResponse: { envelope: 'data', tokenType: 'Bearer', scopeArray: true, statuses: [201] },
  }
  const token = await fromJson(preset, { fetch }).grant(ClientCredentials).requestToken()
  expect(token).toMatchObject({ tokenType: 'Bearer', scope: ['read'] })
  expect(new Headers(sent[0]?.headers).get('acme-version')).toBe('2022-06-28')
  expect(JSON.parse(String(sent[0]?.body))).toEqual({ grant_type: 'client_credentials' })
})

/** Mistakes: where, what stands there, and what the message says. */
const mistakes: readonly (readonly [place: string, definition: object, message: string])[] = [
  ['tokenRespnse', { tokenRespnse: {} }, 'unknown field: write "tokenResponse"'],
  ['PKCE', { PKCE: 'required' }, 'unknown field: write "pkce"'],
  ['tokenResponse.tokentype', { tokenResponse: { tokentype: 'Bearer' } }, 'write "tokenType"'],
  ['tokenResponse.expires_in', { tokenResponse: { expires_in: { default: 60 } } }, 'write "expiresIn"'],
  ['tokenResponse.expiresIn', { tokenResponse: { expiresIn: 3600 } }, 'write an object, not a number'],
  ['tokenResponse.expiresIn.unit', { tokenResponse: { expiresIn: { unit: 'ms' } } }, 'there are default, format'],
  [
    'tokenResponse.expiresIn.format',
    { tokenResponse: { expiresIn: { format: 'ms' } } },
    'write "milliseconds" or "epoch_seconds" or "epoch_milliseconds" or "date", not "ms"',
  ],
  [
    'tokenResponse.expiresIn.default',
    { tokenResponse: { expiresIn: { default: '3600' } } },
    'write a number, not a string',
  ],
  ['tokenResponse.formEncoded', { tokenResponse: { formEncoded: 'yes' } }, 'write true, not "yes"'],
  ['tokenResponse.statuses', { tokenResponse: { statuses: 201 } }, 'write an array of numbers, not a number'],
  ['tokenResponse.members.token', { tokenResponse: { members: { token: 'x' } } }, 'write "id_token"'],
  ['tokenResponse.members.x', { tokenResponse: { members: { x: 'y' } } }, 'there are access_token, token_type'],
  ['tokenResponse.absent.scope', { tokenResponse: { absent: { scope: null } } }, 'write an array of strings, numbers'],
  ['tokenRequest', { tokenRequest: [] }, 'write an object, not an array'],
  ['tokenRequest.encoding', { tokenRequest: { encoding: 'xml' } }, 'write "json" or "query", not "xml"'],
  [
    'tokenRequest.encoding',
    { tokenRequest: { encoding: 'json', method: 'GET' } },
    'a GET has its parameters in the query',
  ],
  ['tokenRequest.endpoint', { tokenRequest: { endpoint: 'https://x.example' } }, 'unknown field'],
  ['tokenRequest.renamed.code', { tokenRequest: { renamed: { code: 1 } } }, 'write a string, not a number'],
  ['tokenRequest.headers.Authorization', { tokenRequest: { headers: { Authorization: 'x' } } }, 'the library sends it'],
  ['tokenRequest.headers.a b', { tokenRequest: { headers: { 'a b': 'x' } } }, 'this is not a valid header name'],
  ['tokenRequest.headers.x', { tokenRequest: { headers: { x: 'a\r\nb: c' } } }, 'write printable ASCII'],
  ['grants.refresh_token.methd', { grants: { refresh_token: { methd: 'GET' } } }, 'unknown field: write "method"'],
  ['grants.refresh_token.endpoint', { grants: { refresh_token: { endpoint: '/refresh' } } }, 'is not a valid URL'],
  ['revocation.endpoint', { revocation: { endpoint: 'https://u:p@x.example' } }, 'holds user information'],
  ['revocation.tokens', { revocation: { tokens: 'all' } }, 'write "both" or "either" or "access_token", not "all"'],
  [
    'clientAuthentication.secretJwt.audience',
    { clientAuthentication: { secretJwt: { algorithm: 'ES256' } } },
    'it is missing',
  ],
  ['api.token.parameter', { api: { token: { parameter: 'access_token' } } }, 'unknown field'],
  ['api.rateLimit.reset', { api: { rateLimit: {} } }, 'it is missing'],
  ['api.origin.domains.0', { api: { origin: { member: 'url', domains: ['com'] } } }, 'write a host name'],
  [
    'callback.tokenHost.hosts.1',
    { callback: { tokenHost: { parameter: 'host', hosts: ['a.example', '*.example'] } } },
    'write a host name',
  ],
  ['idToken.issuer', { idToken: { issuer: 'acme' } }, 'is not a valid URL'],
  ['scopes.read.description', { scopes: { read: {} } }, 'it is missing'],
  ['sources', { sources: 'https://docs.acme.example' }, 'write an array, not a string'],
  ['sources.0.read', { sources: [{ url: 'https://docs.acme.example' }] }, 'it is missing'],
  ['apiOrigins', { apiOrigins: 'https://api.acme.example' }, 'write an array of strings'],
  ['hooks', { hooks: { request: 'sign' } }, 'add them in code, { ...definition, hooks }'],
  ['metadata.jwks_uri', { metadata: { ...acme.metadata, jwks_uri: 5 } }, 'write a string, not a number'],
  ['metadata.token_endpoint', { metadata: {} }, 'it is missing'],
  ['variables', { variables: { tenant: { pattern: '^a$' } } }, 'fillVariables(definition, { tenant: '],
]

describe('a mistake in a definition is found at once, and named by its path', () => {
  test.each(mistakes)('%s in %j', async (place, definition, message) => {
    const error = await errorOf(() => fromJson({ ...acme, ...definition }))
    expect(error).toMatchObject({ code: 'config_invalid', action: 'fix_configuration' })
    expect(error.message.split(/:| is | holds /)[0]).toBe(place)
    expect(error.message).toContain(message)
  })

  test.each([null, [], 'acme', 7])('%j is not a definition', async (json) => {
    expect((await errorOf(() => fromJson(json))).code).toBe('config_invalid')
  })

  test('a long value is shown in part', async () => {
    const error = await errorOf(() => fromJson({ ...acme, pkce: 'x'.repeat(5000) }))
    expect(error.message.length).toBeLessThan(200)
  })

  test('a name that is far too long is not compared with those that there are', async () => {
    const error = await errorOf(() => fromJson({ ...acme, ['x'.repeat(1_000_000)]: 1 }))
    expect(error.message.length).toBeLessThan(1100)
  })

  test('a parameter that the library sends is refused for one grant, too', async () => {
    const grants = { refresh_token: { parameters: { client_id: 'evil' } } }
    expect((await errorOf(() => fromJson({ ...acme, grants }))).message).toContain(
      '"client_id" is a reserved parameter',
    )
  })
})
