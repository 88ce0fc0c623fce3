import { GrantError } from '@grantkit/core'
import type { Database } from './database.ts'
import type { Table } from './table.ts'

/** What each version of the schema adds to the one before; version 1 is the first. */
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
  // `until` is milliseconds since the epoch, of which some lie beyond what a timestamp can say.
  ({ quoted, endIndex }) => `ALTER TABLE ${quoted}
      ADD COLUMN until double precision, ADD COLUMN lease_ttl double precision;
    UPDATE ${quoted} SET lease_ttl = 600000 WHERE lease_until IS NOT NULL;
    CREATE INDEX ${endIndex} ON ${quoted} (until) WHERE until IS NOT NULL`,
]

/** duplicate_table, duplicate_object, unique_violation: another process has made the same table. */
const madeByAnother = new Set<unknown>(['42P07', '42710', '23505'])

/** Brings a table to the latest schema, whoever else does so at the same time. */
export async function migrate(database: Database, table: Table, attempts = 10): Promise<void> {
  const version = await versionOf(database, table)
  if (version === steps.length) return
  try {
    await database.query(stepTo(version + 1, table))
  } catch (error) {
    if (attempts === 0 || !madeByAnother.has(codeOf(error))) throw error
  }
  await migrate(database, table, attempts - 1)
}

/** The code of an error of PostgreSQL (SQLSTATE). */
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

/** The version of the schema; 0 where there is no table. A table that is not ours throws. */
async function versionOf(database: Database, table: Table): Promise<number> {
  // to_regclass alone sees a table that another process has just made, and not yet its comment.
  const [row] = await database.query(
    `SELECT obj_description(oid, 'pg_class') AS comment FROM pg_class WHERE oid = to_regclass($1)`,
    [table.quoted],
  )
  if (!row) return 0
  const comment = String(row['comment'])
  const version = comment.startsWith(mark) ? Number(comment.slice(mark.length)) : Number.NaN
  if (version <= steps.length) return version
  const why = Number.isNaN(version)
    ? 'was not made by postgresStore: give it a table of its own'
    : 'was made by a later version of @grantkit/stores: install that one here, too'
  throw new GrantError('store_failed', `the table ${table.name} ${why}; it was left as it is`, {
    action: 'fix_configuration',
  })
}
