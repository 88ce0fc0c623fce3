import type { RequestValues } from '../definition/parameters.ts'
import { GrantError } from '../errors/grant-error.ts'
import { Grant, type GrantOptions } from '../grants/grant.ts'
import { Token } from '../token/token.ts'
import type { TokenStore } from './token-store.ts'

/** A class of grants that need nothing but their options, and so can be asked again: `ClientCredentials`, or one of your own. */
export type AskableGrant = new (port: never) => {
  /** Requests a token: with nothing but options, so that it can be asked again. */
  requestToken(options?: never): Promise<Token>
}

/**
 * Where a token source has its tokens from: a `store` and a `key`, a `token` alone, a `grant` that can be asked again, or
 * a `request` of your own that can. A grant or a request may have a store and a key, too, so that a fleet shares its token.
 */
export interface TokenSourceOptions<Scope extends string = string> {
  /** Where the token is kept. */
  readonly store?: TokenStore | undefined
  /** Whose token it is, such as `user:42`: without it, one user would get another's. */
  readonly key?: string | undefined
  /** Where a new token waits while the store is away: a second store, such as a file. */
  readonly escrow?: TokenStore | undefined
  /** A token that is kept in memory alone. */
  readonly token?: Token | undefined
  /** A grant to ask, and to ask again when its token ends. */
  readonly grant?: AskableGrant | undefined
  /** The scopes to ask that grant for. */
  readonly scope?: readonly Scope[] | undefined
  /** Further parameters to ask that grant with. */
  readonly parameters?: RequestValues | undefined
  /** Requests a token in your own way, again and again. */
  request?(options: GrantOptions<Scope>): Promise<Token>
  /** Seconds before its end from which a token is refreshed early: 60 unless given, and never more than a fifth of its life. */
  readonly leeway?: number | undefined
  /** Whether a token is refreshed early while it is still served: true unless given. Set it to false where the runtime stops with the answer. */
  readonly background?: boolean | undefined
  /** Takes a refresh that outlives its caller: the `waitUntil` of a runtime that stops with the answer. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined
}

const defaultLeeway = 60

/** What a source is made of, once it is checked. */
export interface CheckedSourceOptions<Scope extends string> extends Omit<TokenSourceOptions<Scope>, 'request'> {
  /** Milliseconds. */
  readonly leeway: number
  /** The request, bound to its options. */
  readonly request: ((options: GrantOptions<Scope>) => Promise<Token>) | undefined
  /** When it was checked, in milliseconds since the epoch: since then at the latest, there is the token. */
  readonly madeAt: number
}

/** Checks what a source is to be made of, and copies it. Throws `config_invalid`. */
export function checkSourceOptions<Scope extends string>(
  options: TokenSourceOptions<Scope>,
  madeAt: number,
): CheckedSourceOptions<Scope> {
  const { store, key, escrow, token, grant, leeway = defaultLeeway } = options
  const request = options.request?.bind(options)
  if (store && (typeof key !== 'string' || key === ''))
    throw invalid(`a store needs a key, or one user would get another's token: write { store, key: 'user:42' }`)
  if (!store && (key !== undefined || escrow))
    throw invalid('a key or an escrow without a store does nothing: write { store, key }')
  const origins = [token, grant, request].filter((origin) => origin !== undefined)
  if (origins.length > 1) throw invalid('a source has one origin: token, grant or request')
  if (origins.length === 0 && !store)
    throw invalid('a source needs { store, key }, { token }, { grant } or { request }')
  if (token && store) throw invalid('a token goes into a store by source.save(token): leave token out')
  if (grant && !(grant.prototype instanceof Grant))
    throw invalid('grant is a class that extends Grant, such as ClientCredentials')
  if (!(Number.isFinite(leeway) && leeway >= 0)) throw invalid('leeway is a number of seconds')
  return { ...options, token: token && Token.from(token), request, leeway: leeway * 1000, madeAt }
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
