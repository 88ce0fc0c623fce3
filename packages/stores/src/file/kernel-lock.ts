import { LockedDatabase } from '../shared/locked-database.ts'
import { whenFree } from '../shared/when-free.ts'

/**
 * Lets one step run at a time, among all processes that use the same file. The file is an SQLite database without
 * anything in it: its lock is the operating system's, on every one of them, and ends with the process that held it.
 */
export class KernelLock {
  readonly #path: string
  readonly #timeout: number
  readonly #database: LockedDatabase<void>
  #last: Promise<unknown> = Promise.resolve()

  /**
   * @param path - The file of the lock.
   * @param timeout - Milliseconds to wait for other processes.
   */
  constructor(path: string, timeout: number) {
    this.#path = path
    this.#timeout = timeout
    this.#database = new LockedDatabase(path, () => {})
  }

  /** Runs a step once all before it, here and in other processes, have ended. */
  hold<Result>(step: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(() => this.#locked(step))
    this.#last = turn.catch(() => {})
    return turn
  }

  /** Closes the file, after the steps under way. */
  close(): Promise<void> {
    const closing = this.#last.then(() => this.#database.close())
    this.#last = closing
    return closing
  }

  async #locked<Result>(step: () => Promise<Result>): Promise<Result> {
    await whenFree(this.#path, this.#timeout, () => this.#database.begin())
    try {
      return await step()
    } finally {
      this.#database.rollback() // nothing was written to it
    }
  }
}
