import { GrantError } from '../errors/grant-error.ts'
import { isAccessToken } from '../token/token-members.ts'
import { withoutPrototypes } from '../token/plain.ts'
import type { AnswerHeaders, OAuthAnswer } from '../transport/transport.ts'
import { parseJson } from './oauth-error.ts'

/** A successful token answer (RFC 6749 §5.1), checked member by member. */
export interface TokenResponse {
  readonly accessToken: string
  readonly tokenType: string
  readonly expiresIn: number | undefined
  readonly refreshToken: string | undefined
  readonly refreshExpiresIn: number | undefined
  readonly scope: readonly string[] | undefined
  readonly idToken: unknown
  readonly extra: Readonly<Record<string, unknown>>
}

/** What a token answer is read by. */
export interface TokenResponseRules {
  readonly grantType: string
  /** What no error may show: a server may echo what it was sent. */
  readonly secrets: readonly string[]
}

/** Longer lives are taken as this long: dates beyond it are of no use, and timers of ten years none either. */
const longestLife = 10 * 365 * 24 * 3600

/** Reads a token answer strictly: what the definition declares was put right before. Throws `token_response_invalid`, `token_type_unsupported` or `token_type_mismatch`. */
export function readTokenResponse(answer: OAuthAnswer, rules: TokenResponseRules): TokenResponse {
  const { access_token, token_type, expires_in, refresh_token, refresh_token_expires_in, scope, id_token, ...rest } =
    membersOf(answer, rules)
  if (typeof access_token !== 'string' || !isAccessToken(access_token))
    throw broken('access_token is missing or no text of printable ASCII')
  if (refresh_token !== undefined && !isRefreshToken(refresh_token))
    throw broken('refresh_token is no text of printable ASCII')
  return {
    accessToken: access_token,
    tokenType: readTokenType(token_type, rules),
    expiresIn: readLife('expires_in', expires_in),
    refreshToken: refresh_token,
    refreshExpiresIn: readLife('refresh_token_expires_in', refresh_token_expires_in),
    scope: readScope(scope),
    idToken: id_token,
    extra: rest,
  }
}

/** `1*VSCHAR` (RFC 6749 App. A.17), where a space is one of them. */
function isRefreshToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\u0020-\u007E]+$/.test(value)
}

function membersOf({ status, headers, body }: OAuthAnswer, rules: TokenResponseRules): Record<string, unknown> {
  if (status !== 200) throw broken(`the status is ${status}, not 200`)
  const members = parseJson(body)
  if (typeof members === 'object' && members !== null && !Array.isArray(members)) return plain(members)
  if (isForm(headers, body))
    throw broken(
      'the answer is form-encoded, not JSON: if the provider means that, declare tokenResponse: { formEncoded: true }',
    )
  const type = headers.get('content-type') ?? 'without content type'
  throw broken(`the answer (${type}) is no JSON object`, rules.secrets)
}

function plain(members: object): Record<string, unknown> {
  try {
    return withoutPrototypes(members) as Record<string, unknown>
  } catch (error) {
    throw broken((error as Error).message)
  }
}

function isForm(headers: AnswerHeaders, body: string): boolean {
  const type = headers.get('content-type') ?? ''
  return type.startsWith('application/x-www-form-urlencoded') || body.includes('access_token=')
}

function readTokenType(value: unknown, rules: TokenResponseRules): string {
  const known = typeof value === 'string' ? value.toLowerCase() : undefined
  if (known === 'bearer') return 'Bearer'
  const declare = `if the provider means Bearer, declare tokenResponse: { tokenType: 'Bearer' }`
  if (known === undefined || known === '') throw broken(`token_type is missing: ${declare}`)
  if (known === 'n_a' && rules.grantType === 'urn:ietf:params:oauth:grant-type:token-exchange') return 'N_A' // RFC 8693 §2.2.1
  if (known === 'dpop')
    throw new GrantError('token_type_mismatch', 'the token is bound to a DPoP key, and none was used')
  throw new GrantError(
    'token_type_unsupported',
    `a token of type ${JSON.stringify(value)} cannot be used (RFC 6749 §7.1): ${declare}`,
    { secrets: rules.secrets },
  )
}

/** Seconds: a number, or digits as a text (RFC 6749 App. A.14); a fraction is cut off. */
function readLife(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0)
    throw broken(`${name} is no number of seconds`)
  return Math.min(Math.floor(seconds), longestLife)
}

function readScope(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !/^[\u0020\u0021\u0023-\u005B\u005D-\u007E]*$/.test(value))
    throw broken('scope is no list of scopes separated by spaces')
  return [...new Set(value.split(' ').filter((scope) => scope !== ''))]
}

function broken(what: string, secrets: readonly string[] = []): GrantError {
  return new GrantError('token_response_invalid', `a token answer broke RFC 6749 §5.1: ${what}`, { secrets })
}
