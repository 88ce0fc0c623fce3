import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { GrantError } from '@grantkit/core'
import { createFile, inspect, refused } from './private-path.ts'
import { isNoDatabase } from './when-free.ts'

interface Opened<Prepared> {
  readonly database: DatabaseSync
  readonly begin: StatementSync
  /** Which file it is: another may take its place, and who wrote to the old one would lose it. */
  readonly file: string | undefined
  readonly prepared: Prepared
}

/**
 * An SQLite file for its owner alone, and the lock that the operating system keeps on it: when a process ends, however
 * it ends, so does its transaction. No call waits; what is busy throws, for `whenFree`.
 */
export class LockedDatabase<Prepared> {
  readonly #path: string
  readonly #prepare: (database: DatabaseSync) => Prepared
  // The connection has to be kept: one that is collected as garbage gives its lock up.
  #opened: Opened<Prepared> | undefined
  #closed = false

  constructor(path: string, prepare: (database: DatabaseSync) => Prepared) {
    this.#path = path
    this.#prepare = prepare
  }

  /** What was prepared on the connection, which is opened if need be. */
  open(): Prepared {
    if (this.#closed) throw new GrantError('store_failed', `the store at ${this.#path} was closed`)
    this.#isCurrent()
    return (this.#opened ??= this.#connect()).prepared
  }

  /** Begins a transaction that excludes every other. */
  begin(): Prepared {
    const prepared = this.open()
    this.#explain(() => this.#opened?.begin.run())
    return this.#isCurrent() ? prepared : this.begin()
  }

  /** Ends the transaction, and keeps what was written. */
  commit(): void {
    this.#opened?.database.exec('COMMIT')
  }

  /** Ends the transaction, if there still is one, as if it had never been. */
  rollback(): void {
    try {
      this.#opened?.database.exec('ROLLBACK')
    } catch {
      this.#disconnect() // SQLite has ended it by itself: the disk is full, for example
    }
  }

  /** Closes the file for good. */
  close(): void {
    this.#closed = true
    this.#disconnect()
  }

  /** Whether what is open is what stands at the path now; it is closed if it is not. */
  #isCurrent(): boolean {
    let file: string | undefined
    try {
      file = inspect(this.#path, 'file')
    } finally {
      if (this.#opened?.file !== file) this.#disconnect()
    }
    return this.#opened !== undefined
  }

  #connect(): Opened<Prepared> {
    createFile(this.#path)
    const file = inspect(this.#path, 'file')
    const database = new DatabaseSync(this.#path)
    try {
      return this.#explain(() => ({
        begin: database.prepare('BEGIN IMMEDIATE'),
        prepared: this.#prepare(database),
        database,
        file,
      }))
    } catch (error) {
      database.close()
      throw error
    }
  }

  #disconnect(): void {
    this.#opened?.database.close()
    this.#opened = undefined
  }

  #explain<Result>(step: () => Result): Result {
    try {
      return step()
    } catch (error) {
      if (!isNoDatabase(error)) throw error
      throw refused(this.#path, 'is no SQLite database, or a damaged one')
    }
  }
}
