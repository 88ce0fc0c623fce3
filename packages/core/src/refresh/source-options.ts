import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import { Grant, type GrantOptions } from '../grants/grant.ts'
import type { ProofOfPossession } from '../protocol/proof-of-possession.ts'
import { Token } from '../token/token.ts'
import type { RequestValues } from '../wire/form.ts'
import type { TokenStore } from './token-store.ts'

/** A class of grants that need only their options, and so can be requested again: `ClientCredentials`, or a custom grant. */
export type AskableGrant = new (port: never) => {
  /** Requests a token: with nothing but options, so that it can be asked again. */
  requestToken(options?: never): Promise<Token>
}

/** Options of every token source. */
export interface FreshnessOptions {
  /** Seconds before its expiry from which a token is refreshed early: 60 by default, and never more than a fifth of its lifetime. */
  readonly leeway?: number | undefined
  /** Whether a token is refreshed early while it is still served: true unless given. Set it to false where the runtime stops with the response. */
  readonly background?: boolean | undefined
  /** Takes a refresh that outlives its caller: the `waitUntil` of a runtime that stops with the response. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

/** Where a token is kept. */
export interface StorageOptions {
  /** The store. */
  readonly store: TokenStore
  /** Whose token it is, such as `user:42`: without it, one user would get another's. */
  readonly key: string
  /** Where a new token waits while the store is away: a second store, such as a file. */
  readonly escrow?: TokenStore | undefined
}

/** No store: the token is only in memory. */
export interface NoStorage {
  /** None. */
  readonly store?: undefined
  /** None. */
  readonly key?: undefined
  /** None. */
  readonly escrow?: undefined
}

/** A token of a login that was saved, or will be, under a key of a store. */
export interface StoredSource extends StorageOptions, FreshnessOptions {}

/** A token that is only in memory. */
export interface TokenAlone extends NoStorage, FreshnessOptions {
  /** The token. */
  readonly token: Token
}

/** A refresh token that came from elsewhere: the first `token()` refreshes it. */
export type RefreshTokenSource = FreshnessOptions & {
  /** The refresh token. */
  readonly refreshToken: string
  /** Whether it replaces a token that is already stored under the key. By default `false`. */
  readonly replace?: boolean | undefined
} & (StorageOptions | NoStorage)

/** A grant that can be asked again, for one process, or for all that share a store. */
export type GrantSource<Scope extends string = string> = FreshnessOptions & {
  /** The grant that requests a token, again whenever it expires. */
  readonly grant: AskableGrant
  /** The scopes to request. */
  readonly scope?: readonly Scope[] | undefined
  /** Further parameters of the grant. */
  readonly parameters?: RequestValues | undefined
} & (StorageOptions | NoStorage)

/** A request of your own that can be made again and again. */
export type RequestSource<Scope extends string = string> = FreshnessOptions & {
  /** Requests a token in your own way. */
  request(options: GrantOptions<Scope>): Promise<Token>
} & (StorageOptions | NoStorage)

/**
 * Where a token source gets its tokens from: a `store` and a `key`, a `token` alone, a `refreshToken`, a `grant` that can
 * be asked again, or a `request` of your own that can. All but a token alone may have a store and a key, so that a fleet shares its token.
 */
export type TokenSourceOptions<Scope extends string = string> =
  | StoredSource
  | TokenAlone
  | RefreshTokenSource
  | GrantSource<Scope>
  | RequestSource<Scope>

/** Every field that some kind of source has. */
interface AnySourceOptions<Scope extends string> extends Partial<StorageOptions>, FreshnessOptions {
  readonly token?: Token | undefined
  readonly refreshToken?: string | undefined
  readonly replace?: boolean | undefined
  readonly grant?: AskableGrant | undefined
  readonly scope?: readonly Scope[] | undefined
  readonly parameters?: RequestValues | undefined
  readonly request?: ((options: GrantOptions<Scope>) => Promise<Token>) | undefined
}

const storage = ['store', 'key', 'escrow']
const beginning = ['token', 'refreshToken', 'replace', 'grant', 'scope', 'parameters', 'request']
const freshness = ['leeway', 'background', 'waitUntil']
const fields = { what: 'a token source', fields: [...storage, ...beginning, ...freshness] }
const defaultLeeway = 60

/** What a source is made of, once it is checked. */
export interface CheckedSourceOptions<Scope extends string> extends Omit<AnySourceOptions<Scope>, 'request'> {
  /** Milliseconds. */
  readonly leeway: number
  /** The request, bound to its options. */
  readonly request: ((options: GrantOptions<Scope>) => Promise<Token>) | undefined
  /** The thumbprint of the provider's DPoP key, where it has one. */
  readonly boundTo?: string | undefined
  /** When it was checked, in milliseconds since the epoch: the token existed by then. */
  readonly madeAt: number
}

/** Checks what a source is to be made of, and copies it. Throws `config_invalid`. */
export function checkSourceOptions<Scope extends string>(
  options: TokenSourceOptions<Scope>,
  madeAt: number,
  proofs?: Pick<ProofOfPossession, 'volatile'>,
): CheckedSourceOptions<Scope> {
  const given = options as AnySourceOptions<Scope>
  if (typeof given !== 'object' || given === null) throw invalid('a source needs options, such as { store, key }')
  refuseUnknownFields(given, fields)
  const { token, grant, refreshToken, leeway = defaultLeeway } = given
  const request = given.request?.bind(given)
  checkStorage(given)
  if (proofs?.volatile) checkVolatile(given)
  checkOrigins({ ...given, request })
  if (grant && !(grant.prototype instanceof Grant))
    throw invalid('grant has to be a class that extends Grant, such as ClientCredentials')
  if (refreshToken !== undefined && (typeof refreshToken !== 'string' || refreshToken === ''))
    throw invalid('refreshToken has to be a non-empty string')
  if (!(Number.isFinite(leeway) && leeway >= 0)) throw invalid('leeway has to be a number of seconds')
  const own = token && checkBinding(Token.from(token), proofs !== undefined)
  return { ...given, token: own, request, leeway: leeway * 1000, madeAt }
}

/** Refuses a token that is bound to a key where there is none: nobody could use it. Throws `config_invalid`. */
export function checkBinding(token: Token, hasKey: boolean): Token {
  if (token.tokenType !== 'DPoP' || hasKey) return token
  throw invalid(
    'the token is bound to a DPoP key: give the provider the key pair that it was obtained with, { dpop: keyPair }',
  )
}

/** A key that is lost with its process must not outlive it as what stored tokens are bound to. */
function checkVolatile({ store, escrow }: Partial<StorageOptions>): void {
  if ([store, escrow].every((place) => !place || place.volatile === true)) return
  throw invalid(
    'dpop: true makes a key that is lost when this process exits, and the store keeps its tokens: pass a key pair to the provider, { dpop: keyPair }',
  )
}

function checkStorage({ store, key, escrow }: Partial<StorageOptions>): void {
  if (store && (typeof key !== 'string' || key === ''))
    throw invalid(`a store needs a key, or one user would get another's token: write { store, key: 'user:42' }`)
  if (!store && (key !== undefined || escrow))
    throw invalid('a key or an escrow without a store does nothing: write { store, key }')
}

function checkOrigins(options: Omit<AnySourceOptions<string>, 'request'> & { readonly request?: unknown }): void {
  const { store, token, refreshToken, replace, grant, request, scope, parameters } = options
  const origins = [token, refreshToken, grant, request].filter((origin) => origin !== undefined)
  if (origins.length > 1) throw invalid('a source has one origin: token, refreshToken, grant or request')
  if (origins.length === 0 && !store)
    throw invalid('a source needs { store, key }, { token }, { refreshToken }, { grant } or { request }')
  if (token && store) throw invalid('a token goes into a store by source.save(token): leave token out')
  if (replace !== undefined && refreshToken === undefined) throw invalid('replace is for a source with a refreshToken')
  if (!grant && (scope ?? parameters) !== undefined)
    throw invalid('scope and parameters are for a source with a grant: pass them to token() or authorize()')
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
