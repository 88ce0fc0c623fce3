/**
 * Milliseconds that a clock can plausibly be ahead: 26 hours, the largest difference between time zones. A clock further
 * ahead is wrong and ignored.
 */
const furthestAhead = 26 * 60 * 60_000
/** Milliseconds after a jump of the clock during which nothing is removed. */
const doubtFor = 60 * 60_000

interface Reading {
  readonly time: number
  readonly machine: number
  readonly monotonic: number
}

/**
 * The clock of a machine, except that it does not go back: after the machine's clock is set back, this one runs at half
 * speed until they meet. It goes back only if it is more than 26 hours ahead, so that a clock that was a year ahead for a
 * moment recovers.
 */
export class SteadyClock {
  readonly #machine: () => number
  #last: Reading | undefined
  #jumpedAt = -Infinity

  /** @param machine - Returns the time of the machine in milliseconds since the epoch. */
  constructor(machine: () => number = () => Date.now()) {
    this.#machine = machine
  }

  /** The time in milliseconds since the epoch, never before `mark`, the latest time in another process. */
  now(mark = 0): number {
    const [machine, monotonic] = [this.#machine(), performance.now()]
    const known = [mark, this.#slowed(machine, monotonic)].filter((time) => time - machine <= furthestAhead)
    const time = Math.max(machine, ...known)
    if (this.#last && machine - this.#last.machine - (monotonic - this.#last.monotonic) > furthestAhead)
      this.#jumpedAt = monotonic
    this.#last = { time, machine, monotonic }
    return time
  }

  /** Whether the clock has jumped more than 26 hours ahead within the last hour; then nothing may be removed. */
  get isDoubtful(): boolean {
    return performance.now() - this.#jumpedAt < doubtFor
  }

  /** The time of the last reading plus half of the time since. */
  #slowed(machine: number, monotonic: number): number {
    if (!this.#last) return 0
    const passed = Math.max(monotonic - this.#last.monotonic, machine - this.#last.machine)
    return Math.floor(this.#last.time + passed / 2)
  }
}
