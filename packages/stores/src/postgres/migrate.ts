import { GrantError } from '@grantkit/core'
import type { Database } from './database.ts'
import type { Table } from './table.ts'

/** The changes of each schema version, starting with version 1. */
const steps: readonly ((table: Table) => string)[] = [
  ({ quoted }) => `CREATE TABLE ${quoted} (
    key text COLLATE "C" PRIMARY KEY,
    version integer NOT NULL DEFAULT 0,
    value text,
    forgotten_at timestamptz,
    lease_owner text COLLATE "C",
    lease_until timestamptz
  )`,
  ({ quoted, index }) => `CREATE INDEX ${index} ON ${quoted} (forgotten_at) WHERE value IS NULL`,
  // `until` is in milliseconds since the epoch, because some values are beyond the range of a timestamp.
  ({ quoted, untilIndex }) => `ALTER TABLE ${quoted}
      ADD COLUMN until double precision, ADD COLUMN lease_ttl double precision;
    UPDATE ${quoted} SET lease_ttl = 600000 WHERE lease_until IS NOT NULL;
    CREATE INDEX ${untilIndex} ON ${quoted} (until) WHERE until IS NOT NULL`,
]

/** duplicate_table, duplicate_object, unique_violation: another process has created the same table. */
const createdElsewhere = new Set<unknown>(['42P07', '42710', '23505'])

/** Brings a table to the latest schema; safe to run concurrently. */
export async function migrate(database: Database, table: Table, attempts = 10): Promise<void> {
  const version = await versionOf(database, table)
  if (version === steps.length) return
  try {
    await database.query(stepTo(version + 1, table))
  } catch (error) {
    if (attempts === 0 || !createdElsewhere.has(codeOf(error))) throw error
  }
  await migrate(database, table, attempts - 1)
}

/** The SQLSTATE of a PostgreSQL error. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** One statement, and so one transaction, through any driver and any pooler. */
function stepTo(version: number, table: Table): string {
  const step = steps[version - 1]?.(table)
  const comment = `COMMENT ON TABLE ${table.quoted} IS '${mark}${version}'`
  if (version === 1) return `DO $$ BEGIN ${step}; ${comment}; END $$`
  return `DO $$ BEGIN
    LOCK TABLE ${table.quoted} IN SHARE ROW EXCLUSIVE MODE;
    IF obj_description('${table.quoted}'::regclass, 'pg_class') = '${mark}${version - 1}' THEN ${step}; ${comment}; END IF;
  END $$`
}

const mark = 'grantkit tokens, schema '

/** The version of the schema; 0 without a table. Throws for a table of another application. */
async function versionOf(database: Database, table: Table): Promise<number> {
  // to_regclass alone would see a table that another process has just created before its comment.
  const [row] = await database.query(
    `SELECT obj_description(oid, 'pg_class') AS comment FROM pg_class WHERE oid = to_regclass($1)`,
    [table.quoted],
  )
  if (!row) return 0
  const comment = String(row['comment'])
  const version = comment.startsWith(mark) ? Number(comment.slice(mark.length)) : Number.NaN
  if (version <= steps.length) return version
  const why = Number.isNaN(version)
    ? 'was not created by postgresStore: use a separate table'
    : 'was created by a newer version of @grantkit/stores: upgrade it here too'
  throw new GrantError('store_failed', `the table ${table.name} ${why}; it was not changed`, {
    action: 'fix_configuration',
  })
}
