import { GrantError, type RequiredScope } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import { pickRedirectUri } from '../definition/check/redirect-uri.ts'
import { checkExtra, reservedInAuthorization } from '../definition/check/parameters.ts'
import type { RequestValues } from '../wire/form.ts'
import type { GrantPort } from '../protocol/port.ts'
import { checkScope } from '../token/scope.ts'
import { generateState } from './random.ts'
import { checkResource } from './resource.ts'
import { type Transaction, transactionLifetime } from './transaction.ts'

/** What a login may be begun with. */
export interface AuthorizationOptions<Scope extends string = string> {
  /** The scopes to request (RFC 6749 §3.3). With `openid`, OpenID Connect applies. */
  readonly scope?: readonly (Scope | RequiredScope)[] | undefined
  /** One of the registered redirect URIs; the first unless given. On a loopback literal any port will do. */
  readonly redirectUri?: string | undefined
  /** The resource, or resources, that the token is for (RFC 8707 §2). */
  readonly resource?: string | readonly string[] | undefined
  /** How the user has to log in, the best first (`acr_values`, OpenID Connect Core §3.1.2.1). */
  readonly acrValues?: readonly string[] | undefined
  /** The most seconds since the user last proved who they are: with the scope `openid`, the ID token has to show it (OpenID Connect Core §3.1.2.1). */
  readonly maxAge?: number | undefined
  /** Further parameters of the authorization URL, such as `prompt` or `login_hint`. */
  readonly parameters?: RequestValues | undefined
  /** A state of your own, printable ASCII; a random one unless given. */
  readonly state?: string | undefined
}

/** The URL to redirect the user to, and the transaction to store until the callback. */
export interface AuthorizationRequest {
  /** The URL to redirect the user to. */
  readonly url: URL
  /** The login under way: plain JSON for the user's session. */
  readonly transaction: Transaction
}

/** What the code will be redeemed with (RFC 7636 §4.1 and §4.2). */
interface Proof {
  readonly codeVerifier?: string
  readonly codeChallenge?: string
}

/** Builds an authorization request (RFC 6749 §4.1.1) and its transaction. Rejects with `config_invalid`. */
export async function authorizationRequest(
  port: GrantPort,
  options: AuthorizationOptions,
  { codeVerifier, codeChallenge }: Proof,
): Promise<AuthorizationRequest> {
  const { provider, client, clock } = port
  refuseUnknownFields(options, authorizeOptions)
  const extra = options.parameters && checkExtra(options.parameters, reservedInAuthorization)
  const maxAge = checkMaxAge(options.maxAge ?? extra?.['max_age'])
  const now = clock.now()
  const { issuer } = provider.metadata
  const asked = checkResource(options.resource)
  const transaction: Transaction = {
    state: options.state === undefined ? generateState() : checkState(options.state),
    ...(codeVerifier !== undefined && { codeVerifier }),
    redirectUri: pickRedirectUri(client.redirectUris, options.redirectUri, provider.redirectUri),
    scope: checkScope(options.scope),
    ...(asked !== undefined && { resource: asked }),
    provider: provider.name,
    ...(issuer !== undefined && { issuer }),
    createdAt: now,
    expiresAt: now + transactionLifetime,
    ...openid(port, options, maxAge),
  }
  const { redirectUri, scope, state, nonce, resource } = transaction
  const own: RequestValues = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    scope: scope.join(' '),
    state,
    nonce,
    resource,
    acr_values: checkAcrValues(options.acrValues) ?? extra?.['acr_values'],
    max_age: maxAge === undefined ? undefined : String(maxAge),
    code_challenge: codeChallenge,
    code_challenge_method: codeChallenge === undefined ? undefined : 'S256',
  }
  return { url: await port.authorizationUrl({ ...extra, ...own }), transaction }
}

/** The fields of {@link AuthorizationOptions}. */
export const authorizationFields = [
  'scope',
  'redirectUri',
  'resource',
  'acrValues',
  'maxAge',
  'parameters',
  'state',
] as const satisfies readonly (keyof AuthorizationOptions)[]

const authorizeOptions = {
  what: 'the options of authorize',
  fields: authorizationFields,
  instead: { codeVerifier: 'use provider.grant(Pkce)', codeChallenge: 'use provider.grant(Pkce)' },
}

/** With `openid` in the scope, a nonce binds the ID token to this login, and a promised `max_age` has to be kept. */
function openid(
  { provider }: GrantPort,
  { scope }: AuthorizationOptions,
  maxAge: number | undefined,
): { nonce?: string; maxAge?: number } | undefined {
  if (!scope?.includes('openid')) return undefined
  const { issuer, jwks_uri } = provider.metadata
  if (issuer === undefined || jwks_uri === undefined)
    throw new GrantError(
      'config_invalid',
      `the scope "openid" needs issuer and jwks_uri in the metadata of ${provider.name}: Provider.discover() finds both`,
    )
  return { nonce: generateState(), ...(maxAge !== undefined && { maxAge }) }
}

/** A list of strings without spaces, as one string (OpenID Connect Core §3.1.2.1). */
function checkAcrValues(acrValues: unknown): string | undefined {
  if (acrValues === undefined) return undefined
  if (Array.isArray(acrValues) && acrValues.every((item) => typeof item === 'string' && /^\S+$/.test(item)))
    return acrValues.join(' ')
  throw new GrantError('config_invalid', `acrValues is an array of strings without spaces: write ['gold']`)
}

function checkMaxAge(maxAge: unknown): number | undefined {
  if (maxAge === undefined) return undefined
  const isWritten = typeof maxAge === 'string' || typeof maxAge === 'number'
  if (isWritten && /^\d{1,10}$/.test(String(maxAge))) return Number(maxAge)
  throw new GrantError('config_invalid', 'maxAge is a number of seconds, such as 3600')
}

/** `1*VSCHAR` (RFC 6749 App. A.5). */
function checkState(state: unknown): string {
  if (typeof state === 'string' && /^[\u0020-\u007E]+$/.test(state)) return state
  throw new GrantError(
    'config_invalid',
    'a state of your own is printable ASCII and not empty: generateState() makes one',
  )
}
