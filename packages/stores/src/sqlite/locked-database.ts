import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { GrantError } from '@grantkit/core'
import { createFile, identityOf, inspect, inspectParent, refused } from '../shared/node/private-path.ts'
import { isNotADatabase } from '../shared/node/when-free.ts'

/** What SQLite puts beside its file, and writes tokens into. */
const sideFiles = ['-wal', '-shm', '-journal']

interface Opened<Prepared> {
  readonly database: DatabaseSync
  readonly begin: StatementSync
  readonly checkpoint: StatementSync
  /** Which file it is: another may take its place, and what was written to the old one would be lost. */
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

  /**
   * Empties the write-ahead log into the file, so that nothing which was replaced stays in it. Throws if another process
   * is reading or writing, as a busy database does.
   */
  emptyLog(): void {
    const row = this.#opened?.checkpoint.get()
    if (row?.['busy']) throw Object.assign(new Error('database is locked'), { errcode: 5 })
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
      file = identityOf(inspect(this.#path, 'file'))
    } finally {
      if (this.#opened?.file !== file) this.#disconnect()
    }
    return this.#opened !== undefined
  }

  #connect(): Opened<Prepared> {
    const file = identityOf(createFile(this.#path))
    inspectParent(dirname(this.#path))
    for (const suffix of sideFiles) inspect(this.#path + suffix, 'file')
    const database = new DatabaseSync(this.#path)
    try {
      return this.#explain(() => ({
        prepared: this.#prepare(database),
        begin: database.prepare('BEGIN IMMEDIATE'),
        checkpoint: database.prepare('PRAGMA wal_checkpoint(TRUNCATE)'),
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
      if (!isNotADatabase(error)) throw error
      throw refused(this.#path, 'is not an SQLite database, or a damaged one')
    }
  }
}
