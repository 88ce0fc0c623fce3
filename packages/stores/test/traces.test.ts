import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type SqliteStore, sqliteStore } from '@grantkit/stores/sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import { patience } from './support/patience.ts'
import { temporary } from './support/temporary.ts'

vi.setConfig(patience)

const secret = (number: number) => `secret-${number}-${'x'.repeat(5_000)}`

test('a forgotten value is in no file of the database when the call resolves', async () => {
  const { path, store } = await opened()
  await store.compareAndSet('user:42', 0, { value: secret(1) })
  await store.compareAndSet('user:43', 0, { value: secret(2) })
  await store.acquire('user:42', 'a', 60_000)
  expect(await tracesIn(path, 'secret-1-'), 'before it is forgotten').not.toEqual([])
  await store.compareAndSet('user:42', 1, {})
  expect(await tracesIn(path, 'secret-1-')).toEqual([])
  expect(await store.read('user:43')).toEqual({ version: 1, value: secret(2) })
})

test('a replaced value is in no file of the database when the call resolves', async () => {
  const { path, store } = await opened()
  for (let version = 0; version < 20; version++) {
    await store.compareAndSet('user:42', version, { value: secret(version) })
    expect(await tracesIn(path, `secret-${version - 1}-`)).toEqual([])
    expect(await tracesIn(path, `secret-${version}-`)).not.toEqual([])
  }
})

test('with several processes, a forgotten value is erased from the shared log', async () => {
  const { path, store } = await opened()
  const { store: other } = await opened(path)
  await store.compareAndSet('user:42', 0, { value: secret(1) })
  await other.read('user:42')
  await Promise.all([
    store.compareAndSet('user:42', 1, {}),
    ...Array.from({ length: 20 }, (_, index) => other.compareAndSet(`user:${index}`, 0, { value: 'another' })),
  ])
  expect(await tracesIn(path, 'secret-1-')).toEqual([])
})

test('a swept value is in no file of the database either', async () => {
  const { path, store } = await opened()
  const longAgo = Date.now() - 2 * 60 * 60_000
  await store.compareAndSet('user:42', 0, { value: secret(1), until: longAgo })
  await store.compareAndSet('user:43', 0, { value: secret(2), until: longAgo })
  expect(await store.read('user:42')).toBeUndefined()
  expect(await tracesIn(path, 'secret-')).toEqual([])
})

async function opened(at?: string): Promise<{ path: string; store: SqliteStore }> {
  const path = at ?? join(await temporary(), 'tokens.db')
  const store = sqliteStore({ path })
  onTestFinished(() => store.close())
  return { path, store }
}

/** The files of the database, including its log and index, that contain a string. */
async function tracesIn(path: string, text: string): Promise<string[]> {
  const directory = join(path, '..')
  const names = await readdir(directory)
  const contents = await Promise.all(names.map((name) => readFile(join(directory, name))))
  return names.filter((_, index) => contents[index]?.includes(text))
}
