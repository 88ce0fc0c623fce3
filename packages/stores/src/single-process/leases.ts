import { holderOf, honest, type Lease, newLease } from '../shared/lease.ts'

/** The minimum number of leases between two sweeps. */
const sweepEvery = 1_024

/** The leases of one process, in memory; expired ones are removed. */
export class Leases {
  readonly #held = new Map<string, Lease>()
  #untilSweep = sweepEvery

  /** How many leases are in memory. */
  get size(): number {
    return this.#held.size
  }

  /** The owner of the lease of a key. */
  holder(key: string, now: number): string | undefined {
    return holderOf(this.#honest(key, now), now)
  }

  /** Gives a lease to an owner. */
  take(key: string, lease: { readonly owner: string; readonly ttl: number }, now: number): void {
    this.#held.set(key, newLease(lease.owner, lease.ttl, now))
    this.#sweepNowAndThen(now)
  }

  /** Releases a lease if this owner holds it. */
  release(key: string, owner: string): void {
    if (this.#held.get(key)?.owner === owner) this.#held.delete(key)
  }

  #honest(key: string, now: number): Lease | undefined {
    const lease = honest(this.#held.get(key), now)
    if (lease) this.#held.set(key, lease)
    return lease
  }

  /** Sweeps after as many new leases as there are in all, so the cost per lease is constant. */
  #sweepNowAndThen(now: number): void {
    this.#untilSweep -= 1
    if (this.#untilSweep > 0) return
    for (const [key, lease] of this.#held) if (holderOf(lease, now) === undefined) this.#held.delete(key)
    this.#untilSweep = Math.max(sweepEvery, this.#held.size)
  }
}
