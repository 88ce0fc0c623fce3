import { setTimeout } from 'node:timers/promises'
import type { TokenStore } from '@grantkit/core'

/** How numbers are added to. */
export interface IncrementOptions {
  /** Milliseconds after each write, for the others; none unless given. */
  readonly pause?: number | undefined
  /** Called after each write with how many there were. */
  readonly onAdded?: ((added: number) => void) | undefined
}

/** Adds one to the number under a key, so many times; again whenever another was faster. */
export async function increment(
  store: TokenStore,
  key: string,
  times: number,
  { pause = 0, onAdded }: IncrementOptions = {},
): Promise<void> {
  let added = 0
  for (let left = times * 1_000; added < times; left -= 1) {
    if (left === 0) throw new Error(`only ${added} of ${times} writes were made in a thousand attempts each`)
    // oxlint-disable-next-line eslint/no-await-in-loop -- a write depends on what was read
    const { version = 0, value } = (await store.read(key)) ?? {}
    // oxlint-disable-next-line eslint/no-await-in-loop -- a write depends on what was read
    if (await store.compareAndSet(key, version, { value: countText(countOf(value) + 1) })) {
      added += 1
      onAdded?.(added)
      // oxlint-disable-next-line eslint/no-await-in-loop -- lets others write
      if (pause > 0) await setTimeout(pause)
    }
  }
}

/** A number as a text that is long enough to be torn. */
export function countText(count: number): string {
  return `${count}${'.'.repeat(8_192)}${count}`
}

/** The number of such a text; NaN if it is no such text. */
export function countOf(text: string | undefined): number {
  const count = Number.parseInt(text ?? '0', 10)
  return text === undefined || text === countText(count) ? count : Number.NaN
}
