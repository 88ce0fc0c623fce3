import type { CallbackDeviations } from '../definition/request-deviations.ts'
import { GrantError, type OAuthError } from '../errors/grant-error.ts'
import { equalInConstantTime } from '../protocol/base64url.ts'
import type { GrantPort } from '../protocol/port.ts'
import { readBody } from '../transport/read-body.ts'
import type { Transaction } from './transaction.ts'

/** What arrives at the redirect URI: as a text (absolute, `/callback?code=…` or `?code=…`), a URL, a Request (a POST for `form_post`) or its parameters. */
export type Callback = string | URL | Request | URLSearchParams

const largest = 16 * 1024

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
  const sent = parametersOf(callback)
  const received = sent instanceof Promise ? await sent : sent
  const read = port.readCallback?.(received) ?? received
  const parameters = read instanceof Promise ? await read : read
  checkParameters(parameters)
  checkState(parameters.get('state'), transaction.state)
  checkIssuer(parameters.get('iss'), port)
  const error = parameters.get('error')
  if (error) throw refusal(port.provider.name, error, parameters, transaction)
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

/** Tells the kinds of callback by what they can do: a framework may bring its own Request or URL. */
function parametersOf(callback: Callback): URLSearchParams | Promise<URLSearchParams> {
  if (typeof callback === 'string') return queryOf(callback)
  if (typeof callback === 'object' && callback !== null) {
    if ('getAll' in callback) return limited(callback.toString())
    if ('href' in callback) return queryOf(callback.href)
    if ('url' in callback) return callback.method === 'POST' ? formOf(callback) : queryOf(callback.url)
  }
  throw invalid('the callback is a URL, a Request, its URLSearchParams, or a text such as "/callback?code=…"')
}

/** `response_mode=form_post`: the response is the body, and what the URL says is not part of it. */
async function formOf(request: Request): Promise<URLSearchParams> {
  if (request.bodyUsed || !(request.headers instanceof Headers))
    throw invalid('the body of the request was read already: pass its form as URLSearchParams')
  const type = request.headers.get('content-type')?.toLowerCase() ?? ''
  if (!type.startsWith('application/x-www-form-urlencoded')) throw invalid('a POST to the redirect URI is form-encoded')
  return limited(await readBody(request, largest))
}

/** Only the query counts: behind a proxy, the rest of the URL is not the one that the browser saw. */
function queryOf(url: string): URLSearchParams {
  if (url.length > 2 * largest) throw invalid(`the callback has more than ${2 * largest} characters`)
  const query = /^[^?#]*\?([^#]*)/.exec(url)?.[1]
  if (query === undefined) throw invalid('the callback has no query: pass the whole URL that the browser was sent to')
  return limited(query)
}

function limited(query: string): URLSearchParams {
  if (query.length > largest) throw invalid(`the callback has more than ${largest} characters`)
  return new URLSearchParams(query)
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
function checkIssuer(received: string | null, { provider }: GrantPort): void {
  const { issuer, authorization_response_iss_parameter_supported: promised } = provider.metadata
  if (issuer === undefined) return
  if (received !== null && received !== issuer)
    throw new GrantError('issuer_mismatch', `the callback comes from another issuer than that of ${provider.name}`)
  if (received === null && promised === true)
    throw new GrantError('issuer_missing', `${provider.name} promises "iss" in every callback, and this one has none`)
}

function refusal(
  provider: string,
  error: string,
  parameters: URLSearchParams,
  { state, codeVerifier = '', nonce = '' }: Transaction,
): GrantError {
  const description = parameters.get('error_description')
  const uri = parameters.get('error_uri')
  const oauth: OAuthError = {
    error,
    ...(description && { errorDescription: description }),
    ...(uri && { errorUri: uri }),
  }
  const secrets = [state, codeVerifier, nonce, parameters.get('code') ?? ''] // a server may echo what it was sent
  if (error === 'access_denied')
    return new GrantError('authorization_denied', `the user, or ${provider}, denied the authorization`, {
      oauth,
      secrets,
    })
  return new GrantError(
    'authorization_error',
    `${provider} refused the authorization with "${error}"${description ? ` (${description})` : ''}`,
    { oauth, secrets },
  )
}

/** `1*VSCHAR` (RFC 6749 App. A.11). */
function checkCode(code: string | null): string {
  if (code === null || code === '') throw invalid('the callback has neither a code nor an error')
  if (!/^[\u0020-\u007E]+$/.test(code)) throw invalid('the code of the callback is no printable ASCII')
  return code
}

function invalid(message: string): GrantError {
  return new GrantError('callback_invalid', message)
}
