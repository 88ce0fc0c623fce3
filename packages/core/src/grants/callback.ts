import type { CallbackDeviations } from '../definition/request-deviations.ts'
import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'
import { equalInConstantTime } from '../wire/constant-time.ts'
import type { GrantPort } from '../protocol/port.ts'
import type { IdTokenClaims } from '../token/id-token-claims.ts'
import { load } from '../transport/load.ts'
import { callbackError } from './callback-error.ts'
import { type Callback, callbackParameters } from './callback-parameters.ts'
import { isInFragment, isSigned } from './response-mode.ts'
import type { Transaction } from './transaction.ts'

/** Parameters that an authorization response may hold once (RFC 6749 §4.1.2, RFC 9207 §2). */
export const responseParameters: readonly string[] = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri']
/** Parameters of response types that were not asked for (OAuth 2.0 Multiple Response Types, JARM). */
const foreign = ['access_token', 'id_token', 'token', 'response']

/** What a callback has brought. */
export interface CallbackValues {
  readonly code: string
  /** What the definition wants to be kept; undefined where it wants nothing. */
  readonly kept: Readonly<Record<string, string>> | undefined
  /** The claims of the ID token that came with the code, where the login asked for one. */
  readonly claims: IdTokenClaims | undefined
}

/**
 * Reads the authorization response and returns its code, once it is sure that the response belongs to the transaction
 * and comes from its issuer. Rejects with `callback_invalid`, `state_mismatch`, `issuer_mismatch`, `issuer_missing`,
 * `authorization_denied`, `authorization_error` or `id_token_invalid`.
 */
export async function readCallback(
  callback: Callback,
  transaction: Transaction,
  port: GrantPort,
): Promise<CallbackValues> {
  const received = await callbackParameters(callback, isInFragment(transaction))
  const standard = (await port.readCallback?.(received)) ?? received
  const parameters = isSigned(transaction) ? await opened(standard, transaction, port) : standard
  checkParameters(parameters, transaction)
  checkState(parameters.get('state'), transaction.state)
  const { state, codeVerifier = '', nonce = '' } = transaction
  const secrets = [state, codeVerifier, nonce, parameters.get('code') ?? ''] // a server may echo what it was sent
  checkIssuer(parameters.get('iss') ?? issuerOf(transaction, parameters), port, secrets)
  if (parameters.get('error')) throw callbackError(parameters, { provider: port.provider.name, secrets })
  const code = checkCode(parameters.get('code'))
  const claims = transaction.responseType && (await frontClaims(parameters, transaction, port))
  return { code, kept: keep(parameters, port.provider.callback), claims }
}

/** An ID token beside the code names the issuer itself, and is verified before the code is used (RFC 9207 §4). */
function issuerOf({ responseType, issuer }: Transaction, parameters: URLSearchParams): string | null {
  return responseType !== undefined && parameters.has('code') && parameters.has('id_token') ? (issuer ?? null) : null
}

async function opened(
  parameters: URLSearchParams,
  transaction: Transaction,
  port: GrantPort,
): Promise<URLSearchParams> {
  const { openCallback } = await load(() => import('./signed-callback.ts'))
  return openCallback(parameters, transaction, port)
}

async function frontClaims(
  parameters: URLSearchParams,
  transaction: Transaction,
  port: GrantPort,
): Promise<IdTokenClaims> {
  const { readFrontIdToken } = await load(() => import('./front-id-token.ts'))
  return readFrontIdToken(parameters, transaction, port)
}

function keep(
  parameters: URLSearchParams,
  { kept = [], tokenHost }: CallbackDeviations = {},
): Readonly<Record<string, string>> | undefined {
  if (kept.length === 0 && !tokenHost) return undefined
  const names = tokenHost ? [...kept, tokenHost.parameter] : kept
  return Object.fromEntries(names.flatMap((name) => parameters.getAll(name).map((value) => [name, value])))
}

function checkParameters(parameters: URLSearchParams, { responseType }: Transaction): void {
  const names = [...parameters.keys()]
  const twice = responseParameters.find((name) => names.indexOf(name) !== names.lastIndexOf(name))
  if (twice !== undefined) throw invalid(`the callback has "${twice}" more than once`)
  const asked = responseType?.split(' ') ?? []
  const strange = foreign.find((name) => names.includes(name) && !asked.includes(name))
  if (strange !== undefined) throw invalid(`the callback has "${strange}", which belongs to another response type`)
}

/** Compares the state of a callback. Throws `state_mismatch`. */
export function checkState(received: string | null, expected: string): void {
  if (received === null || received === '')
    throw new GrantError('state_mismatch', 'the callback has no state, so it cannot be told whose login it is')
  if (!equalInConstantTime(received, expected))
    throw new GrantError('state_mismatch', 'the callback does not belong to this transaction')
}

/** Compares the issuer of a callback (RFC 9207 §2.4), without any normalisation: another spelling is another issuer. Throws `issuer_mismatch` or `issuer_missing`. */
export function checkIssuer(
  received: string | null,
  { provider: { name: provider, metadata } }: GrantPort,
  secrets: readonly string[],
): void {
  const { issuer, authorization_response_iss_parameter_supported: promised } = metadata
  if (issuer === undefined) return
  if (received !== null && received !== issuer)
    throw new GrantError(
      'issuer_mismatch',
      `the callback comes from the issuer ${quote(received)}, and ${provider} has ${quote(issuer)}`,
      { provider, secrets },
    )
  if (received === null && promised === true)
    throw new GrantError('issuer_missing', `${provider} promises "iss" in every callback, and this one has none`, {
      provider,
    })
}

/** Checks an authorization code: `1*VSCHAR` (RFC 6749 App. A.11). Throws `callback_invalid`. */
export function checkCode(code: string | null): string {
  if (code === null || code === '') throw invalid('the callback has neither a code nor an error')
  if (!/^[\u0020-\u007E]+$/.test(code)) throw invalid('the code of the callback is not printable ASCII')
  return code
}

function invalid(message: string): GrantError {
  return new GrantError('callback_invalid', message)
}
