import type { GrantErrorAction, GrantErrorCode } from '../errors/grant-error.ts'

/**
 * An unclear error response of the API: what it means, and what to do about it. It is recognised by its status, the kind
 * of its body and a code in it, never by prose.
 */
export interface ApiErrorHint {
  /** The status of the response. Spotify: `403`. */
  readonly status: number
  /** The kind of the body: `text` is neither JSON nor a web page. By default any body matches. Spotify's policy: `'text'`. */
  readonly body?: 'json' | 'text'
  /** The code in the JSON of the response. Spotify: `'QUOTA_EXCEEDED'`. */
  readonly reason?: string
  /** The path of that code, as names joined by dots: `error.reason` by default, as at Spotify. */
  readonly path?: string
  /** The code of the error that the call rejects with: `api_error` by default. Spotify's quota: `'rate_limited'`. */
  readonly code?: ApiErrorCode
  /** What the caller should do, if it differs from the default of the code. */
  readonly action?: GrantErrorAction
  /** What is wrong and what to do about it: lower case, without a full stop. */
  readonly message: string
  /** Where the provider documents it. */
  readonly source?: string
}

/** The errors that a response of an API can cause. */
export type ApiErrorCode = Extract<
  GrantErrorCode,
  'api_error' | 'rate_limited' | 'reauthorization_required' | 'scope_insufficient'
>
