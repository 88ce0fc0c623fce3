import { keptFor } from '../shared/kept.ts'
import { channel } from './database.ts'
import type { Table } from './table.ts'

/** Everything that is asked of the table: each one statement, so that it is atomic through any pooler. */
export type Statements = Readonly<
  Record<'read' | 'insert' | 'update' | 'acquire' | 'renew' | 'release' | 'now' | 'tidy', string>
>

// clock_timestamp() goes on within a statement, so a statement that waited for another sees the time after.
const now = 'clock_timestamp()'
const milliseconds = `(extract(epoch FROM ${now}) * 1000)::float8`
const forgotten = `CASE WHEN $2::text IS NULL THEN ${now} END`
const over = `(lease_until IS NULL OR lease_until <= ${now})`
// A lease that lies further ahead than was ever asked for was taken by a clock that has been set back since.
const impossible = `stored.lease_until > ${after('stored.lease_ttl')}`
const free = `(stored.lease_owner = $2 OR stored.lease_until IS NULL OR stored.lease_until <= ${now})`

/** The statements for a table. */
export function statementsFor({ quoted: table }: Table): Statements {
  return {
    read: `SELECT version, value FROM ${table} WHERE key = $1 AND version > 0`,

    /** Key, value, until, name to tell: the first write. */
    insert: announce(`INSERT INTO ${table} AS stored (key, version, value, forgotten_at, until)
      VALUES ($1, 1, $2, ${forgotten}, $3)
      ON CONFLICT (key) DO UPDATE
      SET version = 1, value = excluded.value, forgotten_at = excluded.forgotten_at, until = excluded.until
      WHERE stored.version = 0 RETURNING key`),

    /** Key, value, until, name to tell, expected version: every later one. */
    update: announce(`UPDATE ${table} SET version = version + 1, value = $2, forgotten_at = ${forgotten}, until = $3
      WHERE key = $1 AND version = $5 RETURNING key`),

    /** Key, owner, milliseconds. What is not free is changed only if it is impossible. */
    acquire: `INSERT INTO ${table} AS stored (key, lease_owner, lease_until, lease_ttl)
      VALUES ($1, $2, ${after('$3')}, $3)
      ON CONFLICT (key) DO UPDATE SET
        lease_owner = CASE WHEN ${free} THEN $2 ELSE stored.lease_owner END,
        lease_until = CASE WHEN ${free} THEN ${after('$3')} ELSE ${after('stored.lease_ttl')} END,
        lease_ttl = CASE WHEN ${free} THEN $3 ELSE stored.lease_ttl END
      WHERE ${free} OR ${impossible} RETURNING lease_owner = $2 AS done`,

    /** Key, owner, milliseconds. */
    renew: `UPDATE ${table} SET lease_until = ${after('$3')}, lease_ttl = $3
      WHERE key = $1 AND lease_owner = $2 AND lease_until > ${now} RETURNING key`,

    /** Key, owner. */
    release: `UPDATE ${table} SET lease_owner = NULL, lease_until = NULL, lease_ttl = NULL
      WHERE key = $1 AND lease_owner = $2`,

    now: `SELECT ${milliseconds} AS now`,

    /** Removes the rows that nobody would miss: forgotten or of no use for an hour, or never written and without a lease. */
    tidy: `DELETE FROM ${table} WHERE ${over} AND (until <= ${milliseconds} - ${keptFor} OR value IS NULL
      AND (forgotten_at IS NULL OR forgotten_at <= ${now} - interval '${keptFor} milliseconds'))`,
  }
}

function after(time: string): string {
  return `${now} + ${time}::float8 * interval '1 millisecond'`
}

/** A write that tells those who listen, once it is committed. */
function announce(write: string): string {
  return `WITH written AS (${write}) SELECT pg_notify('${channel}', $4) FROM written`
}
