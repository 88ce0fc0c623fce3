import { GrantError } from '../errors/grant-error.ts'

/** The members of a {@link Token}, as its constructor and `with` take them. */
export interface TokenMembers {
  /** The access token: opaque, printable ASCII, never parsed to decide anything. */
  readonly accessToken: string
  /** How the token is presented: `'Bearer'` unless given. */
  readonly tokenType?: string | undefined
  /** The scopes that were granted. */
  readonly scope?: readonly string[] | undefined
  /** The scopes that were asked for, where they are known. */
  readonly requestedScope?: readonly string[] | undefined
  /** When the access token ends, in milliseconds since the epoch; absent when the server did not say. */
  readonly expiresAt?: number | undefined
  /** When the refresh token ends, in milliseconds since the epoch; absent when unknown. */
  readonly refreshExpiresAt?: number | undefined
  /** When the user authorized the grant, in milliseconds since the epoch. */
  readonly authorizedAt?: number | undefined
  /** The refresh token. */
  readonly refreshToken?: string | undefined
  /** The ID token as it was sent, once verified (OpenID Connect). */
  readonly idToken?: string | undefined
  /** The claims of the verified ID token. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  /** What else the provider said, by the names it used. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

const times = ['expiresAt', 'refreshExpiresAt', 'authorizedAt'] as const
const texts = ['tokenType', 'refreshToken', 'idToken'] as const
const lists = ['scope', 'requestedScope'] as const
const objects = ['claims', 'extra'] as const
const wireNames = ['access_token', 'token_type', 'expires_in', 'refresh_token', 'id_token']

/** Whether a text can travel in a header: `1*VSCHAR` without space (RFC 6749 App. A.12, RFC 6750 §2.1). */
export function isAccessToken(text: string): boolean {
  return /^[\u0021-\u007E]+$/.test(text)
}

/**
 * Checks what may come from a store or from the caller's own hands. Members of other names stay as they are: a process
 * of a later version may have stored them.
 */
export function checkMembers(members: TokenMembers): TokenMembers {
  if (typeof members !== 'object' || members === null) throw invalid(`a token is an object: write { accessToken: '…' }`)
  const wireName = wireNames.find(isIn, members)
  if (wireName !== undefined)
    throw invalid(
      `${wireName} is a name on the wire: write { accessToken, refreshToken, expiresAt }, times in milliseconds since the epoch`,
    )
  if (typeof members.accessToken !== 'string' || !isAccessToken(members.accessToken))
    throw invalid('a token needs an accessToken: a text of printable ASCII that is not empty')
  check(members, texts, isText, 'a text that is not empty')
  check(members, times, Number.isFinite, 'a number of milliseconds since the epoch')
  check(members, lists, isTextList, 'an array of texts')
  check(members, objects, isObject, 'an object')
  return members
}

function check(
  members: TokenMembers,
  which: readonly (keyof TokenMembers)[],
  fits: (value: unknown) => boolean,
  kind: string,
): void {
  for (const name of which)
    if (members[name] !== undefined && !fits(members[name])) throw invalid(`${name} of a token is ${kind}`)
}

function isIn(this: object, name: string): boolean {
  return name in this
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}

/** Reads the JSON text of a stored token. */
export function parseMembers(json: string): TokenMembers {
  try {
    return JSON.parse(json) as TokenMembers
  } catch {
    throw invalid('this is not the JSON of a token: store JSON.stringify(token), and give Token.from that text')
  }
}
