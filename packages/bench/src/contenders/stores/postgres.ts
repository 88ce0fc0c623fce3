import { postgresStore } from '@grantkit/stores/postgres'
import { Pool } from 'pg'
import type { Program } from '../program.ts'

export const openStore: Program['openStore'] = async ({ postgresUrl = '' }) => {
  const pool = new Pool({ connectionString: postgresUrl })
  await pool.query('DROP TABLE IF EXISTS grantkit_tokens, bare')
  await pool.query('CREATE TABLE bare (key text PRIMARY KEY, value text NOT NULL)')
  const write = 'INSERT INTO bare VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value'
  const store = postgresStore({ pool })
  await store.migrate()
  return {
    store,
    async bareRead(key) {
      const { rows } = await pool.query<{ value: string }>('SELECT value FROM bare WHERE key = $1', [key])
      return rows[0]?.value
    },
    bareWrite: async (key, text) => void (await pool.query(write, [key, text])),
    close: () => pool.end(),
  }
}
