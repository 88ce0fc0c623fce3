import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { inspect } from 'node:util'
import type { TokenStore } from '@grantkit/core'
import { postgresStore } from '@grantkit/stores/postgres'
import { redisStore } from '@grantkit/stores/redis'
import { singleProcessStore } from '@grantkit/stores/single-process'
import { sqliteStore } from '@grantkit/stores/sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { temporary } from './support/temporary.ts'

const value = 'mF_9.B5f-4.1JqM'

const quoting = (text: string, details: object) => () =>
  Promise.reject(Object.assign(new Error(`${text}: ${value}`), { detail: value, command: { args: [value] } }, details))

const stores: readonly (readonly [what: string, message: string, open: () => TokenStore | Promise<TokenStore>])[] = [
  [
    'PostgreSQL',
    'PostgreSQL could not write: 23514',
    () => postgresStore({ pool: { query: quoting('failing row', { code: '23514', parameters: [value] }) } }),
  ],
  [
    'Redis',
    'Redis could not write: OOM',
    () => {
      const fail = quoting('OOM command not allowed', {})
      return redisStore({ client: { eval: fail, evalsha: fail } })
    },
  ],
  [
    'an engine without error codes',
    'Redis could not write',
    () => {
      const fail = quoting(`unknown command`, { code: `no code, but ${value}!` })
      return redisStore({ client: { eval: fail, evalSha: fail } })
    },
  ],
  [
    'a storage of strings',
    'the storage could not write: EIO',
    () => singleProcessStore({ get: () => null, set: quoting('cannot write', { code: 'EIO' }), delete: () => {} }),
  ],
  ['SQLite', 'SQLite could not write: constraint failed', refusingDatabase],
]

test.each(stores)(
  '%s may quote the value that it does not write; the caller does not get it',
  async (_, message, open) => {
    const store = await open()
    const error: unknown = await store.compareAndSet('user:42', 0, { value }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'GrantError', code: 'store_failed', action: 'retry', message })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(value)
    expect(JSON.stringify(error)).not.toContain(value)
  },
)

/** A database with a trigger that refuses every value. */
async function refusingDatabase(): Promise<TokenStore> {
  const path = join(await temporary(), 'tokens.db')
  const store = sqliteStore({ path })
  onTestFinished(() => store.close())
  await store.compareAndSet('another', 0, { value: 'first' })
  const database = new DatabaseSync(path)
  database.exec(`CREATE TRIGGER refuse BEFORE UPDATE ON tokens WHEN NEW.value IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'refused: ${value}'); END`)
  database.close()
  return store
}
