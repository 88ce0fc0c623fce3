import type { Clock } from '@grantkit/core'

/** The deadline of a request: of all that is slept for, only this takes its time. */
export const timeout = 9_999

/** The options of a provider that does not pause between two requests: what is given happens in each pause instead. */
export function withoutPauses(...pauses: readonly (() => unknown)[]): {
  readonly clock: Clock
  readonly timeout: number
} {
  let next = 0
  const sleep: Clock['sleep'] = async (ms, signal) => {
    if (ms === timeout) return new Promise((_, reject) => signal?.addEventListener('abort', reject))
    await pauses[next++]?.()
  }
  return { clock: { now: () => Date.now(), sleep }, timeout }
}
