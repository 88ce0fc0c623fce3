import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Everything that is asked of the database, compiled once for each connection. */
export type Statements = Readonly<Record<keyof typeof texts, StatementSync>>

// Parameters without numbers, in the order of the text: Node 22.13 does not bind those with numbers.
const texts = {
  /** Key. */
  read: 'SELECT version, value FROM tokens WHERE key = ? AND version > 0',
  /** Key. */
  add: 'INSERT OR IGNORE INTO tokens (key) VALUES (?)',
  /** Value, until, key, expected version. */
  write: `UPDATE tokens SET version = version + 1, value = ?, until = ? WHERE key = ? AND version = ?`,
  /**
   * Now, key, now. A lease that lies further ahead than was ever asked for was taken by a clock that has been set back
   * since.
   */
  clamp: 'UPDATE tokens SET lease_until = ? + lease_ttl WHERE key = ? AND lease_until > ? + lease_ttl',
  /** Owner, until, milliseconds, key, owner, now. */
  acquire: `UPDATE tokens SET lease_owner = ?, lease_until = ?, lease_ttl = ?
    WHERE key = ? AND (lease_owner IS NULL OR lease_owner = ? OR lease_until <= ?)`,
  /** Until, milliseconds, key, owner, now. */
  renew: `UPDATE tokens SET lease_until = ?, lease_ttl = ? WHERE key = ? AND lease_owner = ? AND lease_until > ?`,
  /** Key, owner. */
  release: `UPDATE tokens SET lease_owner = NULL, lease_until = NULL, lease_ttl = NULL WHERE key = ? AND lease_owner = ?`,
  /** Key: removes what was only there for a lease. */
  drop: 'DELETE FROM tokens WHERE key = ? AND version = 0 AND lease_owner IS NULL',
  /** Now, an hour ago: removes what nobody would miss. */
  tidy: `DELETE FROM tokens WHERE (lease_until IS NULL OR lease_until <= ?) AND until <= ?`,
  /** Now: removes what was never written, and has no lease any more. */
  tidyLeases: `DELETE FROM tokens WHERE value IS NULL AND version = 0 AND (lease_until IS NULL OR lease_until <= ?)`,
}

/** Compiles the statements. */
export function prepareStatements(database: DatabaseSync): Statements {
  const compiled = Object.entries(texts).map(([name, text]) => [name, database.prepare(text)] as const)
  return Object.fromEntries(compiled) as unknown as Statements
}
