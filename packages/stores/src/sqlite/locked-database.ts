import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { GrantError } from '@grantkit/core'
import { createFile, identityOf, inspect, inspectParent, refused } from '../shared/node/private-path.ts'
import { isNotADatabase } from '../shared/node/when-free.ts'

/** The side files of SQLite, which also contain tokens. */
const sideFiles = ['-wal', '-shm', '-journal']

interface Opened<Prepared> {
  readonly database: DatabaseSync
  readonly begin: StatementSync
  readonly checkpoint: StatementSync
  /** The identity of the file: if it is replaced, writes to the old one would be lost. */
  readonly file: string | undefined
  readonly prepared: Prepared
}

/**
 * A private SQLite file and its lock by the operating system: its transaction ends when the process exits
 * or is killed. No call waits; a busy database throws, for `whenFree`.
 */
export class LockedDatabase<Prepared> {
  readonly #path: string
  readonly #prepare: (database: DatabaseSync) => Prepared
  // Keeps the connection: a garbage-collected one would release its lock.
  #opened: Opened<Prepared> | undefined
  #closed = false

  constructor(path: string, prepare: (database: DatabaseSync) => Prepared) {
    this.#path = path
    this.#prepare = prepare
  }

  /** The prepared statements; opens the connection if necessary. */
  open(): Prepared {
    if (this.#closed) throw new GrantError('store_failed', `the store at ${this.#path} is closed`)
    this.#isCurrent()
    return (this.#opened ??= this.#connect()).prepared
  }

  /** Begins an exclusive transaction. */
  begin(): Prepared {
    const prepared = this.open()
    this.#explain(() => this.#opened?.begin.run())
    return this.#isCurrent() ? prepared : this.begin()
  }

  /** Commits the transaction. */
  commit(): void {
    this.#opened?.database.exec('COMMIT')
  }

  /**
   * Moves the write-ahead log into the file, so that no replaced value stays in the log. Throws like a busy database if
   * another process is reading or writing.
   */
  emptyLog(): void {
    const row = this.#opened?.checkpoint.get()
    if (row?.['busy']) throw Object.assign(new Error('database is locked'), { errcode: 5 })
  }

  /** Rolls back the transaction, if there still is one. */
  rollback(): void {
    try {
      this.#opened?.database.exec('ROLLBACK')
    } catch {
      this.#disconnect() // SQLite has already rolled back, for example because the disk is full
    }
  }

  /** Closes the file for good. */
  close(): void {
    this.#closed = true
    this.#disconnect()
  }

  /** Whether the open file is still the one at the path; otherwise closes it. */
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
      throw refused(this.#path, 'is not an SQLite database or is damaged')
    }
  }
}
