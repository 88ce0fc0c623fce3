import { GrantError } from '@grantkit/core'
import { createFile, identityOf, inspect, refused } from '../shared/node/private-path.ts'
import { Turns } from '../shared/turns.ts'
import { isNotADatabase, whenFree } from '../shared/node/when-free.ts'
import { type LockOrder, orderLock } from './lock-thread.ts'

let locks = 0

/**
 * Runs one step at a time among all processes that use the same file. The file is an empty SQLite database: SQLite uses
 * the lock of the operating system, which is released when its process exits or is killed.
 */
export class KernelLock {
  readonly #path: string
  readonly #timeout: number
  readonly #turns = new Turns(1)
  readonly #id = ++locks
  #closed = false

  /**
   * @param path - The lock file.
   * @param timeout - Milliseconds to wait for other processes.
   */
  constructor(path: string, timeout: number) {
    this.#path = path
    this.#timeout = timeout
  }

  /** Runs a step exclusively, in this process and all others; an urgent one goes before others that wait here. */
  async hold<Result>(step: () => Promise<Result>, options?: { readonly urgent: boolean }): Promise<Result> {
    if (this.#closed) throw new GrantError('store_failed', `the store at ${this.#path} is closed`)
    return this.#turns.run(() => this.#locked(step), options)
  }

  /** Waits for pending steps; every later step rejects. */
  async close(): Promise<void> {
    this.#closed = true
    // oxlint-disable-next-line eslint/no-await-in-loop -- each waits for those before it, and urgent steps may still follow
    do await this.#turns.run(async () => {})
    while (this.#turns.waiting > 0)
  }

  async #locked<Result>(step: () => Promise<Result>): Promise<Result> {
    try {
      await whenFree(this.#path, this.#timeout, () => this.#take())
      return await step()
    } finally {
      await this.#order('free')
    }
  }

  /** Locks the file at the path, again if the file was replaced meanwhile. */
  async #take(): Promise<void> {
    const file = identityOf(inspect(this.#path, 'file') ?? createFile(this.#path))
    await this.#order('take', file)
    if (identityOf(inspect(this.#path, 'file')) === file) return
    await this.#order('free')
    await this.#take()
  }

  async #order(step: LockOrder['step'], file?: string): Promise<void> {
    try {
      await orderLock({ step, lock: this.#id, path: this.#path, file })
    } catch (error) {
      throw isNotADatabase(error) ? refused(this.#path, 'is not an SQLite database or is damaged') : error
    }
  }
}
