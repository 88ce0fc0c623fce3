import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Everything that is asked of the database, compiled once for each connection. */
export type Statements = Readonly<Record<keyof typeof texts, StatementSync>>

const texts = {
  read: 'SELECT version, value FROM tokens WHERE key = ? AND version > 0',
  add: 'INSERT OR IGNORE INTO tokens (key) VALUES (?)',
  write: `UPDATE tokens SET version = version + 1, value = ?, until = ? WHERE key = ? AND version = ?`,
  /** A lease that lies further ahead than was ever asked for was taken by a clock that has been set back since. */
  clamp: 'UPDATE tokens SET lease_until = ?1 + lease_ttl WHERE key = ?2 AND lease_until > ?1 + lease_ttl',
  acquire: `UPDATE tokens SET lease_owner = ?1, lease_until = ?2 + ?3, lease_ttl = ?3
    WHERE key = ?4 AND (lease_owner IS NULL OR lease_owner = ?1 OR lease_until <= ?2)`,
  renew: `UPDATE tokens SET lease_until = ?2 + ?3, lease_ttl = ?3
    WHERE key = ?4 AND lease_owner = ?1 AND lease_until > ?2`,
  release: `UPDATE tokens SET lease_owner = NULL, lease_until = NULL, lease_ttl = NULL WHERE key = ? AND lease_owner = ?`,
  /** Removes what nobody would miss: of no use since a time, or never written and without a lease. */
  tidy: `DELETE FROM tokens WHERE (lease_until IS NULL OR lease_until <= ?1) AND until <= ?2`,
  tidyLeases: `DELETE FROM tokens WHERE value IS NULL AND version = 0 AND (lease_until IS NULL OR lease_until <= ?)`,
}

/** Compiles the statements. */
export function prepareStatements(database: DatabaseSync): Statements {
  const compiled = Object.entries(texts).map(([name, text]) => [name, database.prepare(text)] as const)
  return Object.fromEntries(compiled) as unknown as Statements
}
