import { GrantError } from '@grantkit/core'
import { createFile, identityOf, inspect, refused } from '../shared/node/private-path.ts'
import { Turns } from '../shared/turns.ts'
import { isNotADatabase, whenFree } from '../shared/node/when-free.ts'
import { type LockOrder, orderLock } from './lock-thread.ts'

let locks = 0

/**
 * Lets one step run at a time, among all processes that use the same file. The file is an SQLite database without
 * anything in it: its lock is the operating system's, on every one of them, and is freed when the process that holds it
 * ends, however that happens.
 */
export class KernelLock {
  readonly #path: string
  readonly #timeout: number
  readonly #turns = new Turns(1)
  readonly #id = ++locks
  #closed = false

  /**
   * @param path - The file of the lock.
   * @param timeout - Milliseconds to wait for other processes.
   */
  constructor(path: string, timeout: number) {
    this.#path = path
    this.#timeout = timeout
  }

  /** Runs a step while nobody else does, here or in another process; an urgent one before others that wait here. */
  async hold<Result>(step: () => Promise<Result>, options?: { readonly urgent: boolean }): Promise<Result> {
    if (this.#closed) throw new GrantError('store_failed', `the store at ${this.#path} was closed`)
    return this.#turns.run(() => this.#locked(step), options)
  }

  /** Waits for the steps under way; every later one rejects. */
  async close(): Promise<void> {
    this.#closed = true
    // oxlint-disable-next-line eslint/no-await-in-loop -- each waits for those before it, and urgent ones may still follow
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

  /** Takes the lock of the file at the path. Another file may take its place meanwhile: its lock is the one that counts. */
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
      throw isNotADatabase(error) ? refused(this.#path, 'is not an SQLite database, or a damaged one') : error
    }
  }
}
