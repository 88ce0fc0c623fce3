import type { Token } from '../token/token.ts'
import type { SourceApi } from './source-api.ts'

/** Requirements for a token. */
export interface TokenOptions<Scope extends string = string> {
  /** Minimum seconds that the token has to be valid. If this exceeds the lifetime of a token, the freshest one is returned. */
  readonly minValid?: number | undefined
  /** Required scopes. A stored grant that lacks one rejects with `scope_insufficient`; a repeatable grant requests them. */
  readonly scope?: readonly Scope[] | undefined
  /** The resource, or resources, that the token is for (RFC 8707): each has a token of its own; the login's unless given. */
  readonly resource?: string | readonly string[] | undefined
  /** Aborts only this call; other callers that wait for the same token still get it. */
  readonly signal?: AbortSignal | undefined
}

/** How {@link TokenSource.clear} ends a grant. */
export interface ClearOptions {
  /** Whether to revoke the token at the provider too (RFC 7009). */
  readonly revoke?: boolean | undefined
  /** Aborts the revocation; the stored token is deleted before it begins. */
  readonly signal?: AbortSignal | undefined
}

/**
 * A token that stays fresh: refreshed before it expires, at most once however many callers and processes share it, and
 * never lost when a process dies. `provider.tokenSource(…)` makes one.
 *
 * @example
 * ```ts
 * import { memoryStore, Provider, Token } from '@grantkit/core'
 *
 * const metadata = { token_endpoint: 'https://id.acme.example/token' }
 * const acme = new Provider({ name: 'acme', metadata }, { clientId: 'my-client' })
 * const tokens = acme.tokenSource({ store: memoryStore(), key: 'user:42' })
 *
 * await tokens.save(Token.from({ accessToken: 'mF_9.B5f-4.1JqM' })) // after the login
 * const { accessToken } = await tokens.token()
 * accessToken // => 'mF_9.B5f-4.1JqM'
 * ```
 */
export interface TokenSource<Scope extends string = string> {
  /** The origins that the token may be sent to, as the provider's definition lists them. */
  readonly origins: readonly string[]
  /** What the provider's API expects of a call. A source without it presents plain Bearer tokens. */
  readonly api?: SourceApi | undefined
  /**
   * A token that is good now, refreshed first where it has to be. Rejects with `reauthorization_required` when only the
   * user can help, with `scope_insufficient`, `store_failed`, or with what went wrong at the token endpoint.
   */
  token(options?: TokenOptions<Scope>): Promise<Token>
  /** Stores a token, after a login; what was there before is replaced, whatever it was. Rejects with `store_failed`. */
  save(token: Token): Promise<void>
  /** The stored token, fresh or not; undefined without one. Never refreshes or deletes anything. */
  peek(): Promise<Token | undefined>
  /** Says that an API refused this token, so that the next call refreshes it; nothing happens if another one is there already. */
  invalidate(token: Token): Promise<void>
  /** Deletes the token; with `revoke`, also revokes it at the provider. */
  clear(options?: ClearOptions): Promise<void>
}

/** The implementation behind a {@link TokenSource}, loaded at its first call. */
export type OpenTokenSource = Omit<TokenSource, 'origins' | 'api'>
