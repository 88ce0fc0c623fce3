import { DatabaseSync } from 'node:sqlite'
import { memoryStore, type TokenStore } from '@grantkit/core'
import { encryptedStore, generateKey } from '@grantkit/stores/encrypted'
import { fileStore } from '@grantkit/stores/file'
import { postgresStore } from '@grantkit/stores/postgres'
import { redisStore } from '@grantkit/stores/redis'
import { sqliteStore } from '@grantkit/stores/sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import { refusalOf } from './support/refusal.ts'
import { temporary } from './support/temporary.ts'

const elsewhere = /belongs to another key, version or store: if the store was moved or renamed, pass its old name/

test('a row of one database is refused in another one with the same encryption key', async () => {
  const [here, there] = [`${await temporary()}/tokens.db`, `${await temporary()}/tokens.db`]
  const keys = [generateKey()] as const
  const open = (path: string, name?: string) => {
    const inner = sqliteStore({ path })
    onTestFinished(() => inner.close())
    return encryptedStore(inner, name === undefined ? { keys } : { keys, name })
  }
  await open(here).compareAndSet('user:42', 0, { value: 'of this one' })
  await open(there).compareAndSet('user:42', 0, { value: 'of the other' })
  swapRows(here, there)
  expect(await refusalOf(() => open(here).read('user:42'), 'report')).toMatch(elsewhere)
  expect(await open(here, `sqlite:${there}`).read('user:42'), 'where it is said to be the other').toEqual({
    version: 1,
    value: 'of the other',
  })
})

test('the name of a store is its path, table or prefix', async () => {
  const path = await temporary()
  const pool = { query: async () => ({ rows: [] }) }
  const client = { eval: async () => 1, evalSha: async () => 1 }
  expect(fileStore({ path }).name).toBe(`file:${path}`)
  expect(sqliteStore({ path }).name).toBe(`sqlite:${path}`)
  expect(postgresStore({ pool }).name).toBe('postgres:grantkit_tokens')
  expect(postgresStore({ pool, table: 'app.tokens' }).name).toBe('postgres:app.tokens')
  expect(redisStore({ client }).name).toBe('redis:grantkit:')
  expect(redisStore({ client, prefix: 'app:' }).name).toBe('redis:app:')
})

test('a store without a name works, and can be given one', async () => {
  const inner = memoryStore()
  const keys = [generateKey()] as const
  const [bare, named] = [encryptedStore(inner, { keys }), encryptedStore(inner, { keys, name: 'tenant-a' })]
  expect([bare.name, named.name]).toEqual(['', 'tenant-a'])
  await bare.compareAndSet('user:42', 0, { value: 'bare' })
  await named.compareAndSet('user:43', 0, { value: 'named' })
  expect(await bare.read('user:42')).toEqual({ version: 1, value: 'bare' })
  expect(await named.read('user:43')).toEqual({ version: 1, value: 'named' })
  expect(await refusalOf(() => bare.read('user:43'), 'report')).toMatch(elsewhere)
  expect(await refusalOf(() => named.read('user:42'), 'report')).toMatch(elsewhere)
})

test('`volatile` is passed on', async () => {
  const keys = [generateKey()] as const
  expect(encryptedStore(memoryStore(), { keys }).volatile).toBe(true)
  expect(encryptedStore(fileStore({ path: await temporary() }), { keys }).volatile).toBeUndefined()
})

test('`until` is passed on, and kept by a key rotation', async () => {
  const inner = memoryStore()
  const write = vi.spyOn(inner, 'compareAndSet')
  const [older, current] = [generateKey(), generateKey()]
  const until = Date.now() + 60_000
  await encryptedStore(inner, { keys: [older] }).compareAndSet('user:42', 0, { value: 'line one\nline two', until })
  const store = encryptedStore(inner, { keys: [current, older] })
  expect(await store.rotate(['user:42'])).toBe(1)
  expect(write.mock.calls.map(([, , { until: end }]) => end)).toEqual([until, until])
  expect(await store.read('user:42')).toEqual({ version: 2, value: 'line one\nline two' })
})

test('a decrypted value is returned unchecked', async () => {
  const store: TokenStore = encryptedStore(memoryStore(), { keys: [generateKey()] })
  await store.compareAndSet('user:42', 0, { value: '{"cut": ' })
  expect(await store.read('user:42')).toEqual({ version: 1, value: '{"cut": ' })
})

/** Copies a row, as an attacker with write access to both databases can. */
function swapRows(here: string, there: string): void {
  const database = new DatabaseSync(here)
  database.prepare('ATTACH ? AS other').run(there)
  database.exec('UPDATE tokens SET value = (SELECT value FROM other.tokens WHERE key = main.tokens.key)')
  database.close()
}
