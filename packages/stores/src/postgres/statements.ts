import { forgottenFor } from '../shared/forgotten.ts'
import { channel } from './database.ts'
import type { Table } from './table.ts'

/** Everything that is asked of the table: each one statement, so that it is atomic through any pooler. */
export type Statements = Readonly<
  Record<'read' | 'insert' | 'update' | 'acquire' | 'renew' | 'release' | 'now' | 'tidy', string>
>

// clock_timestamp() goes on within a statement, so a statement that waited for another sees the time after.
const now = 'clock_timestamp()'
const free = `(lease_until IS NULL OR lease_until <= ${now})`

/** The statements for a table. */
export function statementsFor({ quoted: table }: Table): Statements {
  return {
    read: `SELECT version, value FROM ${table} WHERE key = $1 AND version > 0`,

    /** Key, value, name to tell: the first write. */
    insert: announce(`INSERT INTO ${table} AS stored (key, version, value, forgotten_at)
      VALUES ($1, 1, $2, CASE WHEN $2::text IS NULL THEN ${now} END)
      ON CONFLICT (key) DO UPDATE SET version = 1, value = excluded.value, forgotten_at = excluded.forgotten_at
      WHERE stored.version = 0 RETURNING key`),

    /** Key, value, name to tell, expected version: every later one. */
    update: announce(`UPDATE ${table}
      SET version = version + 1, value = $2, forgotten_at = CASE WHEN $2::text IS NULL THEN ${now} END
      WHERE key = $1 AND version = $4 RETURNING key`),

    /** Key, owner, milliseconds. */
    acquire: `INSERT INTO ${table} AS stored (key, lease_owner, lease_until)
      VALUES ($1, $2, ${after('$3')})
      ON CONFLICT (key) DO UPDATE SET lease_owner = $2, lease_until = ${after('$3')}
      WHERE stored.lease_owner = $2 OR stored.lease_until IS NULL OR stored.lease_until <= ${now} RETURNING key`,

    /** Key, owner, milliseconds. */
    renew: `UPDATE ${table} SET lease_until = ${after('$3')}
      WHERE key = $1 AND lease_owner = $2 AND lease_until > ${now} RETURNING key`,

    /** Key, owner. */
    release: `UPDATE ${table} SET lease_owner = NULL, lease_until = NULL WHERE key = $1 AND lease_owner = $2`,

    now: `SELECT (extract(epoch FROM ${now}) * 1000)::float8 AS now`,

    /** Removes the rows that hold nothing any more: forgotten long ago, or never written and without a lease. */
    tidy: `DELETE FROM ${table} WHERE value IS NULL AND ${free}
      AND (forgotten_at IS NULL OR forgotten_at <= ${now} - interval '${forgottenFor} milliseconds')`,
  }
}

function after(milliseconds: string): string {
  return `${now} + ${milliseconds}::float8 * interval '1 millisecond'`
}

/** A write that tells those who listen, once it is committed. */
function announce(write: string): string {
  return `WITH written AS (${write}) SELECT pg_notify('${channel}', $3) FROM written`
}
