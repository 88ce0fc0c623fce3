import { frozenCopy, showInstead } from './plain.ts'
import { checkMembers, parseMembers, type TokenMembers } from './token-members.ts'

/**
 * What a grant obtains: an immutable value whose members are own, enumerable and frozen. `JSON.stringify(token)` and
 * {@link Token.from} are a lossless round trip; `console.log`, `util.inspect` and `String(token)` show no secret.
 *
 * @example
 * ```ts
 * import { Token } from '@grantkit/core'
 *
 * const token = Token.from({ accessToken: '2YotnFZFEjr1zCsicMWpAA', scope: ['read'], expiresAt: 1_000_000 })
 * token.isExpired(0, 999_999) // => false
 * token.isExpired(60, 999_999) // => true
 * token.hasScope('read', 'write') // => false
 * String(token) // => 'Token Bearer [redacted]'
 * Token.from(JSON.stringify(token)) // => token
 * ```
 */
export class Token {
  /** The access token (RFC 6749 §1.4). */
  readonly accessToken: string
  /** How the token is presented: `'Bearer'`, `'DPoP'`, spelt so whatever case was sent (RFC 6749 §7.1). */
  readonly tokenType: string
  /** The scopes that were granted (RFC 6749 §3.3). */
  readonly scope: readonly string[]
  /** The scopes that were asked for, where they are known. */
  declare readonly requestedScope?: readonly string[]
  /** When the access token ends, in milliseconds since the epoch; absent when the server did not say. */
  declare readonly expiresAt?: number
  /** When the refresh token ends, in milliseconds since the epoch; absent when unknown. */
  declare readonly refreshExpiresAt?: number
  /** When the user authorized the grant, in milliseconds since the epoch. */
  declare readonly authorizedAt?: number
  /** The refresh token (RFC 6749 §1.5). */
  declare readonly refreshToken?: string
  /** The verified ID token as it was sent (OpenID Connect Core §2). */
  declare readonly idToken?: string
  /** The claims of the verified ID token. */
  declare readonly claims?: Readonly<Record<string, unknown>>
  /** What else the provider said, by the names it used. */
  readonly extra: Readonly<Record<string, unknown>>

  /** Makes a token of its members; throws `config_invalid` for members that are none. */
  constructor(members: TokenMembers) {
    const { accessToken, tokenType = 'Bearer', scope, extra } = checkMembers(members)
    this.accessToken = accessToken
    this.tokenType = spellTokenType(tokenType)
    this.scope = scope?.length ? (Object.isFrozen(scope) ? scope : Object.freeze([...scope])) : noScope
    const given = members as unknown as Readonly<Record<string, unknown>>
    for (const name of Object.keys(given))
      if (!isSet.has(name) && given[name] !== undefined)
        (this as Record<string, unknown>)[name] = frozenCopy(given[name])
    this.extra = extra && Object.keys(extra).length > 0 ? frozenCopy(extra) : noExtra
    Object.freeze(this)
  }

  /** Restores a token from what was stored: the JSON text, or the parsed object; `{ accessToken }` is enough. Throws `config_invalid`. */
  static from(stored: string | TokenMembers): Token {
    if (stored instanceof Token) return stored
    return new Token(typeof stored === 'string' ? parseMembers(stored) : stored)
  }

  /** Whether the token is past its life, or within `leewaySeconds` of it; false while its life is unknown. `now` is in milliseconds since the epoch. */
  isExpired(leewaySeconds = 0, now: number = Date.now()): boolean {
    return this.expiresAt !== undefined && now >= this.expiresAt - leewaySeconds * 1000
  }

  /** Whether every one of these scopes was granted. Scopes are case-sensitive (RFC 6749 §3.3). */
  hasScope(...scopes: readonly string[]): boolean {
    return scopes.every((scope) => this.scope.includes(scope))
  }

  /** A copy with some members changed; `undefined` removes one. */
  with(changes: Partial<TokenMembers>): Token {
    return new Token({ ...this, ...changes })
  }

  /** `Token Bearer [redacted]`: safe in a log line and a template string. */
  toString(): string {
    return `Token ${this.tokenType} [redacted]`
  }
}

showInstead(Token.prototype, 'Token', redactMembers)

/** The members that every token has. */
const isSet: ReadonlySet<string> = new Set(['accessToken', 'tokenType', 'scope', 'extra'])
const noScope: readonly string[] = Object.freeze([])
const noExtra: Readonly<Record<string, unknown>> = Object.freeze({})

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
  'expiresAt',
  'refreshExpiresAt',
  'authorizedAt',
  'claims',
])

/** The members with `[redacted]` in place of all that could be a secret; what a provider says beside its token may be one, too. */
function redactMembers(token: Token): Record<string, unknown> {
  const extra = Object.fromEntries(Object.keys(token.extra).map((name) => [name, '[redacted]']))
  const members: [string, unknown][] = Object.entries(token).map(([name, value]) => [
    name,
    shown.has(name) ? (value as unknown) : '[redacted]',
  ])
  return { ...Object.fromEntries(members), extra }
}
