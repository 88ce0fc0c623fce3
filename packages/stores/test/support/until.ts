import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'

/** Asks until the answer is yes, a thousand times at most. */
export async function until(what: string, answer: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 1_000; left > 0; left--) {
    if (await answer()) return
    await setTimeout(10)
  }
  expect.fail(`a thousand times asked, and still not so: ${what}`)
}
