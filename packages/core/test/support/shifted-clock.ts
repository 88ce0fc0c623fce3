import type { Clock } from '@grantkit/core'

/** A clock that stands so many milliseconds ahead of another; what it says may be moved. */
export interface ShiftedClock extends Clock {
  ahead: number
}

/** A clock of a machine whose time differs from the others'. */
export function shiftedClock(clock: Clock, ahead: number): ShiftedClock {
  return {
    ahead,
    now(): number {
      return clock.now() + this.ahead
    },
    sleep: (ms, signal) => clock.sleep(ms, signal),
  }
}
