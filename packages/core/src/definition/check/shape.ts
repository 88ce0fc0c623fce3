/**
 * What a field of a definition holds: a kind, one of some values, or fields of its own. `*` stands for names that the
 * author chooses; a name with `!` has to be there.
 */
export type Shape =
  | 'string'
  | 'number'
  | 'strings'
  | 'numbers'
  | 'values'
  | 'map'
  | 'object'
  | 'function'
  | readonly (string | number | boolean)[]
  | { readonly [field: string]: Shape }

const source = 'string'
const method = ['client_secret_basic', 'client_secret_post', 'none'] as const
const lifetime = { format: ['milliseconds', 'epoch_seconds', 'epoch_milliseconds', 'date'] } as const
const authorization = { renamed: 'map', omitted: 'strings', source } as const
const request = { ...authorization, encoding: ['json', 'query'], headers: 'map' } as const
const grant = { ...request, endpoint: 'string', parameters: 'map' } as const
const string = 'string'
const apiError = {
  'status!': 'number',
  body: ['json', 'text'],
  reason: string,
  path: string,
  code: ['api_error', 'rate_limited', 'reauthorization_required', 'scope_insufficient'],
  action: ['reauthorize', 'retry', 'fix_configuration', 'report', 'none'],
  'message!': string,
  source,
} as const

/**
 * Every field of a `ProviderDefinition`, for what comes as JSON. A test keeps it in step with the types, and
 * `provider.schema.json` with it.
 */
export const definitionShape = {
  $schema: string,
  'name!': string,
  'metadata!': 'object',
  scopes: { '*': { 'description!': string, source } },
  apiOrigins: 'strings',
  redirectUri: {
    localhost: ['allowed', 'refused'],
    customScheme: ['allowed', 'discouraged', 'refused'],
    loopback: ['allowed', 'refused'],
    paths: ['exact', 'below'],
    hint: string,
    source,
  },
  clientAuthentication: {
    method,
    basicEncoding: ['form', 'raw'],
    basicUsername: ['client_id', 'client_secret'],
    withoutSecret: ['none', 'client_secret_basic'],
    secretJwt: { 'algorithm!': ['ES256', 'RS256'], 'audience!': string },
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
  scopeSeparator: string,
  authorizationRequest: { ...authorization, space: ['%20'], fragment: string, codeChallenge: ['hex'] },
  callback: { renamed: 'map', kept: 'strings', tokenHost: { 'parameter!': string, 'hosts!': 'strings' }, source },
  tokenRequest: { ...request, method: ['GET'] },
  grants: { '*': { ...grant, method: ['GET', 'POST'], grantType: string, authentication: method } },
  tokenResponse: {
    tokenType: ['Bearer'],
    formEncoded: [true],
    statuses: 'numbers',
    envelope: string,
    members: members('string'),
    absent: members('values'),
    scopeSeparator: string,
    scopeArray: [true],
    expiresIn: { ...lifetime, default: 'number' },
    refreshExpiresIn: lifetime,
    error: { status: [200], code: string, description: string, success: 'values', codes: 'map' },
    source,
  },
  idToken: { issuer: string, authTime: ['login', 'last_sign_in'], nonce: ['absent'], source },
  revocation: {
    ...grant,
    method: ['GET', 'DELETE'],
    authentication: [...method, 'bearer'],
    statuses: 'numbers',
    tokens: ['both', 'either', 'access_token'],
  },
  api: {
    token: { header: string, scheme: string },
    headers: 'map',
    rateLimit: {
      'reset!': string,
      format: ['seconds', 'epoch_seconds', 'epoch_milliseconds', 'date'],
      remaining: string,
      statuses: 'numbers',
    },
    errors: { '[]': apiError },
    origin: { 'member!': string, 'domains!': 'strings' },
    source,
  },
  hooks: { request: 'function', response: 'function', callback: 'function' },
  variables: { '*': { description: string, example: string, 'pattern!': string, hostSuffix: string } },
  sources: { '[]': { 'url!': string, 'read!': string } },
} as const satisfies Shape

/** The fields of a token response, each with the same kind of value. */
function members<Kind extends 'string' | 'values'>(kind: Kind) {
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
