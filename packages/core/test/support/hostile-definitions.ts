import type { ProviderDefinition } from '@grantkit/core'
import { definitionShape } from '../../src/definition/check/shape.ts'
import { checkShape, type Shape } from '../../src/definition/check/kinds.ts'

const evil = 'https://evil.example/steal'

/** JSON of every kind, some of it with what an attacker would like to be read. */
const anything: readonly unknown[] = [
  null,
  true,
  7,
  '',
  evil,
  [],
  [null],
  [evil],
  [{}],
  { a: evil },
  { length: 1, 0: evil },
  { toString: evil, code: null, access_token: [7], refresh_token: { endpoint: [evil] }, Authorization: evil },
  JSON.parse(`{"__proto__":{"endpoint":"${evil}","hosts":["evil.example"],"toString":null}}`),
]

/** A definition in which every field holds something. */
export const everything: ProviderDefinition = {
  $schema: './provider.schema.json',
  name: 'acme',
  metadata: {
    issuer: 'https://id.acme.example',
    authorization_endpoint: 'https://id.acme.example/authorize',
    token_endpoint: 'https://id.acme.example/token',
    jwks_uri: 'https://id.acme.example/keys',
    revocation_endpoint: 'https://id.acme.example/revoke',
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: false,
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['read', 'write'],
  },
  scopes: { read: { description: 'Read.', source: 'https://docs.acme.example' } },
  defaultScope: ['read'],
  apiOrigins: ['https://api.acme.example'],
  redirectUri: {
    localhost: 'refused',
    customScheme: 'discouraged',
    loopback: 'allowed',
    paths: 'below',
    hint: 'compare',
    source: 'x',
  },
  clientAuthentication: {
    method: 'client_secret_basic',
    basicEncoding: 'raw',
    basicUsername: 'client_id',
    withoutSecret: 'none',
    source: 'x',
  },
  pkce: 'required',
  refreshToken: { rotation: 'always', absoluteLifetime: 9999, idleLifetime: 999, source: 'x' },
  parameters: { authorization: { access_type: 'offline' }, token: { audience: 'acme' } },
  scopeSeparator: ',',
  authorizationRequest: {
    renamed: { client_id: 'app' },
    omitted: ['response_type'],
    space: '%20',
    fragment: 'top',
    codeChallenge: 'hex',
    source: 'x',
  },
  callback: {
    renamed: { code: 'auth_code' },
    kept: ['realm'],
    tokenHost: { parameter: 'host', hosts: ['id.acme.example', 'eu.acme.example'] },
    source: 'x',
  },
  tokenRequest: {
    encoding: 'json',
    headers: { 'acme-version': '1' },
    renamed: { client_id: 'app' },
    omitted: ['grant_type'],
    source: 'x',
  },
  grants: {
    refresh_token: {
      encoding: 'query',
      headers: { 'acme-version': '2' },
      renamed: { refresh_token: 'token' },
      omitted: ['scope'],
      source: 'x',
      method: 'POST',
      endpoint: 'https://id.acme.example/refresh',
      grantType: 'again',
      authentication: 'client_secret_post',
      parameters: { type: 'refresh' },
    },
  },
  tokenResponse: {
    tokenType: 'Bearer',
    formEncoded: true,
    statuses: [201],
    envelope: 'data',
    members: { access_token: 'user.token' },
    absent: { scope: [null], expires_in: [0] },
    scopeSeparator: ',',
    scopeArray: true,
    expiresIn: { format: 'milliseconds', default: 60 },
    refreshExpiresIn: { format: 'epoch_seconds' },
    error: { status: 200, code: 'error', description: 'message', success: [0], codes: { gone: 'invalid_grant' } },
    source: 'x',
  },
  idToken: { issuer: 'https://id.acme.example/{tid}', authTime: 'last_sign_in', nonce: 'missing', source: 'x' },
  revocation: {
    endpoint: 'https://id.acme.example/{client_id}/revoke',
    parameters: { action: 'revoke' },
    encoding: 'json',
    headers: { 'acme-version': '3' },
    renamed: { token: 'access_token' },
    omitted: ['token_type_hint'],
    source: 'x',
    authentication: 'bearer',
    statuses: [204],
    tokens: 'both',
  },
  api: {
    token: { header: 'x-acme-token', scheme: 'Acme' },
    headers: { 'client-id': '{client_id}' },
    rateLimit: { reset: 'x-reset', format: 'epoch_seconds', remaining: 'x-remaining', statuses: [403] },
    errors: [
      {
        status: 403,
        body: 'json',
        reason: 'QUOTA',
        path: 'error.reason',
        code: 'rate_limited',
        action: 'retry',
        message: 'busy',
        source: 'x',
      },
    ],
    origin: { member: 'instance', domains: ['acme.example'] },
    source: 'x',
  },
  sources: [{ url: 'https://docs.acme.example', read: '2026-11-21' }],
  unverified: [{ fact: 'pkce', settles: 'a login with PKCE' }],
}

type Path = readonly string[]

/** Every place of the shape, by its path; a name that an author chooses is one that `everything` has. */
function places(shape: Shape, value: unknown, path: Path): readonly (readonly [Path, Shape])[] {
  if (typeof shape !== 'object' || Array.isArray(shape)) return [[path, shape]]
  const inside = Object.entries(shape as Readonly<Record<string, Shape>>).flatMap(([written, field]) => {
    const name = written.replace('!', '')
    const chosen = name === '*' || name === '[]' ? (Object.keys(Object(value))[0] ?? '0') : name
    return places(field, (value as Readonly<Record<string, unknown>> | undefined)?.[chosen], [...path, chosen])
  })
  return [[path, shape], ...inside]
}

/** JSON with something else in one place. */
export function withValue(whole: unknown, [name, ...rest]: Path, value: unknown): unknown {
  if (name === undefined) return value
  if (Array.isArray(whole))
    return whole.map((item, index) => (String(index) === name ? withValue(item, rest, value) : item))
  return {
    ...(whole as object),
    [name]: withValue((whole as Readonly<Record<string, unknown>> | undefined)?.[name], rest, value),
  }
}

/** Whether a value is what a shape says. */
function fits(value: unknown, shape: Shape): boolean {
  try {
    checkShape(value, shape)
    return true
  } catch {
    return false
  }
}

/** Every field of a definition with every value of a wrong kind; undefined where it has to be there. */
export const wrongKinds: readonly { readonly path: Path; readonly value: unknown }[] = places(
  definitionShape,
  everything,
  [],
).flatMap(([path, shape]) => {
  const missing = typeof shape === 'object' ? Object.keys(shape).filter((name) => name.endsWith('!')) : []
  const wrong = anything.filter((value) => !fits(value, shape)).map((value) => ({ path, value }))
  return wrong.concat(missing.map((name) => ({ path: path.concat(name.replace('!', '')), value: undefined })))
})
