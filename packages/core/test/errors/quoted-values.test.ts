import {
  AuthorizationCode,
  ClientCredentials,
  fillVariables,
  generatePkce,
  generateVerifier,
  Grant,
  GrantError,
  Pkce,
  Provider,
  Refresh,
  Token,
} from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { kindOf, quote, quoteUrl } from '../../src/errors/quote.ts'
import { metadata } from '../support/acme.ts'
import { errorOf } from '../support/scene.ts'

/** Values that a slip puts where a string belongs, and that may be secret: a PIN, an assertion, the bytes of a key. */
const misplaced: readonly (readonly [string, unknown, RegExp])[] = [
  ['a PIN', 470_811, /470_?811/],
  ['a PIN in an array', [470_811], /470_?811/],
  ['bytes', new TextEncoder().encode('canary'), /99,\s*97|"0":\s*99/],
  ['an assertion in an object', { assertion: 'canary-assertion' }, /canary/],
  ['an object in an array', [{ assertion: 'canary-assertion' }], /canary/],
  ['a map', new Map([['pin', 'canary']]), /canary/],
  ['a big number', 470_811n, /470_?811/],
  ['a function', () => 'canary', /canary/],
]

const fetch = (): never => expect.fail('nothing is sent')
const acme = { name: 'acme', metadata }
const client = { clientId: 'cid', clientSecret: 'canary-secret', redirectUri: 'https://app.example/cb' }
const make = (definition: object, registration: object = client, options: object = {}) =>
  new Provider({ ...acme, ...definition }, registration as never, { fetch, ...options })
const provider = make({})

class Custom extends Grant {
  static readonly grantType = 'urn:example:custom'
  requestToken(parameters: object): Promise<Token> {
    return this.tokenRequest(parameters as never)
  }
}

/** Every place of the public contract where a caller writes a value, and gets told when it is a wrong one. */
const places: Readonly<Record<string, (value: never) => unknown>> = {
  'a parameter of a custom grant': (value) => provider.grant(Custom).requestToken({ pin: value }),
  'a parameter of the caller': (value) =>
    provider.grant(ClientCredentials).requestToken({ parameters: { pin: value } }),
  'a parameter of an authorization': (value) => provider.grant(Pkce).authorize({ parameters: { pin: value } }),
  'a scope': (value) => provider.grant(ClientCredentials).requestToken({ scope: [value] }),
  'the scopes': (value) => provider.grant(ClientCredentials).requestToken({ scope: value }),
  'a resource': (value) => provider.grant(ClientCredentials).requestToken({ resource: [value] }),
  'a redirect URI': (value) => provider.grant(Pkce).authorize({ redirectUri: value }),
  'a code verifier': (value) => provider.grant(Pkce).authorize({ codeVerifier: value }),
  'a state': (value) => provider.grant(Pkce).authorize({ state: value }),
  'a code': (value) => provider.grant(AuthorizationCode).exchangeCode({ code: value }),
  'a refresh token': (value) => provider.grant(Refresh).requestToken(value),
  'what is revoked': (value) => provider.revoke(value),
  'a grant': (value) => provider.grant(value),
  'a client identifier': (value) => make({}, { clientId: value }),
  'a client secret': (value) => make({}, { clientId: 'cid', clientSecret: value }),
  'a registered redirect URI': (value) => make({}, { clientId: 'cid', redirectUri: [value] }),
  'an authentication': (value) => make({}, { ...client, authentication: [value] }),
  'an algorithm': (value) => make({}, { ...client, idTokenSigningAlgorithm: value }),
  'an issuer': (value) => Provider.discover(value, client, { fetch }),
  'an issuer in metadata': (value) => make({ metadata: { ...metadata, issuer: value } }),
  'an endpoint': (value) => make({ metadata: { ...metadata, token_endpoint: value } }),
  'a list in metadata': (value) => make({ metadata: { ...metadata, code_challenge_methods_supported: [value] } }),
  'an API origin': (value) => make({ apiOrigins: [value] }),
  'a field of a definition': (value) => make({ scopeSeparator: value }),
  'an enumerated field of a definition': (value) => make({ pkce: [value] }),
  'a parameter of a definition': (value) => make({ parameters: { token: { pin: value } } }),
  'a header of a definition': (value) => make({ tokenRequest: { headers: { 'x-key': value } } }),
  'a host for plain http': (value) => make({}, client, { httpHosts: [value] }),
  'a limit': (value) => make({}, client, { limits: { token: [value] } }),
  'a deadline': (value) => make({}, client, { timeout: [value] }),
  'a variable': (value) =>
    fillVariables({ ...acme, variables: { tenant: { pattern: '^[a-z]+$' } } }, { tenant: value }),
  'an access token': (value) => Token.from({ accessToken: value }),
  'the length of a verifier': (value) => generateVerifier([value] as never),
  'a verifier of a proof': (value) => generatePkce({ verifier: value }),
}

describe.each(Object.entries(places))('%s that is not a string is refused, and not quoted', (_, use) => {
  test.each(misplaced)('%s', async (_name, value, shown) => {
    const { code, message } = await refusal(() => use(value as never))
    expect(code).toMatch(/^(?:accepted|config_invalid|metadata_invalid|insecure_url|callback_invalid)$/)
    expect(message).not.toMatch(shown)
  })
})

/** How a value is refused; a function may be what was wanted. */
async function refusal(use: () => unknown): Promise<{ readonly code: string; readonly message: string }> {
  try {
    await use()
  } catch (error) {
    expect(error).toBeInstanceOf(GrantError)
    return error as GrantError
  }
  return { code: 'accepted', message: '' }
}

test('a value is quoted where it is a string, and else only its kind is told', () => {
  expect(quote('a"b')).toBe('"a\\"b"')
  expect(quote(undefined)).toBe('undefined')
  expect(quote(null)).toBe('null')
  expect([42, 42n, true, Symbol('x'), () => 1, {}, [], new Date()].map(kindOf)).toEqual([
    'a number',
    'a bigint',
    'a boolean',
    'a symbol',
    'a function',
    'an object',
    'an array',
    'an object',
  ])
})

test.each([
  ['https://user:canary@a.example/b?c=canary#d', '"https://a.example/b"'],
  ['user:canary@a.example:80', '"a.example:80"'],
  ['https://a.example/@b', '"https://a.example/@b"'],
  ['HTTPS://A.example', '"HTTPS://A.example"'],
  ['/b?canary', '"/b"'],
])('a URL is quoted as it was written, without user information and query: %s', (url, shown) => {
  expect(quoteUrl(url)).toBe(shown)
})

test('what a provider is called with is never a secret of another kind, either', async () => {
  for (const value of [client, { token: 'canary' }])
    expect((await errorOf(() => provider.grant(value as never))).message).not.toContain('canary')
})
