import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import { isObject } from '../wire/json.ts'
import { type AuthorizationDetail, isAuthorizationDetails } from './authorization-detail.ts'
import type { IdTokenClaims } from './id-token-claims.ts'
import { isJson } from './plain.ts'

/** The fields of a {@link Token}, as its constructor and `with` take them. */
export interface TokenFields {
  /** The access token: opaque, printable ASCII, never parsed to decide anything. */
  readonly accessToken: string
  /** How the token is presented: `'Bearer'` unless given. */
  readonly tokenType?: string | undefined
  /** The scopes that were granted. */
  readonly scope?: readonly string[] | undefined
  /** The requested scopes, if known. */
  readonly requestedScope?: readonly string[] | undefined
  /** The requested resource, or resources (RFC 8707 §2). */
  readonly resource?: string | readonly string[] | undefined
  /** What was granted in detail (RFC 9396 §7). */
  readonly authorizationDetails?: readonly AuthorizationDetail[] | undefined
  /** When the access token expires, in milliseconds since the epoch; absent when the server did not include it. */
  readonly expiresAt?: number | undefined
  /** When the refresh token expires, in milliseconds since the epoch; absent when unknown. */
  readonly refreshExpiresAt?: number | undefined
  /** When the user authorized the grant, in milliseconds since the epoch. */
  readonly authorizedAt?: number | undefined
  /** The refresh token. */
  readonly refreshToken?: string | undefined
  /** The ID token as it was sent, once verified (OpenID Connect). */
  readonly idToken?: string | undefined
  /** The claims of the verified ID token. */
  readonly claims?: Readonly<Partial<IdTokenClaims>> | undefined
  /** Other fields of the response, by the provider's names. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

/** Every field that a token may have; each but the first may be absent. */
export const tokenFields = [
  'accessToken',
  'tokenType',
  'scope',
  'requestedScope',
  'resource',
  'authorizationDetails',
  'expiresAt',
  'refreshExpiresAt',
  'authorizedAt',
  'refreshToken',
  'idToken',
  'claims',
  'extra',
] as const satisfies readonly (keyof TokenFields)[]

type Kind = readonly [what: string, fits: (value: unknown) => boolean]

const string: Kind = ['a non-empty string', (value) => typeof value === 'string' && value !== '']
const strings: Kind = ['an array of strings', (value) => Array.isArray(value) && value.every(isString)]
const object: Kind = ['an object of JSON values', (value) => isObject(value) && isJson(value)]
const resource: Kind = ['a string or an array of strings', (value) => isString(value) || strings[1](value)]
const details: Kind = ['an array of JSON objects that have a type', isAuthorizationDetails]
const time: Kind = ['a number of milliseconds since the epoch', Number.isFinite]

const kinds = Object.entries<Kind>({
  tokenType: string,
  scope: strings,
  requestedScope: strings,
  resource,
  authorizationDetails: details,
  expiresAt: time,
  refreshExpiresAt: time,
  authorizedAt: time,
  refreshToken: string,
  idToken: string,
  claims: object,
  extra: object,
} satisfies Partial<Record<keyof TokenFields, Kind>>)

/** Names of a token response, which are not fields of a token. */
export const wireNames: readonly string[] = ['access_token', 'token_type', 'expires_in', 'refresh_token', 'id_token']

/** Milliseconds: a smaller time would be before 1973, so it was meant in seconds. */
const earliest = 1e11

/** Whether a string can travel in a header: `1*VSCHAR` without space (RFC 6749 App. A.12, RFC 6750 §2.1). */
export function isAccessToken(text: string): boolean {
  return /^[\u0021-\u007E]+$/.test(text)
}

/** Checks what a caller writes, field by field, and returns a copy that no getter can change. Throws `config_invalid`. */
export function checkFields(written: TokenFields): TokenFields {
  if (!isObject(written)) throw invalid(`a token has to be an object: write { accessToken: '…' }`)
  const fields: TokenFields = { ...written }
  refuseWireNames(fields)
  refuseUnknownFields(fields, { what: 'a token', fields: tokenFields })
  if (typeof fields.accessToken !== 'string' || !isAccessToken(fields.accessToken))
    throw invalid('a token needs an accessToken: a non-empty string of printable ASCII')
  for (const [name, kind] of kinds) checkKind(name, fields[name as keyof TokenFields], kind)
  return fields
}

function checkKind(name: string, value: unknown, [what, fits]: Kind): void {
  if (value === undefined) return
  if (!fits(value)) throw invalid(`${name} of a token has to be ${what}`)
  if (typeof value === 'number' && value > 0 && value < earliest)
    throw invalid(`${name} of a token has to be in milliseconds since the epoch: ${value} can only be seconds`)
}

function refuseWireNames(fields: object): void {
  const name = wireNames.find((wireName) => Object.hasOwn(fields, wireName))
  if (name !== undefined)
    throw invalid(
      `${name} is a name on the wire: write { accessToken, refreshToken, expiresAt }, times in milliseconds since the epoch`,
    )
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
