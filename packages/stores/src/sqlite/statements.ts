import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Everything that is asked of the database, compiled once for each connection. */
export type Statements = Readonly<Record<keyof typeof texts, StatementSync>>

const texts = {
  read: 'SELECT version, value FROM tokens WHERE key = ? AND version > 0',
  add: 'INSERT OR IGNORE INTO tokens (key) VALUES (?)',
  write: `UPDATE tokens SET version = version + 1, value = ?, forgotten_at = ? WHERE key = ? AND version = ?`,
  acquire: `UPDATE tokens SET lease_owner = ?1, lease_until = ?2 + ?3
    WHERE key = ?4 AND (lease_owner IS NULL OR lease_owner = ?1 OR lease_until <= ?2)`,
  renew: `UPDATE tokens SET lease_until = ?2 + ?3 WHERE key = ?4 AND lease_owner = ?1 AND lease_until > ?2`,
  release: `UPDATE tokens SET lease_owner = NULL, lease_until = NULL WHERE key = ? AND lease_owner = ?`,
  /** Forgets that a key was forgotten, or that it had a lease and was never written. */
  tidy: `DELETE FROM tokens WHERE value IS NULL
    AND (lease_until IS NULL OR lease_until <= ?1) AND (forgotten_at IS NULL OR forgotten_at <= ?2)`,
}

/** Compiles the statements. */
export function prepareStatements(database: DatabaseSync): Statements {
  const compiled = Object.entries(texts).map(([name, text]) => [name, database.prepare(text)] as const)
  return Object.fromEntries(compiled) as unknown as Statements
}
