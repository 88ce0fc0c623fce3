import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** The statements of the store, prepared once per connection. */
export type Statements = Readonly<Record<keyof typeof sources, StatementSync>>

// Positional parameters: Node 22.13 does not bind numbered ones.
const sources = {
  /** Key. */
  read: 'SELECT version, value FROM tokens WHERE key = ? AND version > 0',
  /** Key. */
  add: 'INSERT OR IGNORE INTO tokens (key) VALUES (?)',
  /** Value, until, key, expected version. */
  write: `UPDATE tokens SET version = version + 1, value = ?, until = ? WHERE key = ? AND version = ?`,
  /**
   * Now, key, now. A lease that expires later than its lifetime allows was acquired before the clock was set back.
   */
  clamp: 'UPDATE tokens SET lease_until = ? + lease_ttl WHERE key = ? AND lease_until > ? + lease_ttl',
  /** Owner, until, milliseconds, key, owner, now. */
  acquire: `UPDATE tokens SET lease_owner = ?, lease_until = ?, lease_ttl = ?
    WHERE key = ? AND (lease_owner IS NULL OR lease_owner = ? OR lease_until <= ?)`,
  /** Until, milliseconds, key, owner, now. */
  renew: `UPDATE tokens SET lease_until = ?, lease_ttl = ? WHERE key = ? AND lease_owner = ? AND lease_until > ?`,
  /** Key, owner. */
  release: `UPDATE tokens SET lease_owner = NULL, lease_until = NULL, lease_ttl = NULL WHERE key = ? AND lease_owner = ?`,
  /** Key: removes a row that only had a lease. */
  drop: 'DELETE FROM tokens WHERE key = ? AND version = 0 AND lease_owner IS NULL',
  /** Now, an hour ago: removes expired rows. */
  tidy: `DELETE FROM tokens WHERE (lease_until IS NULL OR lease_until <= ?) AND until <= ?`,
  /** Now: removes rows that were never written and whose lease has expired. */
  tidyLeases: `DELETE FROM tokens WHERE value IS NULL AND version = 0 AND (lease_until IS NULL OR lease_until <= ?)`,
}

/** Prepares the statements. */
export function prepareStatements(database: DatabaseSync): Statements {
  const prepared = Object.entries(sources).map(([name, source]) => [name, database.prepare(source)] as const)
  return Object.fromEntries(prepared) as unknown as Statements
}
