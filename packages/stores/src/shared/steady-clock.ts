/**
 * As far ahead as a clock can honestly have been, in milliseconds: 26 hours, which is what a wrong time zone makes. What
 * lies further ahead was a mistake, and is not followed.
 */
const furthestAhead = 26 * 60 * 60_000
/** Milliseconds for which a clock that has jumped is not trusted with removing anything. */
const doubtFor = 60 * 60_000

interface Reading {
  readonly time: number
  readonly machine: number
  readonly monotonic: number
}

/**
 * The clock of a machine, which does not go back: when the machine's is set back, this one goes on at half the speed until
 * the two meet. It goes back only where the machine's was more than 26 hours ahead, so that a clock which stood a year
 * ahead for a moment does not stay there.
 */
export class SteadyClock {
  readonly #machine: () => number
  #last: Reading | undefined
  #jumpedAt = -Infinity

  /** @param machine - Tells the time of the machine, in milliseconds since the epoch. */
  constructor(machine: () => number = () => Date.now()) {
    this.#machine = machine
  }

  /** The time, in milliseconds since the epoch, which is not before `mark`: what another process was told. */
  now(mark = 0): number {
    const [machine, monotonic] = [this.#machine(), performance.now()]
    const known = [mark, this.#goneOn(machine, monotonic)].filter((time) => time - machine <= furthestAhead)
    const time = Math.max(machine, ...known)
    if (this.#last && machine - this.#last.machine - (monotonic - this.#last.monotonic) > furthestAhead)
      this.#jumpedAt = monotonic
    this.#last = { time, machine, monotonic }
    return time
  }

  /** Whether the clock has jumped more than 26 hours ahead within the last hour: nothing may be removed because of it. */
  get isDoubtful(): boolean {
    return performance.now() - this.#jumpedAt < doubtFor
  }

  /** The time of the last reading, and half of what has passed since. */
  #goneOn(machine: number, monotonic: number): number {
    if (!this.#last) return 0
    const passed = Math.max(monotonic - this.#last.monotonic, machine - this.#last.machine)
    return Math.floor(this.#last.time + passed / 2)
  }
}
