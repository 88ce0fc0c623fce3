import type { Exchange } from '../protocol/port.ts'
import type { Token } from '../token/token.ts'
import type { Keeping } from './record-keeper.ts'
import type { TokenRecord } from './token-record.ts'

/** What a coordinator works with. All that waits goes through the store, the clock or `obtain`, so that a test can decide who moves when. */
export interface Coordination extends Keeping {
  readonly timings: RefreshTimings
  /** Requests a token: a refresh of the stored one, or of a refresh token alone, or the grant once more. A rejection is not known to come from the server. */
  readonly obtain: (current: Token | string | undefined, purpose: Purpose) => Promise<Exchange>
  /** Whether the grant can be asked again without a stored token. */
  readonly askable: boolean
  /** Whether a refusal is to be believed, or is one of too many at once, which is an incident of the provider. */
  readonly believe: () => boolean
  /** Revokes a token that nobody will use. */
  readonly discard: (token: Token) => void
  /** From 0 to 1. */
  readonly random: () => number
}

/** Milliseconds; `lease` is longer than `request` and `margin` together. */
export interface RefreshTimings {
  /** The longest that a token request takes. */
  readonly request: number
  /** For writing its result down, afterwards. */
  readonly margin: number
  /** For how long a process may hold the lease without renewing it. */
  readonly lease: number
}

/** What a token is for: `name` tells it from the other tokens of its grant. */
export interface Purpose {
  readonly name: string
  readonly scope?: readonly string[] | undefined
  readonly resource?: string | readonly string[] | undefined
}

/** The stored token, if it will do. */
export type Good = (record: TokenRecord | undefined) => Token | undefined
