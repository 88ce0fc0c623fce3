/**
 * What a field of a definition holds: a kind, one of some values, or fields of its own. `*` stands for names that the
 * author chooses; a name with `!` has to be there.
 */
export type Shape =
  | 'text'
  | 'number'
  | 'texts'
  | 'numbers'
  | 'values'
  | 'map'
  | 'object'
  | 'function'
  | readonly (string | number | boolean)[]
  | { readonly [field: string]: Shape }

const source = 'text'
const method = ['client_secret_basic', 'client_secret_post', 'none'] as const
const lifetime = { format: ['milliseconds', 'epoch_seconds', 'epoch_milliseconds', 'date'] } as const
const authorization = { renamed: 'map', omitted: 'texts', source } as const
const request = { ...authorization, encoding: ['json', 'query'], headers: 'map' } as const
const grant = { ...request, endpoint: 'text', parameters: 'map' } as const
const text = 'text'
const apiError = {
  'status!': 'number',
  body: ['json', 'text'],
  reason: text,
  path: text,
  code: ['api_error', 'rate_limited', 'reauthorization_required', 'scope_insufficient'],
  action: ['reauthorize', 'retry', 'fix_configuration', 'report', 'none'],
  'message!': text,
  source,
} as const

/**
 * Every field of a `ProviderDefinition`, for what comes as JSON. A test keeps it in step with the types, and
 * `provider.schema.json` with it.
 */
export const definitionShape = {
  $schema: text,
  'name!': text,
  'metadata!': 'object',
  scopes: { '*': { 'description!': text, source } },
  apiOrigins: 'texts',
  redirectUri: {
    localhost: ['allowed', 'refused'],
    customScheme: ['allowed', 'discouraged', 'refused'],
    loopback: ['allowed', 'refused'],
    paths: ['exact', 'below'],
    hint: text,
    source,
  },
  clientAuthentication: {
    method,
    basicEncoding: ['form', 'raw'],
    basicUsername: ['client_id', 'client_secret'],
    withoutSecret: ['none', 'client_secret_basic'],
    secretJwt: { 'algorithm!': ['ES256', 'RS256'], 'audience!': text },
    source,
  },
  pkce: ['required', 'supported', 'refused'],
  refreshToken: {
    rotation: ['always', 'sometimes', 'never'],
    absoluteLifetime: 'number',
    idleLifetime: 'number',
    source,
  },
  parameters: { authorization: 'map', token: 'map' },
  scopeSeparator: text,
  authorizationRequest: { ...authorization, space: ['%20'], fragment: text, codeChallenge: ['hex'] },
  callback: { renamed: 'map', kept: 'texts', tokenHost: { 'parameter!': text, 'hosts!': 'texts' }, source },
  tokenRequest: { ...request, method: ['GET'] },
  grants: { '*': { ...grant, method: ['GET', 'POST'], grantType: text, authentication: method } },
  tokenResponse: {
    tokenType: ['Bearer'],
    formEncoded: [true],
    statuses: 'numbers',
    envelope: text,
    members: members('text'),
    absent: members('values'),
    scopeSeparator: text,
    scopeArray: [true],
    expiresIn: { ...lifetime, default: 'number' },
    refreshExpiresIn: lifetime,
    error: { status: [200], code: text, description: text, success: 'values', codes: 'map' },
    source,
  },
  idToken: { issuer: text, authTime: ['login', 'last_sign_in'], source },
  revocation: {
    ...grant,
    method: ['GET', 'DELETE'],
    authentication: [...method, 'bearer'],
    statuses: 'numbers',
    tokens: ['both', 'either', 'access_token'],
  },
  api: {
    token: { header: text, scheme: text },
    headers: 'map',
    rateLimit: {
      'reset!': text,
      format: ['seconds', 'epoch_seconds', 'epoch_milliseconds', 'date'],
      remaining: text,
      statuses: 'numbers',
    },
    errors: { '[]': apiError },
    origin: { 'member!': text, 'domains!': 'texts' },
    source,
  },
  hooks: { request: 'function', response: 'function', callback: 'function' },
  variables: { '*': { description: text, example: text, 'pattern!': text, hostSuffix: text } },
  sources: { '[]': { 'url!': text, 'read!': text } },
} as const satisfies Shape

/** The members of a token answer, each with the same kind of value. */
function members<Kind extends 'text' | 'values'>(kind: Kind) {
  return {
    access_token: kind,
    token_type: kind,
    expires_in: kind,
    refresh_token: kind,
    refresh_token_expires_in: kind,
    scope: kind,
    id_token: kind,
  } as const
}
