import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'

/** Polls until a condition holds, at most a thousand times. */
export async function until(what: string, answer: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 1_000; left > 0; left--) {
    if (await answer()) return
    await setTimeout(10)
  }
  expect.fail(`still not true after a thousand attempts: ${what}`)
}
