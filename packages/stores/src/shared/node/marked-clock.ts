import { lutimesSync } from 'node:fs'
import { createFile, inspect } from './private-path.ts'
import { SteadyClock } from '../steady-clock.ts'

/**
 * A clock that the processes of a machine share. The modification time of a file is the latest time that any of them has
 * seen, so none of them sees an earlier one, whatever happens to the machine's clock.
 */
export class MarkedClock {
  readonly #path: string
  readonly #clock = new SteadyClock()

  /** @param path - The file, created for its owner only; only its modification time is used. */
  constructor(path: string) {
    this.#path = path
  }

  /** The time in milliseconds since the epoch; see {@link SteadyClock} for a machine clock that is set back. */
  now(): number {
    const found = inspect(this.#path, 'file') ?? createFile(this.#path)
    const mark = Math.round(found.mtimeMs)
    const time = this.#clock.now(mark)
    if (time !== mark) lutimesSync(this.#path, time / 1_000, time / 1_000)
    return time
  }

  /** Whether the clock may be wrong, so nothing should be removed. */
  get isDoubtful(): boolean {
    return this.#clock.isDoubtful
  }
}
