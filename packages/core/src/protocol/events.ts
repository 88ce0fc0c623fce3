/** What can happen to the tokens of a provider. */
export type GrantEventType =
  | 'issued'
  | 'refreshed'
  | 'reused'
  | 'reauthorization_soon'
  | 'reauthorization_required'
  | 'normalised'
  | 'not_replayed'
  | 'persist_delayed'
  | 'restored'
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
  /** The scopes that were granted. */
  readonly scope?: readonly string[]
  /** The declared deviation that was used, by its place in the definition. */
  readonly deviation?: string
  /** When the grant ends, in milliseconds since the epoch. */
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
