import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import { pickRedirectUri } from '../definition/check/redirect-uri.ts'
import { checkExtra, reservedInAuthorization } from '../definition/check/parameters.ts'
import type { RequestValues } from '../wire/form.ts'
import type { GrantPort } from '../protocol/port.ts'
import { refuseAborted } from '../transport/deadline.ts'
import { load } from '../transport/load.ts'
import { type AuthorizationOptions, authorizeOptions, type CheckedOptions, isUnusual } from './authorization-options.ts'
import { generateState } from './random.ts'
import { requestedScope } from './requested-scope.ts'
import { checkResource } from './resource.ts'
import { type Transaction, transactionLifetime } from './transaction.ts'
import type { UnusualParameters } from './unusual-parameters.ts'
import { wordList } from './word-list.ts'

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

/** Builds an authorization request (RFC 6749 §4.1.1) and its transaction. Rejects with `config_invalid`, and where the request is pushed with what the provider said. */
export async function authorizationRequest(
  port: GrantPort,
  options: AuthorizationOptions,
  { codeVerifier, codeChallenge }: Proof,
): Promise<AuthorizationRequest> {
  refuseUnknownFields(options, authorizeOptions)
  refuseAborted(options.signal)
  const extra = options.parameters && checkExtra(options.parameters, reservedInAuthorization)
  const asked = { ...options, scope: requestedScope(options.scope, port.provider) }
  const unusual = isUnusual(options) ? await unusualOf(asked, port) : undefined
  const maxAge = checkMaxAge(options.maxAge ?? extra?.['max_age'])
  const begun = begin(port, { ...asked, maxAge })
  const transaction = { ...begun, ...(codeVerifier !== undefined && { codeVerifier }), ...unusual?.kept }
  const { redirectUri, scope, state, nonce, resource } = transaction
  const own: RequestValues = {
    response_type: 'code',
    client_id: port.client.clientId,
    redirect_uri: redirectUri,
    scope: scope.join(' '),
    state,
    nonce,
    resource,
    acr_values: wordList('acrValues', options.acrValues, 'gold'),
    max_age: maxAge === undefined ? undefined : String(maxAge),
    code_challenge: codeChallenge,
    code_challenge_method: codeChallenge === undefined ? undefined : 'S256',
  }
  const { pushed, requestObject, signal } = options
  const parameters = { ...extra, ...defined(own), ...defined(unusual?.values) }
  return { url: await port.authorizationUrl(parameters, { pushed, requestObject, signal }), transaction }
}

async function unusualOf(options: CheckedOptions, port: GrantPort): Promise<UnusualParameters> {
  const { unusualParameters } = await load(() => import('./unusual-parameters.ts'))
  return unusualParameters(options, port)
}

function begin({ provider, client, clock }: GrantPort, options: CheckedOptions): Transaction {
  const now = clock.now()
  const { issuer } = provider.metadata
  const resource = checkResource(options.resource)
  return {
    state: options.state === undefined ? generateState() : checkState(options.state),
    redirectUri: pickRedirectUri(client.redirectUris, options.redirectUri, provider.redirectUri),
    scope: options.scope,
    ...(resource !== undefined && { resource }),
    provider: provider.name,
    ...(issuer !== undefined && { issuer }),
    createdAt: now,
    expiresAt: now + transactionLifetime,
    ...openid(provider, options),
  }
}

/** With `openid` in the scope, a nonce binds the ID token to this login, and what it promises of the authentication has to be kept. */
function openid(
  { name, metadata }: GrantPort['provider'],
  { scope, maxAge, acrValues }: CheckedOptions,
): Pick<Transaction, 'nonce' | 'maxAge' | 'acrValues'> | undefined {
  if (!scope.includes('openid')) return undefined
  if (metadata.issuer === undefined || metadata.jwks_uri === undefined)
    throw new GrantError(
      'config_invalid',
      `the scope "openid" needs issuer and jwks_uri in the metadata of ${name}: Provider.discover() finds both`,
    )
  return {
    nonce: generateState(),
    ...(maxAge !== undefined && { maxAge }),
    ...(acrValues !== undefined && { acrValues }),
  }
}

function defined(values: RequestValues = {}): RequestValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function checkMaxAge(maxAge: unknown): number | undefined {
  if (maxAge === undefined) return undefined
  const isWritten = typeof maxAge === 'string' || typeof maxAge === 'number'
  if (isWritten && /^\d{1,10}$/.test(String(maxAge))) return Number(maxAge)
  throw new GrantError('config_invalid', 'maxAge has to be a number of seconds, such as 3600')
}

/** `1*VSCHAR` (RFC 6749 App. A.5). */
function checkState(state: unknown): string {
  if (typeof state === 'string' && /^[\u0020-\u007E]+$/.test(state)) return state
  throw new GrantError(
    'config_invalid',
    'a state of your own is printable ASCII and not empty: generateState() makes one',
  )
}
