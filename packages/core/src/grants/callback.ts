import type { CallbackDeviations } from '../definition/request-deviations.ts'
import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'
import { equalInConstantTime } from '../wire/constant-time.ts'
import type { GrantPort } from '../protocol/port.ts'
import { callbackError } from './callback-error.ts'
import { type Callback, callbackParameters } from './callback-parameters.ts'
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
}

/**
 * Reads the authorization response and returns its code, once it is sure that the response belongs to the transaction
 * and comes from its issuer. Throws `callback_invalid`, `state_mismatch`, `issuer_mismatch`, `issuer_missing`,
 * `authorization_denied` or `authorization_error`.
 */
export async function readCallback(
  callback: Callback,
  transaction: Transaction,
  port: GrantPort,
): Promise<CallbackValues> {
  const received = await callbackParameters(callback)
  const parameters = (await port.readCallback?.(received)) ?? received
  checkParameters(parameters)
  checkState(parameters.get('state'), transaction.state)
  const { state, codeVerifier = '', nonce = '' } = transaction
  const secrets = [state, codeVerifier, nonce, parameters.get('code') ?? ''] // a server may echo what it was sent
  checkIssuer(parameters.get('iss'), port, secrets)
  if (parameters.get('error')) throw callbackError(parameters, { provider: port.provider.name, secrets })
  return { code: checkCode(parameters.get('code')), kept: keep(parameters, port.provider.callback) }
}

function keep(
  parameters: URLSearchParams,
  { kept = [], tokenHost }: CallbackDeviations = {},
): Readonly<Record<string, string>> | undefined {
  if (kept.length === 0 && !tokenHost) return undefined
  const names = tokenHost ? [...kept, tokenHost.parameter] : kept
  return Object.fromEntries(names.flatMap((name) => parameters.getAll(name).map((value) => [name, value])))
}

function checkParameters(parameters: URLSearchParams): void {
  const names = [...parameters.keys()]
  const twice = responseParameters.find((name) => names.indexOf(name) !== names.lastIndexOf(name))
  if (twice !== undefined) throw invalid(`the callback has "${twice}" more than once`)
  const strange = foreign.find((name) => names.includes(name))
  if (strange !== undefined) throw invalid(`the callback has "${strange}", which belongs to another response type`)
}

function checkState(received: string | null, expected: string): void {
  if (received === null || received === '')
    throw new GrantError('state_mismatch', 'the callback has no state, so it cannot be told whose login it is')
  if (!equalInConstantTime(received, expected))
    throw new GrantError('state_mismatch', 'the callback does not belong to this transaction')
}

/** RFC 9207 §2.4, without any normalisation: another spelling is another issuer. */
function checkIssuer(
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
