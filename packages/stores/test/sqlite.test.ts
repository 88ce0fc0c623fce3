import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { type SqliteStore, sqliteStore, type SqliteStoreOptions } from '@grantkit/stores/sqlite'
import { describeTokenStore } from '@grantkit/testing'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { fixtureOf } from './support/fixture.ts'
import { holdLock, isPendingAfter } from './support/hold-lock.ts'
import { later } from './support/later.ts'
import { patience } from './support/patience.ts'
import { refusalsOf } from './support/refusal.ts'
import { modeOf, temporary } from './support/temporary.ts'

vi.setConfig(patience)

describeTokenStore('in SQLite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'grantkit-'))
  const remove = () => rm(directory, { recursive: true, force: true })
  return fixtureOf({ store: 'sqlite', path: join(directory, 'tokens.db') }, remove)
})

afterEach(() => void vi.useRealTimers())

test('the database, its log and its directories are private to their owner, whatever the umask', async () => {
  const umask = process.umask(0)
  onTestFinished(() => void process.umask(umask))
  const path = join(await temporary(), 'grantkit', 'tokens.db')
  const store = opened({ path })
  await store.compareAndSet('user:42', 0, { value: 'text' })
  expect(await modeOf(join(path, '..'))).toBe('700')
  for (const suffix of ['', '-wal', '-shm']) expect(await modeOf(path + suffix), `of ${suffix}`).toBe('600')
})

test('a commit is on disk when a call resolves, and a forgotten value does not stay in the file', async () => {
  const { path, store } = await written()
  await store.compareAndSet('user:42', 1, { value: 'a secret that is to be forgotten' })
  await store.compareAndSet('user:42', 2, {})
  await store.close()
  expect((await readFile(path)).includes('a secret')).toBe(false)
  const database = new DatabaseSync(path)
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  database.close()
})

test('a path that is not a file is refused at once, with an alternative', () => {
  for (const path of ['', ':memory:'])
    expect(() => sqliteStore({ path })).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(/memoryStore\(\)/) }),
    )
})

describe('a foreign file is refused by every call, and not a byte of it changes:', () => {
  test('one that is not a database', async () => {
    const path = join(await temporary(), 'tokens.db')
    await writeFile(path, 'not a database, but notes\n'.repeat(400), { mode: 0o600 })
    expect(await refused(path)).toMatch(/is not an SQLite database or is damaged; it was not changed/)
  })

  test('one with a damaged header', async () => {
    const { path, store } = await written()
    await store.close()
    const bytes = await readFile(path)
    await writeFile(path, Buffer.concat([Buffer.alloc(100, 1), bytes.subarray(100)]))
    expect(await refused(path)).toMatch(/is not an SQLite database or is damaged/)
  })

  test('the database of another application, with tables or with an id', async () => {
    const path = join(await temporary(), 'other.db')
    await withDatabase(path, 'CREATE TABLE tokens (id INTEGER PRIMARY KEY, token TEXT)')
    expect(await refused(path)).toMatch(/is the database of another application: use a separate file for sqliteStore/)
    const another = join(await temporary(), 'another.db')
    await withDatabase(another, 'PRAGMA application_id = 42')
    expect(await refused(another)).toMatch(/is the database of another application/)
    const third = join(await temporary(), 'third.db')
    await withDatabase(third, 'PRAGMA user_version = 1')
    expect(await refused(third)).toMatch(/is the database of another application/)
  })

  test('one of a newer version', async () => {
    const { path, store } = await written()
    await store.close()
    await withDatabase(path, 'PRAGMA user_version = 1000')
    expect(await refused(path)).toMatch(/was written by a newer version of @grantkit\/stores/)
  })

  test('a symbolic link, and a directory', async () => {
    const { path, store } = await written()
    await store.close()
    await rename(path, `${path}.real`)
    await symlink(`${path}.real`, path)
    expect(await refused(path)).toMatch(/is a symbolic link: use the path of its target/)
    await rm(path)
    await mkdir(path)
    expect(await refusalsOf(opened({ path }))).toMatch(/is not a file/)
    expect(await readdir(path)).toEqual([])
  })

  test.each(['640', '604', '660', '602'])('one with the permissions %s', async (mode) => {
    const { path, store } = await written()
    await chmod(path, Number.parseInt(mode, 8))
    expect(await refusalsOf(store)).toMatch(/is accessible to other users: run "chmod 600"/)
    await store.close()
    expect(await refused(path)).toMatch(/is accessible to other users/)
    expect(await modeOf(path)).toBe(mode)
    await chmod(path, 0o600)
    expect(await opened({ path }).read('user:42')).toEqual({ version: 1, value: 'text' })
  })
})

describe('the schema', () => {
  test('of version 1 is upgraded with its data', async () => {
    const path = join(await temporary(), 'tokens.db')
    await withDatabase(path, version1)
    const store = opened({ path })
    expect(await store.read('user:42')).toEqual({ version: 7, value: 'text' })
    expect(await store.acquire('user:42', 'b', 1_000), 'whether b gets the lease of a').toBe(false)
    await store.compareAndSet('user:42', 7, { value: 'next' })
    await store.close()
    await withDatabase(path, '', (database) => {
      expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 3 })
      const index = `SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`
      expect(database.prepare(index).all()).toEqual([{ name: 'tokens_without_value' }, { name: 'tokens_with_an_end' }])
    })
  })

  test('is created once, however many processes open the file concurrently', async () => {
    const path = join(await temporary(), 'tokens.db')
    const fixture = fixtureOf({ store: 'sqlite', path })
    const stores = await Promise.all(Array.from({ length: 20 }, () => fixture.open()))
    const outcomes = await Promise.all(
      stores.map((store, index) => store.compareAndSet(`user:${index}`, 0, { value: 'text' })),
    )
    expect(outcomes).toEqual(stores.map(() => true))
    await fixture.close()
  })

  test('that another process is creating is not mistaken for that of another application', async () => {
    const path = join(await temporary(), 'tokens.db')
    await writeFile(path, '', { mode: 0o600 })
    const [first, second] = [opened({ path }), opened({ path })]
    const { get } = StatementSync.prototype
    let writing: Promise<boolean> | undefined
    const spy = vi.spyOn(StatementSync.prototype, 'get').mockImplementation(function (this: StatementSync, ...values) {
      const row = Reflect.apply(get, this, values)
      if (row && 'application_id' in row) {
        spy.mockRestore()
        writing = second.compareAndSet('user:42', 0, { value: 'text' }) // starts at once
      }
      return row
    })
    expect(await first.compareAndSet('user:43', 0, { value: 'text' })).toBe(true)
    expect(await writing).toBe(true)
  })
})

describe('the lock', () => {
  test('is free as soon as its process is killed, and waiting for it does not block the event loop', async () => {
    const { path, store } = await written()
    const holder = await holdLock(path)
    const writing = store.compareAndSet('user:42', 1, { value: 'second' })
    expect(await isPendingAfter(100, writing), 'whether it waits').toBe(true)
    expect(await store.read('user:42'), 'what is read meanwhile').toEqual({ version: 1, value: 'text' })
    holder.kill('SIGKILL')
    expect(await writing).toBe(true)
  })

  test('does not prevent opening the file, and is needed to create it', async () => {
    const { path } = await written()
    const holder = await holdLock(path)
    expect(await opened({ path }).read('user:42')).toEqual({ version: 1, value: 'text' })
    holder.kill('SIGKILL')
    const empty = join(await temporary(), 'tokens.db')
    await writeFile(empty, '', { mode: 0o600 })
    const other = await holdLock(empty)
    const writing = opened({ path: empty }).compareAndSet('user:42', 0, { value: 'text' })
    expect(await isPendingAfter(100, writing), 'whether it waits').toBe(true)
    other.kill('SIGKILL')
    expect(await writing).toBe(true)
  })

  test('is waited for until the timeout of the store, then the call rejects', async () => {
    const { path } = await written()
    await holdLock(path)
    const store = opened({ path, timeout: 20 })
    const expected = { name: 'GrantError', code: 'store_failed', action: 'retry' }
    await expect(store.compareAndSet('user:42', 1, { value: 'second' })).rejects.toMatchObject(expected)
    expect(await store.read('user:42')).toEqual({ version: 1, value: 'text' })
  })
})

test('when the file is replaced, the new one is used: nothing is written to a removed file', async () => {
  const { path, store } = await written()
  for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true })
  expect(await store.read('user:42')).toBeUndefined()
  expect(await store.compareAndSet('user:42', 1, { value: 'second' })).toBe(false)
  expect(await store.compareAndSet('user:42', 0, { value: 'first' })).toBe(true)
  expect(await opened({ path }).read('user:42')).toEqual({ version: 1, value: 'first' })
})

describe('a key', () => {
  test('that was forgotten stays for an hour, and is removed when another one is forgotten later', async () => {
    const { path, store } = await written()
    await store.compareAndSet('user:42', 1, {})
    await store.compareAndSet('user:43', 0, { value: 'text' })
    later(59)
    await store.compareAndSet('user:44', 0, {})
    expect(await store.read('user:42')).toEqual({ version: 2, value: undefined })
    later(2)
    await store.compareAndSet('user:45', 0, {})
    expect(await store.read('user:42')).toBeUndefined()
    expect(keysIn(path)).toEqual(['user:43', 'user:44', 'user:45'])
  })

  test('that only had a lease is removed when another one is forgotten after it has expired', async () => {
    const { path, store } = await written()
    await store.acquire('user:43', 'a', 60_000)
    await store.acquire('user:44', 'a', 180_000)
    later(2)
    await store.compareAndSet('user:45', 0, {})
    expect(keysIn(path)).toEqual(['user:42', 'user:44', 'user:45'])
  })

  test('leaves nothing after a refused write', async () => {
    const { path, store } = await written()
    await store.compareAndSet('user:43', 1, { value: 'text' })
    await store.renew('user:44', 'a', 1_000)
    await store.release('user:45', 'a')
    expect(keysIn(path)).toEqual(['user:42'])
  })
})

test('the file stays small when one key is written often', async () => {
  const { path, store } = await written()
  for (let version = 1; version <= 200; version++)
    await store.compareAndSet('user:42', version, { value: 'x'.repeat(5_000) })
  await store.close()
  expect((await stat(path)).size).toBeLessThan(100_000)
})

test('a closed store refuses every call', async () => {
  const { store } = await written()
  await store.close()
  await expect(store.read('user:42')).rejects.toMatchObject({ code: 'store_failed' })
  await expect(store.acquire('user:42', 'a', 1_000)).rejects.toMatchObject({ code: 'store_failed' })
})

/** A database of schema version 1, with a value and a lease. */
const version1 = `
  CREATE TABLE tokens (
    key TEXT PRIMARY KEY,
    version INTEGER NOT NULL DEFAULT 0,
    value TEXT,
    forgotten_at INTEGER,
    lease_owner TEXT,
    lease_until INTEGER
  ) STRICT;
  INSERT INTO tokens VALUES ('user:42', 7, 'text', NULL, 'a', ${Date.now() + 3_600_000});
  PRAGMA application_id = 0x474b6974;
  PRAGMA user_version = 1;
`

/** A store that is closed after the test. */
function opened(options: SqliteStoreOptions): SqliteStore {
  const store = sqliteStore(options)
  onTestFinished(() => store.close())
  return store
}

/** A store with one value. */
async function written(): Promise<{ path: string; store: SqliteStore }> {
  const path = join(await temporary(), 'tokens.db')
  const store = opened({ path })
  await store.compareAndSet('user:42', 0, { value: 'text' })
  return { path, store }
}

/** Changes a file that no store has open. */
async function withDatabase(path: string, sql: string, use?: (database: DatabaseSync) => void): Promise<void> {
  const database = new DatabaseSync(path)
  database.exec(sql)
  use?.(database)
  database.close()
  await chmod(path, 0o600)
}

/** The error message of a new store for every call; checks that the file is unchanged and has no new side files. */
async function refused(path: string): Promise<string> {
  const before = await readFile(path)
  const names = await readdir(join(path, '..'))
  const refusals = await refusalsOf(opened({ path }))
  expect((await readFile(path)).equals(before)).toBe(true)
  expect(await readdir(join(path, '..'))).toEqual(names)
  return refusals
}

function keysIn(path: string): unknown[] {
  const database = new DatabaseSync(path, { readOnly: true })
  const rows = database.prepare('SELECT key FROM tokens ORDER BY key').all()
  database.close()
  return rows.map((row) => row['key'])
}
