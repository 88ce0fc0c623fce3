import { GrantError, type GrantErrorCode } from '../errors/grant-error.ts'
import { type AuthorizationDetail, isAuthorizationDetails } from '../token/authorization-detail.ts'
import { boundedExtra, mostExtra } from '../token/extra.ts'
import { withoutPrototypes } from '../token/plain.ts'
import { isAccessToken } from '../token/token-fields.ts'
import type { ResponseHeaders, OAuthResponse } from '../transport/transport.ts'
import type { SentRequest } from './oauth-error.ts'
import { parseJson } from '../wire/json.ts'

/** A successful token response (RFC 6749 §5.1), checked field by field. */
export interface TokenResponse {
  readonly accessToken: string
  readonly tokenType: string
  readonly expiresIn: number | undefined
  readonly refreshToken: string | undefined
  readonly refreshExpiresIn: number | undefined
  readonly scope: readonly string[] | undefined
  readonly authorizationDetails: readonly AuthorizationDetail[] | undefined
  readonly idToken: unknown
  readonly extra: Readonly<Record<string, unknown>>
}

/** Seconds; a longer lifetime is taken as this long, since no date or timer beyond it is of any use. */
const longestLifetime = 10 * 365 * 24 * 3600
const declareBearer = `if the provider means Bearer, declare tokenResponse: { tokenType: 'Bearer' }`
const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** Reads a token response strictly: what the definition declares was put right before. Throws `token_response_invalid`, `token_type_unsupported` or `token_type_mismatch`. */
export function readTokenResponse(response: OAuthResponse, request: SentRequest): TokenResponse {
  return new Reader(request).read(response)
}

/** Whether a value can be a refresh token: `1*VSCHAR` (RFC 6749 App. A.17), where a space is one of them. */
export function isRefreshToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\u0020-\u007E]+$/.test(value)
}

class Reader {
  readonly #request: SentRequest

  constructor(request: SentRequest) {
    this.#request = request
  }

  read(response: OAuthResponse): TokenResponse {
    const { access_token, token_type, expires_in, refresh_token, refresh_token_expires_in, ...others } =
      this.#fields(response)
    const { scope, authorization_details, id_token, ...rest } = others
    if (typeof access_token !== 'string' || !isAccessToken(access_token))
      throw this.#broken('access_token is missing, or not a string of printable ASCII')
    if (refresh_token !== undefined && !isRefreshToken(refresh_token))
      throw this.#broken('refresh_token is not a string of printable ASCII')
    return {
      accessToken: access_token,
      tokenType: this.#tokenType(token_type),
      expiresIn: this.#lifetime('expires_in', expires_in),
      refreshToken: refresh_token,
      refreshExpiresIn: this.#lifetime('refresh_token_expires_in', refresh_token_expires_in),
      scope: this.#scope(scope),
      authorizationDetails: this.#authorizationDetails(authorization_details),
      idToken: id_token,
      extra: boundedExtra(rest),
    }
  }

  #fields({ status, headers, body }: OAuthResponse): Record<string, unknown> {
    if (status !== 200) throw this.#broken(`the status is ${status}, not 200`)
    const fields = parseJson(body)
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return this.#plain(fields)
    if (isForm(headers, body))
      throw this.#broken(
        'it is form-encoded, not JSON: if the provider means that, declare tokenResponse: { formEncoded: true }',
      )
    throw this.#broken(`it is not a JSON object (${headers.get('content-type') ?? 'without content type'})`)
  }

  #plain(fields: object): Record<string, unknown> {
    try {
      return withoutPrototypes(fields) as Record<string, unknown>
    } catch (error) {
      throw this.#broken((error as Error).message)
    }
  }

  #tokenType(value: unknown): string {
    const known = typeof value === 'string' ? value.toLowerCase() : undefined
    const { purpose, proven = false } = this.#request
    if (known === 'bearer' && !proven) return 'Bearer'
    if (known === 'dpop' && proven) return 'DPoP'
    if (known === undefined || known === '') throw this.#broken(`token_type is missing: ${declareBearer}`)
    if (known === 'n_a' && purpose === tokenExchange) return 'N_A' // RFC 8693 §2.2.1
    if (known === 'dpop') throw this.#refused('token_type_mismatch', 'is bound to a DPoP key, and none was used')
    if (known === 'bearer')
      throw this.#refused('token_type_mismatch', 'is a Bearer token: it is not bound to the DPoP key')
    const what = `has the type ${JSON.stringify(value)}, which cannot be used (RFC 6749 §7.1): ${declareBearer}`
    throw this.#refused('token_type_unsupported', what)
  }

  /** Seconds: a number, or digits in a string (RFC 6749 App. A.14); a fraction is cut off. */
  #lifetime(name: string, value: unknown): number | undefined {
    if (value === undefined) return undefined
    const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
    if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0)
      throw this.#broken(`${name} is not a number of seconds`)
    return Math.min(Math.floor(seconds), longestLifetime)
  }

  #scope(value: unknown): readonly string[] | undefined {
    if (value === undefined) return undefined
    if (typeof value !== 'string' || !/^[\u0020\u0021\u0023-\u005B\u005D-\u007E]*$/.test(value))
      throw this.#broken('scope is not a list of scopes separated by spaces')
    return [...new Set(value.split(' ').filter((scope) => scope !== ''))]
  }

  #authorizationDetails(value: unknown): readonly AuthorizationDetail[] | undefined {
    if (value === undefined) return undefined
    if (!isAuthorizationDetails(value))
      throw this.#broken('authorization_details is not an array of objects that have a type (RFC 9396 §7)')
    if (JSON.stringify(value).length <= mostExtra) return value
    throw this.#broken(`authorization_details has more than ${mostExtra} characters`)
  }

  #broken(what: string): GrantError {
    const { provider, endpoint, secrets } = this.#request
    const message = `the token response of ${provider} at ${endpoint} breaks RFC 6749 §5.1: ${what}`
    return new GrantError('token_response_invalid', message, { provider, secrets: secrets() })
  }

  #refused(code: GrantErrorCode, what: string): GrantError {
    const { provider, endpoint, secrets } = this.#request
    return new GrantError(code, `the token of ${provider} at ${endpoint} ${what}`, { provider, secrets: secrets() })
  }
}

function isForm(headers: ResponseHeaders, body: string): boolean {
  const type = headers.get('content-type') ?? ''
  return type.startsWith('application/x-www-form-urlencoded') || body.includes('access_token=')
}
