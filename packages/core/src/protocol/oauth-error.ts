import { GrantError, type GrantErrorAction, type GrantErrorCode, type OAuthError } from '../errors/grant-error.ts'
import { retryAfter } from '../wire/retry-after.ts'
import type { OAuthResponse } from '../transport/transport.ts'
import { parseChallenges } from '../wire/challenges.ts'
import { parseForm } from '../wire/form.ts'
import { parseJson } from '../wire/json.ts'
import type { NormalisedResponse } from './deviations/error.ts'

/** What an error about a response tells of its request. */
export interface SentRequest {
  readonly provider: string
  /** The grant type, or what else the request was for. */
  readonly purpose: string
  /** Host and path of the endpoint, without its query. */
  readonly endpoint: string
  /** How the client authenticated, for whoever has to find out why it was refused. */
  readonly authentication: () => string
  /** Whether it carried a proof of possession (RFC 9449), so that its token has to be bound to that key. */
  readonly proven?: boolean
  /** When the response came, in milliseconds since the epoch. */
  readonly now: number
  /** What no error may show. */
  readonly secrets: () => readonly string[]
}

/** What to do about an error that a server has named (RFC 6749 §5.2, and §4.1.2.1 for the last two). */
const actions: Readonly<Record<string, GrantErrorAction>> = {
  invalid_client: 'fix_configuration',
  unauthorized_client: 'fix_configuration',
  unsupported_grant_type: 'fix_configuration',
  invalid_scope: 'fix_configuration',
  invalid_grant: 'reauthorize',
  server_error: 'retry',
  temporarily_unavailable: 'retry',
}

/** Translates an error response of an endpoint, whatever shape it has, so that what the provider said reaches the caller. */
export function tokenError(response: NormalisedResponse, request: SentRequest): GrantError {
  const oauth = readOAuthError(response)
  const { status, headers, means = oauth?.error } = response
  const { provider, purpose, endpoint, now, secrets } = request
  const said = oauth
    ? `"${oauth.error}"${oauth.errorDescription ? ` (${oauth.errorDescription})` : ''}`
    : `status ${status}`
  const message = `${provider} responded to the ${purpose} request at ${endpoint} with ${said}${hint(means, status, request)}`
  return new GrantError(codeOf(status, means, purpose), message, {
    action: actionAfter(status, means),
    provider,
    oauth,
    status,
    retryAfter: retryAfter(headers, now),
    secrets: secrets(),
  })
}

/** What the caller can check, where the request itself may be to blame. */
function hint(error: string | undefined, status: number, { authentication }: SentRequest): string {
  if (error === 'invalid_client' || (error === undefined && status === 401)) return `; ${authentication()}`
  return error === undefined && status === 404 ? ': is this the right endpoint?' : ''
}

function codeOf(status: number, error: string | undefined, grantType: string): GrantErrorCode {
  if (status === 429) return 'rate_limited'
  if (error === 'invalid_grant' && grantType === 'refresh_token') return 'reauthorization_required'
  return 'token_error'
}

/** What to do about a response with this status, and with this OAuth error where it names one. */
export function actionAfter(status: number, error?: string): GrantErrorAction {
  if (status === 429 || status >= 500) return 'retry'
  if (error === undefined && (status === 401 || status === 404)) return 'fix_configuration'
  return (error !== undefined && Object.hasOwn(actions, error) ? actions[error] : undefined) ?? 'report'
}

/** Whether a response is an error. Some servers say what went wrong with status 200, GitHub among them; a response that has a token is not an error. */
export function isError({ status, body, failed }: NormalisedResponse): boolean {
  if (failed || status >= 400) return true
  return body.includes('error') && !fieldOf(body, 'access_token') && errorInBody(body) !== undefined
}

/** Finds the OAuth error of a response: in its body, or in a `WWW-Authenticate` header (RFC 6750 §3). */
export function readOAuthError({ headers, body }: OAuthResponse): OAuthError | undefined {
  return errorInBody(body) ?? fromChallenges(headers.get('www-authenticate'))
}

/** Finds an OAuth error in JSON or in a form, whatever the content type says of it. */
export function errorInBody(body: string): OAuthError | undefined {
  return fromFields(parseJson(body)) ?? fromForm(body)
}

function fromFields(value: unknown): OAuthError | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { error, error_description, error_uri } = value as Record<string, unknown>
  if (typeof error !== 'string' || error === '') return undefined
  return {
    error,
    ...(typeof error_description === 'string' && { errorDescription: error_description }),
    ...(typeof error_uri === 'string' && { errorUri: error_uri }),
  }
}

/** A form whose first fields are well-formed, at least; the expression reads the string once, however long it is. */
function fromForm(body: string): OAuthError | undefined {
  if (!/^(?:(?:[\w.~-]+=[^\s<>]*)?&)?error=\w/.test(body)) return undefined
  return fromFields(Object.fromEntries(parseForm(body)))
}

function fromChallenges(header: string | null): OAuthError | undefined {
  return parseChallenges(header)
    .map(({ parameters }) => fromFields(parameters))
    .find((error) => error !== undefined)
}

/** A field of a response, in JSON or in a form, whatever the content type says of it. */
export function fieldOf(body: string, name: string): unknown {
  const fields = parseJson(body)
  if (typeof fields === 'object' && fields !== null) return Reflect.get(fields, name)
  return /^[\w.~-]+=[^\s<>]*$/.test(body) ? parseForm(body).find(([other]) => other === name)?.[1] : undefined
}
