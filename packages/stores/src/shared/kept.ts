import type { StoreWrite } from '@grantkit/core'

/** Milliseconds for which an expired record is kept, so that a late write finds its version. */
export const keptFor: number = 60 * 60 * 1_000

/**
 * When a record expires, in whole milliseconds since the epoch: now if it is forgotten, otherwise `until` of the write;
 * undefined for never.
 */
export function untilOf({ value, until }: StoreWrite, now: number): number | undefined {
  if (value === undefined) return Math.ceil(now)
  return until !== undefined && Number.isFinite(until) ? Math.min(Math.ceil(until), Number.MAX_SAFE_INTEGER) : undefined
}
