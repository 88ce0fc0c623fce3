/**
 * Tokens in PostgreSQL, for a fleet of processes.
 *
 * @packageDocumentation
 */
export type { PgPool, PgResult, PostgresListener, PostgresSql } from './postgres/database.ts'
export { postgresStore, type PostgresStore, type PostgresStoreOptions } from './postgres/postgres-store.ts'
