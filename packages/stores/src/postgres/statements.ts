import { keptFor } from '../shared/kept.ts'
import { channel } from './database.ts'
import type { Table } from './table.ts'

/** The statements of the store: one for each call, so that it is atomic through any pooler. */
export type Statements = Readonly<
  Record<'read' | 'insert' | 'update' | 'acquire' | 'renew' | 'release' | 'now' | 'tidy', string>
>

// clock_timestamp() advances within a statement, so a statement that waited for another sees the later time.
const now = 'clock_timestamp()'
const milliseconds = `(extract(epoch FROM ${now}) * 1000)::float8`
const forgotten = `CASE WHEN $2::text IS NULL THEN ${now} END`
const expired = `(lease_until IS NULL OR lease_until <= ${now})`
// A lease that expires later than its lifetime allows was acquired before the clock was set back.
const impossible = `stored.lease_until > ${after('stored.lease_ttl')}`
const free = `(stored.lease_owner = $2 OR stored.lease_until IS NULL OR stored.lease_until <= ${now})`

/** The statements for a table. */
export function statementsFor({ quoted: table }: Table): Statements {
  return {
    read: `SELECT version, value FROM ${table} WHERE key = $1 AND version > 0`,

    /** Key, value, until, announced name: the first write. */
    insert: announce(`INSERT INTO ${table} AS stored (key, version, value, forgotten_at, until)
      VALUES ($1, 1, $2, ${forgotten}, $3)
      ON CONFLICT (key) DO UPDATE
      SET version = 1, value = excluded.value, forgotten_at = excluded.forgotten_at, until = excluded.until
      WHERE stored.version = 0 RETURNING key`),

    /** Key, value, until, announced name, expected version: every later write. */
    update: announce(`UPDATE ${table} SET version = version + 1, value = $2, forgotten_at = ${forgotten}, until = $3
      WHERE key = $1 AND version = $5 RETURNING key`),

    /** Key, owner, milliseconds. A lease that is not free is changed only if its expiry is impossible. */
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

    /** Removes rows without a lease that were forgotten or expired an hour ago, or were never written. */
    tidy: `DELETE FROM ${table} WHERE ${expired} AND (until <= ${milliseconds} - ${keptFor} OR value IS NULL
      AND (forgotten_at IS NULL OR forgotten_at <= ${now} - interval '${keptFor} milliseconds'))`,
  }
}

function after(time: string): string {
  return `${now} + ${time}::float8 * interval '1 millisecond'`
}

/** A write that is announced once it is committed. */
function announce(write: string): string {
  return `WITH written AS (${write}) SELECT pg_notify('${channel}', $4) FROM written`
}
