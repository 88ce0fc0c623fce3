import { acme, endpoints, page } from './sound-presets.ts'

const metadata = (changes: object): object => ({ metadata: { ...acme.metadata, ...changes } })
const sources = (url: string, read: string): object => ({ sources: [...acme.sources!, { url, read }] })

const named = 'its name is in kebab case, optionally followed by the host of a tenant'
const kinds = 'every field is one that a definition has, with a value of its kind'
const offered = 'it offers OpenID Connect only with an issuer and a jwks_uri'
const listed = 'it describes only grants that its metadata lists'
const within = 'hosts from responses are limited to literal domains'

/** Broken presets: the check that has to fail, the change that breaks the preset, and the message of the check. */
export const broken: readonly (readonly [check: string, change: object, message: RegExp])[] = [
  [named, { name: 'Acme Inc.' }, /Acme Inc\./],
  [named, { name: 'acme_login' }, /acme_login/],
  [named, { name: 'id.acme.example' }, /id\.acme/],
  [named, { name: 'acme-{tenant}' }, /tenant/],
  [named, { name: 'acme-id.example?x' }, /x/],
  ['it survives JSON without loss', { name: undefined }, /name/],
  ['it survives JSON without loss', { pkce: () => 'required' }, /pkce/],
  ['it survives JSON without loss', { refreshToken: { absoluteLifetime: Infinity } }, /absoluteLifetime/],
  [kinds, { refreshTokn: {} }, /refreshTokn: .* write "refreshToken"/],
  [kinds, { scopes: { read: { descripton: 'Read.' } } }, /scopes\.read\.descripton/],
  [kinds, { api: { rateLimit: { remaining: 'x' } } }, /api\.rateLimit\.reset: it is missing/],
  [
    'a provider accepts it unchanged, with a client that has a secret',
    metadata({ token_endpoint: '' }),
    /token_endpoint/,
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
  ['every fact has an https source and the date on which it was read', { sources: undefined }, /sources/],
  [
    'every fact has an https source and the date on which it was read',
    sources('http://a.example', '2026-01-01'),
    /a\.example/,
  ],
  ['every fact has an https source and the date on which it was read', sources(page, '2999-01-01'), /2999-01-01/],
  ['every fact has an https source and the date on which it was read', sources(page, '2026-02-30'), /2026-02-30/],
  ['every fact has an https source and the date on which it was read', sources(page, '1 May 2026'), /1 May 2026/],
  ['every fact has an https source and the date on which it was read', sources(page, '1999-12-31'), /1999-12-31/],
  [
    'every fact has an https source and the date on which it was read',
    { refreshToken: { source: 'https://docs.acme.example/tokens' } },
    /the source of refreshToken/,
  ],
  ['its API origins are https origins', { apiOrigins: ['https://api.acme.example/v1'] }, /v1/],
  ['its API origins are https origins', { apiOrigins: ['http://127.0.0.1:80'] }, /127/],
  ['its API origins are https origins', { apiOrigins: ['http://*.api.acme.example'] }, /acme/],
  ['its API origins are https origins', { apiOrigins: ['https://a.example', 'https://a.example'] }, /apiOrigins/],
  ['its refresh tokens have plausible lifetimes in seconds', { refreshToken: { absoluteLifetime: 0 } }, /0/],
  [
    'its refresh tokens have plausible lifetimes in seconds',
    { refreshToken: { idleLifetime: 15_552_000_000 } },
    /15552000000/,
  ],
  [
    'its refresh tokens have plausible lifetimes in seconds',
    { refreshToken: { idleLifetime: 2, absoluteLifetime: 1 } },
    /2/,
  ],
  ['its refresh tokens have plausible lifetimes in seconds', { refreshToken: { rotation: 'seldom' } }, /seldom/],
  [offered, metadata({ jwks_uri: undefined }), /jwks_uri/],
  [offered, metadata({ issuer: undefined }), /issuer/],
  [offered, { metadata: { ...endpoints, scopes_supported: ['openid'] }, scopes: undefined }, /issuer/],
  [offered, { metadata: endpoints, scopes: undefined, idToken: { issuer: 'https://{tid}.acme.example' } }, /issuer/],
  [listed, metadata({ grant_types_supported: ['authorization_code'] }), /refreshToken needs refresh_token/],
  [listed, metadata({ grant_types_supported: ['refresh_token'] }), /authorization_endpoint needs authorization_code/],
  [
    listed,
    {
      ...metadata({ grant_types_supported: ['authorization_code', 'refresh_token'] }),
      grants: { client_credentials: { encoding: 'json' } },
    },
    /grants\.client_credentials needs client_credentials/,
  ],
  ['it describes revocation only with an endpoint', { revocation: { statuses: [204] } }, /revocation_endpoint/],
  [within, { api: { origin: { member: 'host', domains: ['com'] } } }, /com/],
  [within, { api: { origin: { member: 'host', domains: [] } } }, /domains/],
  [within, { api: { origin: { member: 'host', domains: ['*.acme.example'] } } }, /acme/],
  [within, { callback: { tokenHost: { parameter: 'host', hosts: ['https://id.acme.example'] } } }, /acme/],
  ['with openid in the scope, the ID token says who the user is', metadata({ jwks_uri: undefined }), /jwks_uri/],
  ['a user logs in with every scope that it offers', metadata({ jwks_uri: undefined }), /jwks_uri/],
  [
    'a user logs in with every scope that it offers',
    { metadata: { ...endpoints, scopes_supported: ['openid'] }, scopes: undefined },
    /jwks_uri/,
  ],
  [
    'an https redirect URI is accepted; plain http, a fragment and a relative URI are refused',
    metadata({ token_endpoint: undefined }),
    /token_endpoint/,
  ],
  ['its redirect URI rules are valid', { redirectUri: { localhost: 'forbidden', source: page } }, /forbidden/],
  ['its redirect URI rules are valid', { redirectUri: { localhots: 'refused', source: page } }, /localhots/],
  ['its redirect URI rules are valid', { redirectUri: { localhost: 'refused' } }, /the source of the rules/],
  ['its redirect URI rules are valid', { redirectUri: { paths: 'any', source: page } }, /paths/],
  [
    'its fixed parameters are not parameters of the protocol',
    { parameters: { authorization: { state: 'x' } } },
    /state/,
  ],
  [
    'its fixed parameters are not parameters of the protocol',
    { parameters: { token: { client_secret: 'x' } } },
    /client_secret/,
  ],
  ['its fixed parameters are not parameters of the protocol', { parameters: { token: { tenant: '' } } }, /\\S/],
  [
    'its fixed parameters are not parameters of the protocol',
    { metadata: { token_endpoint: endpoints.token_endpoint } },
    /a provider without a login/,
  ],
  [
    'the authorization URL has the parameters of the protocol and of the preset, and no others',
    { parameters: { authorization: { response_type: 'token' } } },
    /response_type/,
  ],
  [
    'PKCE is used, unless the preset says that the provider refuses it',
    metadata({ code_challenge_methods_supported: ['plain'] }),
    /does not support the S256/,
  ],
  [
    'PKCE is used, unless the preset says that the provider refuses it',
    { pkce: 'refused' },
    /the PKCE methods in the metadata/,
  ],
  ['PKCE is used, unless the preset says that the provider refuses it', { pkce: 'optional' }, /optional/],
  ['a user logs in', { parameters: { token: { code: 'x' } } }, /code/],
  [
    'a user logs in',
    { clientAuthentication: { method: 'client_secret' } },
    /"client_secret" is not a valid authentication/,
  ],
  [
    'a token is refreshed, whether or not the refresh token changes, and the grant expires on the same day',
    { parameters: { token: { refresh_token: 'x' } } },
    /refresh_token/,
  ],
  ['the client gets a token of its own', { parameters: { token: { scope: 'x' } } }, /scope/],
]
