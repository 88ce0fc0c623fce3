import type { DatabaseSync } from 'node:sqlite'
import { refused } from '../shared/node/private-path.ts'

/** "GKit" in the file header: identifies our databases. */
const applicationId = 0x474b6974

/** The changes of each schema version, starting with version 1. */
const steps = [
  `CREATE TABLE tokens (
    key TEXT PRIMARY KEY,
    version INTEGER NOT NULL DEFAULT 0,
    value TEXT,
    forgotten_at INTEGER,
    lease_owner TEXT,
    lease_until INTEGER
  ) STRICT`,
  `CREATE INDEX tokens_without_value ON tokens (forgotten_at) WHERE value IS NULL`,
  `ALTER TABLE tokens RENAME COLUMN forgotten_at TO until;
    ALTER TABLE tokens ADD COLUMN lease_ttl INTEGER;
    UPDATE tokens SET lease_ttl = 600000 WHERE lease_until IS NOT NULL;
    CREATE INDEX tokens_with_an_end ON tokens (until) WHERE until IS NOT NULL`,
]

/** Brings a database to the latest schema; refuses one of another application before changing anything. */
export function prepareSchema(database: DatabaseSync, path: string): void {
  const version = inOneTransaction(database, () => versionOf(database, path))
  database.prepare('PRAGMA journal_mode = WAL').get()
  database.exec('PRAGMA synchronous = FULL') // a commit is on disk
  database.exec('PRAGMA secure_delete = ON') // deleted values do not stay in free pages
  if (version < steps.length) migrate(database, path)
}

/** Reads consistently while another process may be creating the schema. */
function inOneTransaction<Result>(database: DatabaseSync, read: () => Result): Result {
  database.exec('BEGIN')
  try {
    return read()
  } finally {
    database.exec('ROLLBACK') // nothing was written
  }
}

function migrate(database: DatabaseSync, path: string): void {
  database.prepare('BEGIN IMMEDIATE').run()
  try {
    for (const step of steps.slice(versionOf(database, path))) database.exec(step) // another process may have been faster
    database.exec(`PRAGMA application_id = ${applicationId}`)
    database.exec(`PRAGMA user_version = ${steps.length}`)
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

/** The version of the schema; 0 for an empty database. */
function versionOf(database: DatabaseSync, path: string): number {
  const number = (sql: string) => Number(Object.values(database.prepare(sql).get() ?? {})[0])
  const version = number('PRAGMA user_version')
  const id = number('PRAGMA application_id')
  const ours = id === applicationId || (id === 0 && version === 0 && number('SELECT count(*) FROM sqlite_schema') === 0)
  if (!ours) throw refused(path, 'is the database of another application: use a separate file for sqliteStore')
  if (version > steps.length)
    throw refused(path, 'was written by a newer version of @grantkit/stores: upgrade it here too')
  return version
}
