import type { StoredToken } from './stored-token.ts'

/** How good a token is: served as it is, served while it is refreshed, or not served. */
export type Freshness = 'fresh' | 'stale' | 'expired'

/** When a token counts as stale. */
export interface FreshnessRules {
  /** The most milliseconds before its end at which a token becomes stale; never more than a fifth of its life. */
  readonly leeway: number
  /** From 0 to 1, another one in each process, so that a fleet does not refresh in the same moment. */
  readonly jitter: number
  /** Milliseconds for which the caller needs the token: none unless given. */
  readonly minValid?: number
}

/** A fifth of a token's life, at most, is spent refreshing it early. */
const largestShare = 0.2
/** A call takes a while: a token in its last moments would end on the way. */
const lastMoments = 0.05
const longestMoments = 10_000
/** Clocks of two honest machines differ by less. */
const tolerance = 5 * 60_000

/** How good a stored token is at a moment. */
export function freshnessOf(
  stored: StoredToken,
  now: number,
  { leeway: most, jitter, minValid = 0 }: FreshnessRules,
): Freshness {
  const { expiresAt } = stored.token
  if (stored.refused || wentBack(stored, now)) return 'expired'
  if (expiresAt === undefined) return 'fresh'
  const life = Math.max(0, expiresAt - stored.obtainedAt)
  const leeway = stored.repeated ? 0 : Math.min(most, life * largestShare)
  const asked = stored.adopted ? minValid : Math.min(minValid, life - leeway)
  const needed = Math.max(asked, Math.min(longestMoments, life * lastMoments))
  if (now >= expiresAt - needed) return 'expired'
  return now >= expiresAt - leeway * (1 - jitter / 2) ? 'stale' : 'fresh'
}

/** Whether a token may be handed out although it could not be refreshed: it has not ended yet. */
export function isUsable(stored: StoredToken | undefined, now: number): boolean {
  if (!stored || stored.refused || wentBack(stored, now)) return false
  return stored.token.expiresAt === undefined || now < stored.token.expiresAt
}

/** A clock that stands long before the token was obtained cannot tell when it ends. */
function wentBack({ obtainedAt }: StoredToken, now: number): boolean {
  return now < obtainedAt - tolerance
}
