import { GrantError } from '../errors/grant-error.ts'
import { frozenCopy } from '../token/plain.ts'
import { isObject } from '../wire/json.ts'
import type { BackChannelResponse } from './back-channel.ts'

/** What the provider says about a token (RFC 7662 §2.2); about an inactive one, only that. */
export type Introspection = ActiveToken | InactiveToken

/** A token that has expired, was revoked, was never issued, or is none of this client's business. */
export interface InactiveToken {
  /** The token cannot be used. */
  readonly active: false
}

/** A token that can be used. */
export interface ActiveToken {
  /** The token can be used. */
  readonly active: true
  /** The scopes of the token. */
  readonly scope?: readonly string[]
  /** The client that the token was issued to. */
  readonly clientId?: string
  /** The user, by a name for people. */
  readonly username?: string
  /** The type of the token, such as `Bearer`. */
  readonly tokenType?: string
  /** When the token expires, in milliseconds since the epoch. */
  readonly expiresAt?: number
  /** When the token was issued, in milliseconds since the epoch. */
  readonly issuedAt?: number
  /** When the token becomes valid, in milliseconds since the epoch. */
  readonly notBefore?: number
  /** The user who authorized it: unique within the issuer. */
  readonly subject?: string
  /** The APIs that the token is for. */
  readonly audience?: readonly string[]
  /** The issuer. */
  readonly issuer?: string
  /** The ID of the token. */
  readonly jwtId?: string
  /** The key that the token is bound to (`cnf`, RFC 7800 §3.1, RFC 9449 §6.2). */
  readonly confirmation?: Readonly<Record<string, unknown>>
  /** Everything else, under the provider's names. */
  readonly extra: Readonly<Record<string, unknown>>
}

/** Reads an introspection response (RFC 7662 §2.2) strictly; null counts as absent. Throws `token_response_invalid`. */
export function readIntrospection(body: unknown, response: BackChannelResponse): Introspection {
  if (!isObject(body)) throw brokenIntrospection(response, 'is not a JSON object')
  if (body['active'] === false) return Object.freeze({ active: false })
  if (body['active'] !== true)
    throw brokenIntrospection(response, 'does not say whether the token is active, as true or false')
  const { active, scope, client_id, username, token_type, exp, iat, nbf, sub, aud, iss, jti, cnf, ...extra } = body
  const text = (name: string, value: unknown): string | undefined => {
    if (value === undefined || value === null || typeof value === 'string') return value ?? undefined
    throw brokenIntrospection(response, `has a ${name} that is not a string`)
  }
  const time = (name: string, value: unknown): number | undefined => {
    if (value === undefined || value === null) return undefined
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value * 1000
    throw brokenIntrospection(response, `has an ${name} that is not a number of seconds`)
  }
  if (cnf !== undefined && cnf !== null && !isObject(cnf))
    throw brokenIntrospection(response, 'has a cnf that is not an object')
  const audience = [aud ?? []].flat().map((item) => text('aud', item) ?? '')
  return frozen(response, {
    active,
    scope: text('scope', scope)?.split(' ').filter(Boolean),
    clientId: text('client_id', client_id),
    username: text('username', username),
    tokenType: text('token_type', token_type),
    expiresAt: time('exp', exp),
    issuedAt: time('iat', iat),
    notBefore: time('nbf', nbf),
    subject: text('sub', sub),
    audience: audience.length > 0 ? audience : undefined,
    issuer: text('iss', iss),
    jwtId: text('jti', jti),
    confirmation: cnf ?? undefined,
    extra,
  })
}

/** A copy without undefined fields, which nobody can change. */
function frozen(response: BackChannelResponse, fields: object): ActiveToken {
  try {
    return frozenCopy(fields) as ActiveToken
  } catch {
    throw brokenIntrospection(response, 'is nested too deeply')
  }
}

/** The error for an introspection response that breaks the rules. */
export function brokenIntrospection({ request }: BackChannelResponse, what: string): GrantError {
  const { provider, endpoint, secrets } = request
  const message = `the introspection response of ${provider} at ${endpoint} ${what}`
  return new GrantError('token_response_invalid', message, { provider, secrets: secrets() })
}
