import type { AuthorizationDetail } from './authorization-detail.ts'
import type { IdTokenClaims } from './id-token-claims.ts'
import { frozenCopy, showInstead } from './plain.ts'
import { readStored } from './stored-fields.ts'
import { checkFields, tokenFields, type TokenFields } from './token-fields.ts'

/**
 * What a grant obtains: an immutable value whose fields are own, enumerable and frozen. `JSON.stringify(token)` and
 * {@link Token.from} are a lossless round trip; `console.log`, `util.inspect` and `String(token)` show no secret.
 *
 * @example
 * ```ts
 * import { Token } from '@grantkit/core'
 *
 * const expiresAt = Date.UTC(2030, 0, 1)
 * const token = Token.from({ accessToken: '2YotnFZFEjr1zCsicMWpAA', scope: ['read'], expiresAt })
 * token.isExpired(0, expiresAt - 1000) // => false
 * token.isExpired(60, expiresAt - 1000) // => true
 * token.hasScope('read', 'write') // => false
 * String(token) // => 'Token Bearer [redacted]'
 * Token.from(JSON.stringify(token)) // => token
 * ```
 */
export class Token {
  /** The access token (RFC 6749 §1.4). */
  readonly accessToken: string
  /** How the token is presented: `'Bearer'`, `'DPoP'`, in this spelling whatever case was sent (RFC 6749 §7.1). */
  readonly tokenType: string
  /** The scopes that were granted (RFC 6749 §3.3). */
  readonly scope: readonly string[]
  /** The requested scopes, if known. */
  declare readonly requestedScope?: readonly string[]
  /** The requested resource, or resources (RFC 8707 §2). */
  declare readonly resource?: string | readonly string[]
  /** What was granted in detail, which may be more or less than was requested; absent when the server did not include it (RFC 9396 §7). */
  declare readonly authorizationDetails?: readonly AuthorizationDetail[]
  /** When the access token expires, in milliseconds since the epoch; absent when the server did not include it. */
  declare readonly expiresAt?: number
  /** When the refresh token expires, in milliseconds since the epoch; absent when unknown. */
  declare readonly refreshExpiresAt?: number
  /** When the user authorized the grant, in milliseconds since the epoch. */
  declare readonly authorizedAt?: number
  /** The refresh token (RFC 6749 §1.5). */
  declare readonly refreshToken?: string
  /** The verified ID token as it was sent (OpenID Connect Core §2). */
  declare readonly idToken?: string
  /** The claims of the verified ID token: the standard ones are typed, others are `unknown` (OpenID Connect Core §5.1). */
  declare readonly claims?: IdTokenClaims
  /** Other fields of the response, by the provider's names. */
  readonly extra: Readonly<Record<string, unknown>>

  /** Makes a token of its fields. Throws `config_invalid` for a field that is invalid or does not exist. */
  constructor(written: TokenFields) {
    const fields = checkFields(written)
    const { accessToken, tokenType = 'Bearer', scope = [], extra = {} } = fields
    this.accessToken = accessToken
    this.tokenType = spellTokenType(tokenType)
    this.scope = frozenCopy(scope)
    for (const name of optional)
      if (fields[name] !== undefined) (this as Record<string, unknown>)[name] = frozenCopy(fields[name])
    this.extra = frozenCopy(extra)
    Object.freeze(this)
  }

  /**
   * Restores a token from what was stored: the JSON string, or the parsed object; `{ accessToken }` is enough. Fields that
   * this version does not know go to `extra`. Throws `config_invalid`.
   */
  static from(stored: string | TokenFields): Token {
    if (stored instanceof Token) return stored
    return new Token(readStored(stored))
  }

  /** Whether the token has expired, or will within `leewaySeconds`; false where its expiry is unknown. `now` is in milliseconds since the epoch. */
  isExpired(leewaySeconds = 0, now: number = Date.now()): boolean {
    return this.expiresAt !== undefined && now >= this.expiresAt - leewaySeconds * 1000
  }

  /** Whether every one of these scopes was granted. Scopes are case-sensitive (RFC 6749 §3.3). */
  hasScope(...scopes: readonly string[]): boolean {
    return scopes.every((scope) => this.scope.includes(scope))
  }

  /** A copy with some fields changed; `undefined` removes one. */
  with(changes: Partial<TokenFields>): Token {
    return new Token({ ...this, ...changes })
  }

  /** `Token Bearer [redacted]`: safe in a log line and a template string. */
  toString(): string {
    return `Token ${this.tokenType} [redacted]`
  }
}

showInstead(Token.prototype, 'Token', redactFields)

/** The optional fields without a default. */
const optional = tokenFields.filter((name) => !['accessToken', 'tokenType', 'scope', 'extra'].includes(name))

const spellings: ReadonlyMap<string, string> = new Map([
  ['bearer', 'Bearer'],
  ['dpop', 'DPoP'],
])

function spellTokenType(tokenType: string): string {
  return spellings.get(tokenType.toLowerCase()) ?? tokenType
}

const shown: ReadonlySet<string> = new Set([
  'tokenType',
  'scope',
  'requestedScope',
  'resource',
  'expiresAt',
  'refreshExpiresAt',
  'authorizedAt',
  'claims',
])

/** The fields with `[redacted]` in place of everything that could be a secret, extra fields included. */
function redactFields(token: Token): Record<string, unknown> {
  const extra = Object.fromEntries(Object.keys(token.extra).map((name) => [name, '[redacted]']))
  const fields: [string, unknown][] = Object.entries(token).map(([name, value]) => [
    name,
    shown.has(name) ? (value as unknown) : '[redacted]',
  ])
  return { ...Object.fromEntries(fields), extra }
}
