/** Who has a key to itself, and until when; milliseconds since the epoch. */
export interface Lease {
  readonly owner: string
  readonly until: number
  /** For how long it was asked for, in milliseconds. */
  readonly ttl: number
}

/** A lease that begins now. */
export function newLease(owner: string, ttl: number, now: number): Lease {
  return { owner, until: now + ttl, ttl }
}

/**
 * A lease as it can honestly be: one that lies further ahead than was ever asked for was taken by a clock that has been
 * set back since, and ends when it would if it were taken now.
 */
export function honest(lease: Lease | undefined, now: number): Lease | undefined {
  return lease && lease.until > now + lease.ttl ? newLease(lease.owner, lease.ttl, now) : lease
}

/** The owner of a lease that is not over. */
export function holderOf(lease: Lease | undefined, now: number): string | undefined {
  return lease && lease.until > now ? lease.owner : undefined
}
