import type { ProviderDefinition, ProviderHooks } from '@grantkit/core'
import type { SimulatedHooks } from '../src/simulated-provider.ts'

const page = 'https://docs.acme.example/oauth'
const sources = [{ url: page, read: '2026-11-20' }]
const metadata = {
  authorization_endpoint: 'https://id.acme.example/oauth/authorize',
  token_endpoint: 'https://id.acme.example/oauth/token',
}

/** Deviating providers, each modelled on a real one; together they have every deviation that a definition supports. */
export const deviants: readonly ProviderDefinition[] = [
  {
    name: 'form-and-commas',
    metadata,
    clientAuthentication: { method: 'client_secret_post' },
    tokenResponse: {
      formEncoded: true,
      scopeSeparator: ',',
      error: { status: 200, codes: { bad_refresh: 'invalid_grant' } },
    },
    revocation: {
      endpoint: 'https://api.acme.example/applications/{client_id}/token',
      method: 'DELETE',
      encoding: 'json',
      authentication: 'client_secret_basic',
      renamed: { token: 'access_token' },
      omitted: ['token_type_hint'],
      headers: { 'acme-version': '2' },
      parameters: { why: 'gone' },
      statuses: [204],
      tokens: 'access_token',
    },
    sources,
  },
  {
    name: 'nested-user',
    metadata: { ...metadata, revocation_endpoint: 'https://api.acme.example/revoke' },
    pkce: 'refused',
    scopeSeparator: ',',
    authorizationRequest: { renamed: { scope: 'user_scope' }, space: '%20', fragment: 'acme_redirect' },
    parameters: { authorization: { title: 'two words' } },
    tokenResponse: {
      tokenType: 'Bearer',
      members: {
        access_token: 'authed_user.access_token',
        refresh_token: 'authed_user.refresh_token',
        scope: 'authed_user.scope',
        expires_in: 'authed_user.expires_in',
      },
      scopeSeparator: ',',
      error: { status: 200, code: 'err', description: 'why', codes: { invalid_refresh_token: 'invalid_grant' } },
    },
    revocation: { authentication: 'bearer', tokens: 'access_token' },
    sources,
  },
  {
    name: 'json-and-basic',
    metadata: {
      ...metadata,
      revocation_endpoint: 'https://id.acme.example/oauth/revoke',
      token_endpoint_auth_methods_supported: ['client_secret_post'], // which is not true
    },
    clientAuthentication: { method: 'client_secret_basic', basicEncoding: 'raw', withoutSecret: 'client_secret_basic' },
    tokenRequest: { encoding: 'json', headers: { 'acme-version': '2022-06-28' } },
    parameters: { token: { action: 'requesttoken' } },
    tokenResponse: {
      envelope: 'body',
      statuses: [201],
      scopeArray: true,
      expiresIn: { format: 'milliseconds' },
      error: { status: 200, code: 'status', description: 'error', success: [0], codes: { 293: 'invalid_grant' } },
    },
    revocation: { encoding: 'json', tokens: 'either' },
    sources,
  },
  {
    name: 'renamed-all-over',
    metadata: { ...metadata, revocation_endpoint: 'https://id.acme.example/oauth/revoke' },
    clientAuthentication: { method: 'client_secret_post' },
    authorizationRequest: { renamed: { client_id: 'client_key' }, codeChallenge: 'hex', omitted: ['response_type'] },
    callback: { renamed: { code: 'auth_code' }, kept: ['realmId'] },
    tokenRequest: { renamed: { client_id: 'client_key', client_secret: 'secret' } },
    grants: {
      authorization_code: { renamed: { client_id: 'client_key', client_secret: 'secret', code: 'auth_code' } },
      refresh_token: {
        endpoint: 'https://id.acme.example/oauth/refresh',
        authentication: 'client_secret_basic',
        grantType: 'again',
        parameters: { type: 'refresh' },
        headers: { 'x-acme': '1' },
      },
      client_credentials: { omitted: ['grant_type'], encoding: 'query' },
    },
    tokenResponse: {
      members: {
        refresh_token: 'refreshToken',
        refresh_token_expires_in: 'refresh_expires_in',
        expires_in: 'expiresAt',
      },
      expiresIn: { format: 'date' },
      refreshExpiresIn: { format: 'epoch_milliseconds' },
      absent: { scope: [null] },
    },
    revocation: { renamed: { client_id: 'client_key' }, authentication: 'none', method: 'GET' },
    sources,
  },
  {
    name: 'one-kind-of-token',
    metadata,
    clientAuthentication: { method: 'client_secret_post' },
    tokenRequest: { method: 'GET' },
    grants: {
      refresh_token: { grantType: 'ig_refresh_token', renamed: { refresh_token: 'access_token' }, method: 'POST' },
    },
    tokenResponse: {
      members: { refresh_token: 'access_token', expires_in: 'expires_at' },
      expiresIn: { format: 'epoch_seconds' },
    },
    sources,
  },
  {
    name: 'knows-no-end',
    metadata: { ...metadata, token_endpoint: 'https://id.acme.example/oauth/token?tenant=main' },
    clientAuthentication: { basicUsername: 'client_secret' },
    tokenResponse: { expiresIn: { default: 7200 }, absent: { refresh_token: [null, ''] } },
    refreshToken: { rotation: 'never' },
    sources,
  },
  {
    name: 'signed-secret',
    metadata: {
      ...metadata,
      issuer: 'https://id.acme.example/{tenantid}',
      jwks_uri: 'https://id.acme.example/keys',
      id_token_signing_alg_values_supported: ['ES256'],
    },
    clientAuthentication: {
      method: 'client_secret_post',
      secretJwt: { algorithm: 'ES256', audience: 'https://id.acme.example' },
    },
    parameters: { authorization: { response_mode: 'form_post' } },
    callback: { kept: ['user'] },
    idToken: { issuer: 'https://id.acme.example/{tid}' },
    sources,
  },
  {
    name: 'named-otherwise',
    metadata: {
      ...metadata,
      issuer: 'https://id.acme.example',
      jwks_uri: 'https://id.acme.example/keys',
      authorization_response_iss_parameter_supported: true,
    },
    authorizationRequest: { renamed: { code_challenge: 'challenge', state: 'custom' } },
    callback: { renamed: { state: 'custom' } },
    tokenRequest: { omitted: ['redirect_uri'], encoding: 'query' },
    tokenResponse: {
      members: { token_type: 'meta.kind', id_token: 'meta.jwt' },
      absent: { expires_in: [0, null] },
    },
    refreshToken: { idleLifetime: 3600, absoluteLifetime: 7200 },
    sources,
  },
  {
    name: 'signed-with-rsa',
    metadata,
    clientAuthentication: { secretJwt: { algorithm: 'RS256', audience: 'https://id.acme.example' } },
    sources,
  },
  {
    name: 'names-its-host',
    metadata,
    callback: { tokenHost: { parameter: 'host', hosts: ['id.acme.example'] } },
    sources,
  },
]

/** A provider whose hooks check a signature, and the provider's side of them. */
export const hooked: { readonly preset: ProviderDefinition; readonly hooks: SimulatedHooks } = {
  preset: {
    name: 'hooked',
    metadata,
    hooks: {
      request: ({ headers, body }) => headers.set('x-signature', String([...body.keys()].length)),
      response: ({ body }) => readXml(body),
      callback: ({ parameters, clientSecret = '' }) => {
        if (parameters.get('hmac') !== sum(parameters, clientSecret)) throw new Error('the signature is wrong')
      },
    } satisfies ProviderHooks,
    sources,
  },
  hooks: {
    request({ headers, parameters }) {
      if (headers['x-signature'] !== String([...parameters.keys()].length)) throw new Error('the signature is wrong')
    },
    response: (members) => ({ contentType: 'application/xml', body: writeXml(members) }),
    callback: (parameters, { clientSecret = '' }) => parameters.set('hmac', sum(parameters, clientSecret)),
  },
}

function sum(parameters: URLSearchParams, secret: string): string {
  const others = [...parameters].filter(([name]) => name !== 'hmac').map(([name, value]) => name + value)
  return `${others.toSorted().join('').length}-${secret.length}`
}

function writeXml(members: Readonly<Record<string, unknown>>): string {
  return `<answer>${Object.entries(members)
    .map(([name, value]) => `<${name}>${String(value)}</${name}>`)
    .join('')}</answer>`
}

function readXml(xml: string): Record<string, string> {
  return Object.fromEntries(
    [...xml.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, name = '', value = '']) => [name, value]),
  )
}
