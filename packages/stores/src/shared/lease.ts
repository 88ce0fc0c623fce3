/** The owner of a key, and the expiry in milliseconds since the epoch. */
export interface Lease {
  readonly owner: string
  readonly until: number
  /** The requested lifetime in milliseconds. */
  readonly ttl: number
}

/** A lease that starts now. */
export function newLease(owner: string, ttl: number, now: number): Lease {
  return { owner, until: now + ttl, ttl }
}

/**
 * Corrects a lease that expires later than its lifetime allows: it was acquired before the clock was set back, and now
 * expires as if it were acquired now.
 */
export function honest(lease: Lease | undefined, now: number): Lease | undefined {
  return lease && lease.until > now + lease.ttl ? newLease(lease.owner, lease.ttl, now) : lease
}

/** The owner of a lease that has not expired. */
export function holderOf(lease: Lease | undefined, now: number): string | undefined {
  return lease && lease.until > now ? lease.owner : undefined
}
