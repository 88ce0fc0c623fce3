/** What can happen to the tokens of a provider. */
export type GrantEventType =
  | 'request'
  | 'issued'
  | 'refreshed'
  | 'reused'
  | 'reauthorization_soon'
  | 'reauthorization_required'
  | 'normalised'
  | 'not_replayed'
  | 'persist_delayed'
  | 'restored'
  | 'damaged'
  | 'discouraged'

/** Something that happened, for logs and metrics. It never holds a secret. */
export interface GrantEvent {
  /** What happened. */
  readonly type: GrantEventType
  /** The name of the provider. */
  readonly provider: string
  /** When, in milliseconds since the epoch. */
  readonly at: number
  /** The grant type, where a grant was run. */
  readonly grantType?: string
  /** The HTTP method of a request. */
  readonly method?: string
  /** The URL of a request, without its query. */
  readonly url?: string
  /** The HTTP status of the response to a request; absent where there was none. */
  readonly status?: number
  /** Milliseconds that a request took, from the call to the last byte of its response. */
  readonly duration?: number
  /** The key of the token source that it is about. */
  readonly key?: string
  /** The scopes that were granted. */
  readonly scope?: readonly string[]
  /** The declared deviation that was used, by its place in the definition. */
  readonly deviation?: string
  /** When the grant expires, in milliseconds since the epoch. */
  readonly endsAt?: number
  /**
   * Why the user has to log in again: `lost_after_rotation` where an earlier request with the same refresh token came to
   * an unknown end, so that the server had probably rotated it; else `refused`.
   */
  readonly cause?: 'refused' | 'lost_after_rotation'
  /** What is discouraged, and what to do instead. */
  readonly message?: string
}

/** Receives every event; what it returns, throws or rejects with is ignored. */
export type OnEvent = (event: GrantEvent) => unknown

/** An event before it is stamped with its provider and time. */
export type Emit = (event: Omit<GrantEvent, 'provider' | 'at'>) => void
