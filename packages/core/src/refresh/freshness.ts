import type { StoredToken } from './stored-token.ts'

/** How good a token is: served as it is, served while it is refreshed, or not served. */
export type Freshness = 'fresh' | 'stale' | 'expired'

/** When a token counts as stale. */
export interface FreshnessRules {
  /** Milliseconds before its expiry at which a token becomes stale, at most a fifth of its lifetime. */
  readonly leeway: number
  /** From 0 to 1, different in each process, so that a fleet does not refresh in the same moment. */
  readonly jitter: number
  /** Milliseconds for which the caller needs the token: 0 by default. */
  readonly minValid?: number
}

/** A token is refreshed early in the last fifth of its lifetime, at most. */
const largestShare = 0.2
/** A call takes time: a token in its last moments would expire on the way. */
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
  const lifetime = Math.max(0, expiresAt - stored.obtainedAt)
  const leeway = stored.repeated ? 0 : Math.min(most, lifetime * largestShare)
  const asked = stored.adopted ? minValid : Math.min(minValid, lifetime - leeway)
  const needed = Math.max(asked, Math.min(longestMoments, lifetime * lastMoments))
  if (now >= expiresAt - needed) return 'expired'
  return now >= expiresAt - leeway * (1 - jitter / 2) ? 'stale' : 'fresh'
}

/** Whether a token can still be used although the refresh failed: it has not expired. */
export function isUsable(stored: StoredToken | undefined, now: number): boolean {
  if (!stored || stored.refused || wentBack(stored, now)) return false
  return stored.token.expiresAt === undefined || now < stored.token.expiresAt
}

/** A clock far before the time when the token was obtained cannot decide whether it has expired. */
function wentBack({ obtainedAt }: StoredToken, now: number): boolean {
  return now < obtainedAt - tolerance
}
