import type { TokenFields } from '../token/token-fields.ts'
import { Token } from '../token/token.ts'
import { sameClock } from './honest-times.ts'

/** A token and when it was obtained. */
export interface StoredToken {
  readonly token: TokenFields
  /** Milliseconds since the epoch, by the clock of the process that obtained it. */
  readonly obtainedAt: number
  /** The same moment by the store's clock, for processes whose own clock is another; absent where it is not known. */
  readonly storedAt?: number | undefined
  /** It came from elsewhere, so that its whole lifetime is not known. */
  readonly adopted?: true | undefined
  /** An API refused it. */
  readonly refused?: true | undefined
  /** The refresh brought the same access token again, so trying early is of no use. */
  readonly repeated?: true | undefined
}

/** The token that was stored. */
export function restoredToken(stored: StoredToken): Token {
  return Token.from(stored.token)
}

/**
 * A stored token with its times by this machine's clock. Whoever obtained it wrote down when, by its own clock and by the
 * store's; `ahead` is how many milliseconds this machine's clock is ahead of the store's.
 */
export function byOwnClock(stored: StoredToken, ahead: number | undefined): StoredToken {
  const { storedAt, obtainedAt, token } = stored
  const shift = storedAt === undefined || ahead === undefined ? 0 : storedAt + ahead - obtainedAt
  if (Math.abs(shift) < sameClock) return stored
  const { expiresAt } = token
  return {
    ...stored,
    obtainedAt: obtainedAt + shift,
    token: expiresAt === undefined ? token : { ...token, expiresAt: expiresAt + shift },
  }
}
