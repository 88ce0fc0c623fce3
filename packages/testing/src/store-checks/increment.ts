import { setTimeout } from 'node:timers/promises'
import type { TokenStore } from '@grantkit/core'

/** How a counter is incremented. */
export interface Increments {
  readonly times: number
  /** Milliseconds to wait after each write, so that others can write. By default 0. */
  readonly pause?: number | undefined
  /** Called after each write with the number of writes so far. */
  readonly onAdded?: ((added: number) => void) | undefined
}

/** Increments the counter under a key; tries again whenever another writer was faster. */
export async function increment(
  store: TokenStore,
  key: string,
  { times, pause = 0, onAdded }: Increments,
): Promise<void> {
  let added = 0
  for (let left = times * 1_000; added < times; left -= 1) {
    if (left === 0) throw new Error(`only ${added} of ${times} writes were made in a thousand attempts each`)
    // oxlint-disable-next-line eslint/no-await-in-loop -- a write depends on the read before it
    const { version = 0, value } = (await store.read(key)) ?? {}
    // oxlint-disable-next-line eslint/no-await-in-loop -- a write depends on the read before it
    if (await store.compareAndSet(key, version, { value: countValue(countOf(value) + 1) })) {
      added += 1
      onAdded?.(added)
      // oxlint-disable-next-line eslint/no-await-in-loop -- lets others write
      if (pause > 0) await setTimeout(pause)
    }
  }
}

/** A counter as a string that is long enough to be torn. */
export function countValue(count: number): string {
  return `${count}${'.'.repeat(8_192)}${count}`
}

/** The counter in such a string; NaN for any other string. */
export function countOf(value: string | undefined): number {
  const count = Number.parseInt(value ?? '0', 10)
  return value === undefined || value === countValue(count) ? count : Number.NaN
}
