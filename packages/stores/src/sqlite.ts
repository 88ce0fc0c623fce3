/**
 * Tokens in an SQLite database, for the processes of one machine.
 *
 * @packageDocumentation
 */
export { sqliteStore, type SqliteStore, type SqliteStoreOptions } from './sqlite/sqlite-store.ts'
