import type { GrantError } from '@grantkit/core'

/** What can happen to a login. */
export type WebEventType =
  | 'logged_in'
  | 'logged_out'
  | 'login_failed'
  | 'logout_failed'
  | 'return_refused'
  | 'cookie_refused'

/** Something that happened, for logs and metrics. It never has a secret. */
export interface WebEvent {
  /**
   * What happened. `login_failed` and `logout_failed` have an error; `return_refused` is a return-to value that led to
   * the default page; `cookie_refused` is a session cookie that cannot be opened, which an old key may explain.
   */
  readonly type: WebEventType
  /** The name of the provider. */
  readonly provider: string
  /** When, in milliseconds since the epoch. */
  readonly at: number
  /** What went wrong, where something did. */
  readonly error?: GrantError
}

/** Receives every event; what it returns, throws or rejects with is ignored. */
export type OnWebEvent = (event: WebEvent) => unknown
