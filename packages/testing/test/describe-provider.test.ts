import { inspect } from 'node:util'
import type { ProviderDefinition, RedirectUriRules } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { describeProvider, type ProviderCheck, providerChecks } from '../src/describe-provider.ts'
import { acme, endpoints, freeze, page, sound } from './sound-presets.ts'

for (const preset of sound) describeProvider(freeze(preset))

const metadata = (changes: object): object => ({ metadata: { ...acme.metadata, ...changes } })
const sources = (url: string, read: string): object => ({ sources: [...acme.sources!, { url, read }] })

/** What can be wrong with a preset: the check that has to see it, the change that makes it so, and what the check says. */
const broken: readonly (readonly [check: string, change: object, message: RegExp])[] = [
  ['its name is a kebab-case word', { name: 'Acme Inc.' }, /Acme Inc\./],
  ['its name is a kebab-case word', { name: 'acme_login' }, /acme_login/],
  ['it survives JSON without loss', { name: undefined }, /name/],
  ['it survives JSON without loss', { pkce: () => 'required' }, /pkce/],
  ['it survives JSON without loss', { refreshToken: { absoluteLifetime: Infinity } }, /absoluteLifetime/],
  ['a provider takes it as it is, with a client that has a secret', metadata({ token_endpoint: '' }), /token_endpoint/],
  [
    'a provider takes it as it is, with a client that has a secret',
    metadata({ token_endpoint_auth_methods_supported: ['private_key_jwt'] }),
    /takes no client secret/,
  ],
  ['every endpoint is an https URL', metadata({ token_endpoint: 'http://127.0.0.1/token' }), /token_endpoint/],
  ['every endpoint is an https URL', metadata({ jwks_uri: 'http://id.acme.example/keys' }), /jwks_uri/],
  ['every endpoint is an https URL', metadata({ issuer: 'https://{tenant}.acme.example' }), /issuer/],
  [
    'every endpoint is an https URL',
    metadata({ mtls_endpoint_aliases: { token_endpoint: 'http://mtls.acme.example/token' } }),
    /mtls/,
  ],
  [
    'every scope is a scope token with a description',
    { scopes: { 'read write': { description: 'All.' } } },
    /read write/,
  ],
  ['every scope is a scope token with a description', { scopes: { read: { description: '' } } }, /description of read/],
  [
    'every scope is a scope token with a description',
    { scopes: { read: { description: 'Read. ' } } },
    /description of read/,
  ],
  ['every fact has an https page and the day on which it was read', { sources: undefined }, /sources/],
  [
    'every fact has an https page and the day on which it was read',
    sources('http://a.example', '2026-01-01'),
    /a\.example/,
  ],
  ['every fact has an https page and the day on which it was read', sources(page, '2999-01-01'), /2999-01-01/],
  ['every fact has an https page and the day on which it was read', sources(page, '2026-02-30'), /2026-02-30/],
  ['every fact has an https page and the day on which it was read', sources(page, '1 May 2026'), /1 May 2026/],
  ['every fact has an https page and the day on which it was read', sources(page, '1999-12-31'), /1999-12-31/],
  [
    'every fact has an https page and the day on which it was read',
    { refreshToken: { source: 'https://docs.acme.example/tokens' } },
    /the page of refreshToken/,
  ],
  ['its API origins are https origins', { apiOrigins: ['https://api.acme.example/v1'] }, /v1/],
  ['its API origins are https origins', { apiOrigins: ['http://127.0.0.1:80'] }, /127/],
  ['its API origins are https origins', { apiOrigins: ['https://a.example', 'https://a.example'] }, /apiOrigins/],
  ['its refresh tokens have plausible lives, in seconds', { refreshToken: { absoluteLifetime: 0 } }, /0/],
  [
    'its refresh tokens have plausible lives, in seconds',
    { refreshToken: { idleLifetime: 15_552_000_000 } },
    /15552000000/,
  ],
  [
    'its refresh tokens have plausible lives, in seconds',
    { refreshToken: { idleLifetime: 2, absoluteLifetime: 1 } },
    /2/,
  ],
  ['its refresh tokens have plausible lives, in seconds', { refreshToken: { rotation: 'seldom' } }, /seldom/],
  [
    'an https redirect URI is taken; plain http, a fragment and a relative one are not',
    metadata({ token_endpoint: undefined }),
    /token_endpoint/,
  ],
  [
    'its rules about redirect URIs are known ones',
    { redirectUri: { localhost: 'forbidden', source: page } },
    /forbidden/,
  ],
  [
    'its rules about redirect URIs are known ones',
    { redirectUri: { localhots: 'refused', source: page } },
    /localhots/,
  ],
  ['its rules about redirect URIs are known ones', { redirectUri: { localhost: 'refused' } }, /documented/],
  [
    'its own parameters are free ones: none that the protocol sends',
    { parameters: { authorization: { state: 'x' } } },
    /state/,
  ],
  [
    'its own parameters are free ones: none that the protocol sends',
    { parameters: { token: { client_secret: 'x' } } },
    /client_secret/,
  ],
  ['its own parameters are free ones: none that the protocol sends', { parameters: { token: { tenant: '' } } }, /\\S/],
  [
    'its own parameters are free ones: none that the protocol sends',
    { metadata: { token_endpoint: endpoints.token_endpoint } },
    /where there is none/,
  ],
  [
    'the authorization URL has the parameters of the protocol and those of the preset, and no other',
    { parameters: { authorization: { response_type: 'token' } } },
    /response_type/,
  ],
  [
    'PKCE goes along, unless the preset says that the provider refuses it',
    metadata({ code_challenge_methods_supported: ['plain'] }),
    /supports no S256/,
  ],
  ['PKCE goes along, unless the preset says that the provider refuses it', { pkce: 'refused' }, /what is refused/],
  ['PKCE goes along, unless the preset says that the provider refuses it', { pkce: 'optional' }, /optional/],
  ['a user logs in', { parameters: { token: { code: 'x' } } }, /code/],
  ['a user logs in', { clientAuthentication: { method: 'client_secret_jwt' } }, /write "client_secret_basic" or/],
  [
    'a token is refreshed, whether or not the refresh token changes, and its last day stays',
    { parameters: { token: { refresh_token: 'x' } } },
    /refresh_token/,
  ],
  ['the client gets a token of its own', { parameters: { token: { scope: 'x' } } }, /scope/],
]

/** Rules that the library would not follow: what a preset says of redirect URIs, and what is done. */
const unheeded: readonly (readonly [check: string, said: RedirectUriRules, done: RedirectUriRules])[] = [
  ['http on a loopback literal is taken, unless its rules refuse it in favour of https', { loopback: 'refused' }, {}],
  ['http on a loopback literal is taken, unless its rules refuse it in favour of https', {}, { loopback: 'refused' }],
  ['localhost is taken, unless its rules refuse it in favour of a literal', { localhost: 'refused' }, {}],
  ['localhost is taken, unless its rules refuse it in favour of a literal', { loopback: 'refused' }, {}],
  ['localhost is taken, unless its rules refuse it in favour of a literal', {}, { localhost: 'refused' }],
  [
    'a custom scheme is taken, unless its rules refuse or discourage it in favour of https',
    { customScheme: 'refused' },
    {},
  ],
  [
    'a custom scheme is taken, unless its rules refuse or discourage it in favour of https',
    { customScheme: 'discouraged' },
    {},
  ],
  [
    'a custom scheme is taken, unless its rules refuse or discourage it in favour of https',
    {},
    { customScheme: 'discouraged' },
  ],
]

const revocable = metadata({ revocation_endpoint: 'https://id.acme.example/revoke' })
const keys = { jwks_uri: 'https://id.acme.example/keys' }

/** What a preset can be wrong about: the check that has to see it, what the preset says, and what its provider does. */
const mistaken: readonly (readonly [check: string, said: object, done: object])[] = [
  [
    'a token has the scopes that were granted, not those that were asked for',
    {},
    { tokenResponse: { scopeArray: true } },
  ],
  ['a user of an app without a secret logs in', {}, { clientAuthentication: { withoutSecret: 'client_secret_basic' } }],
  ['a user who refuses is refused', {}, { callback: { renamed: { error: 'reason' } } }],
  [
    'with openid in the scope, the ID token says who the user is',
    metadata(keys),
    metadata({ ...keys, issuer: 'https://id.other.example', authorization_response_iss_parameter_supported: false }),
  ],
  ['a refresh token that is dead asks for another login', {}, { tokenResponse: { error: { code: 'message' } } }],
  ['a token is revoked', revocable, { ...revocable, revocation: { statuses: [204] } }],
  ['each deviation that it declares is used, and each use is an event', { tokenResponse: { envelope: 'data' } }, {}],
]

describe('a broken preset fails', () => {
  test.each(mistaken)('%s: said %o, done %o', async (name, said, done) => {
    const preset: ProviderDefinition = { ...acme, ...said }
    const simulated: ProviderDefinition = { ...acme, ...done }
    expect(find(name).applies?.(preset) ?? true).toBe(true)
    await expect(find(name).check(preset, { simulated })).rejects.toThrow()
    await expect(find(name).check(preset, {})).resolves.toBeUndefined()
  })

  test.each(broken)('%s: %o', async (name, change, message) => {
    const preset = { ...acme, ...change } as ProviderDefinition
    expect(find(name).applies?.(preset) ?? true).toBe(true)
    expect(await failureOf(find(name), preset)).toMatch(message)
  })

  test.each(unheeded)('%s: said %o, done %o', async (name, said, done) => {
    let reads = 0
    const preset = { ...acme, redirectUri: said }
    Object.defineProperty(preset, 'redirectUri', { enumerable: true, get: () => (reads++ === 0 ? said : done) })
    expect(await failureOf(find(name), preset)).toMatch(/127\.0\.0\.1|localhost|com\.example\.app|https/)
  })

  test('and every check has failed for at least one', () => {
    const failed = new Set([...broken, ...unheeded, ...mistaken].map(([name]) => name))
    expect(failed).toEqual(new Set(providerChecks.map(({ name }) => name)))
  })
})

function find(name: string): ProviderCheck {
  const check = providerChecks.find((candidate) => candidate.name === name)
  if (!check) throw new Error(`no check is called "${name}"`)
  return check
}

/** What a failed check says, with the values that it compared. */
async function failureOf({ check }: ProviderCheck, preset: ProviderDefinition): Promise<string> {
  try {
    await check(preset, {})
  } catch (error) {
    const { message, actual, expected } = error as Error & { actual?: unknown; expected?: unknown }
    return [message, inspect(actual), inspect(expected)].join('\n')
  }
  throw new Error('the check passed')
}
