import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sqliteStore } from '@grantkit/stores/sqlite'
import type { Program } from '../program.ts'

export const openStore: Program['openStore'] = async ({ directory }) => {
  const bare = new DatabaseSync(join(directory, 'bare.db'))
  bare.exec('PRAGMA journal_mode = WAL')
  bare.exec('PRAGMA synchronous = FULL')
  bare.exec('CREATE TABLE texts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT')
  const read = bare.prepare('SELECT value FROM texts WHERE key = ?')
  const write = bare.prepare('INSERT INTO texts VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
  const store = sqliteStore({ path: join(directory, 'tokens.db') })
  return {
    store,
    bareRead: async (key) => read.get(key)?.['value'] as string | undefined,
    bareWrite: async (key, text) => void write.run(key, text),
    async close() {
      bare.close()
      await store.close()
    },
  }
}
