import { GrantError, type GrantErrorAction, type GrantErrorCode, type OAuthError } from '../errors/grant-error.ts'
import { retryAfter } from '../transport/retry-after.ts'
import type { OAuthAnswer } from '../transport/transport.ts'
import { parseChallenges } from './challenge.ts'
import type { NormalisedAnswer } from './deviations/error.ts'

/** What is known of a request whose answer is an error. */
export interface FailedRequest {
  readonly provider: string
  readonly grantType: string
  readonly now: number
  readonly secrets: readonly string[]
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

/** Translates an error answer of a token endpoint, whatever shape it has, so that what the provider said reaches the caller. */
export function tokenError(answer: NormalisedAnswer, request: FailedRequest): GrantError {
  const oauth = readOAuthError(answer)
  const { status, headers, means = oauth?.error } = answer
  const { provider, grantType, now, secrets } = request
  const said = oauth
    ? `"${oauth.error}"${oauth.errorDescription ? ` (${oauth.errorDescription})` : ''}`
    : `status ${status}`
  return new GrantError(
    codeOf(status, means, grantType),
    `${provider} answered the ${grantType} request with ${said}`,
    {
      action: actionOf(status, means),
      oauth,
      status,
      retryAfter: retryAfter(headers, now),
      secrets,
    },
  )
}

function codeOf(status: number, error: string | undefined, grantType: string): GrantErrorCode {
  if (status === 429) return 'rate_limited'
  if (error === 'invalid_grant' && grantType === 'refresh_token') return 'reauthorization_required'
  return 'token_error'
}

function actionOf(status: number, error: string | undefined): GrantErrorAction {
  if (status === 429 || status >= 500) return 'retry'
  return (error !== undefined && Object.hasOwn(actions, error) ? actions[error] : undefined) ?? 'report'
}

/** Finds the OAuth error of an answer: in its body, or in a `WWW-Authenticate` header (RFC 6750 §3). */
function readOAuthError({ headers, body }: OAuthAnswer): OAuthError | undefined {
  return errorInBody(body) ?? fromChallenges(headers.get('www-authenticate'))
}

/** Finds an OAuth error in JSON or in a form, whatever the content type says of it. */
export function errorInBody(body: string): OAuthError | undefined {
  return fromMembers(parseJson(body)) ?? fromForm(body)
}

function fromMembers(value: unknown): OAuthError | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { error, error_description, error_uri } = value as Record<string, unknown>
  if (typeof error !== 'string' || error === '') return undefined
  return {
    error,
    ...(typeof error_description === 'string' && { errorDescription: error_description }),
    ...(typeof error_uri === 'string' && { errorUri: error_uri }),
  }
}

/** A form whose first members are well-formed, at least; the expression reads the text once, however long it is. */
function fromForm(body: string): OAuthError | undefined {
  if (!/^(?:(?:[\w.~-]+=[^\s<>]*)?&)?error=\w/.test(body)) return undefined
  return fromMembers(Object.fromEntries(new URLSearchParams(body)))
}

function fromChallenges(header: string | null): OAuthError | undefined {
  return parseChallenges(header)
    .map(({ parameters }) => fromMembers(parameters))
    .find((error) => error !== undefined)
}

/** A member of an answer, in JSON or in a form, whatever the content type says of it. */
export function memberOf(body: string, name: string): unknown {
  const members = parseJson(body)
  if (typeof members === 'object' && members !== null) return Reflect.get(members, name)
  return /^[\w.~-]+=[^\s<>]*$/.test(body) ? new URLSearchParams(body).get(name) : undefined
}

/** The value of a JSON text, or undefined for a text that is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
