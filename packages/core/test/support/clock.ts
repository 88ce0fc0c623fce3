import type { Clock } from '@grantkit/core'

/** A clock that moves when the test says so. */
export interface TestClock extends Clock {
  /** Moves on, and wakes whoever waited for that. */
  advance(ms: number): Promise<void>
  /** Stands elsewhere, without waking anybody: somebody has set it. */
  jump(ms: number): void
  /** How many wait at the moment. */
  readonly waiting: number
}

export const someTime = 1_800_000_000_000

/** A clock that stands still at `now` until it is advanced. */
export function testClock(now: number = someTime): TestClock {
  let time = now
  let sleepers: { until: number; wake: () => void }[] = []
  return {
    now: () => time,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { until: time + ms, wake: resolve }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          reject(signal.reason as Error)
        })
      }),
    advance: async (ms) => {
      time += ms
      const due = sleepers.filter(({ until }) => until <= time)
      sleepers = sleepers.filter(({ until }) => until > time)
      for (const { wake } of due) wake()
      await Promise.resolve()
    },
    jump: (ms) => {
      time += ms
      for (const sleeper of sleepers) sleeper.until += ms // a timer does not follow the time of day
    },
    get waiting() {
      return sleepers.length
    },
  }
}
