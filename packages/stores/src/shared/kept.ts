import type { StoreWrite } from '@grantkit/core'

/** Milliseconds for which a record is kept beyond its use, so that a late write finds its version. */
export const keptFor: number = 60 * 60 * 1_000

/**
 * From when on a record is of no use, in whole milliseconds since the epoch: what is forgotten from now on, anything else
 * as the write says, or never (undefined).
 */
export function untilOf({ value, until }: StoreWrite, now: number): number | undefined {
  if (value === undefined) return Math.ceil(now)
  return until !== undefined && Number.isFinite(until) ? Math.min(Math.ceil(until), Number.MAX_SAFE_INTEGER) : undefined
}
