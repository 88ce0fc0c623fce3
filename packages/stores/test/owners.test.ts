import { chmod, chown, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileStore, fileStore } from '@grantkit/stores/file'
import { type SqliteStore, sqliteStore } from '@grantkit/stores/sqlite'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { patience } from './support/patience.ts'
import { refusalOf, refusalsOf } from './support/refusal.ts'
import { temporary } from './support/temporary.ts'

vi.setConfig(patience)

describe('a database is refused in a directory', () => {
  test.each(['777', '770', '1777', '702'])(
    'with the permissions %s, where others could plant its log',
    async (mode) => {
      const directory = await temporary()
      await chmod(directory, Number.parseInt(mode, 8))
      const store = openSqlite(join(directory, 'tokens.db'))
      expect(await refusalsOf(store)).toMatch(/is writable by other users: use a separate directory/)
      expect(await refusalOf(() => store.now())).toMatch(/is writable by other users/)
      await chmod(directory, 0o755)
      expect(await store.compareAndSet('user:42', 0, { value: 'first' }), 'where others can only read').toBe(true)
    },
  )
})

describe.each(['-wal', '-shm', '-journal', '-clock'])('a file that was planted as %s', (suffix) => {
  test('is refused when others can read it, or when it is a link', async () => {
    const path = join(await temporary(), 'tokens.db')
    await writeFile(path + suffix, '')
    await chmod(path + suffix, 0o666)
    const write = () => openSqlite(path).compareAndSet('user:42', 0, { value: 'a token' })
    expect(await refusalOf(write)).toMatch(/is accessible to other users: run "chmod 600"/)
    const linked = join(await temporary(), 'tokens.db')
    await symlink(path + suffix, linked + suffix)
    const follow = () => openSqlite(linked).compareAndSet('user:42', 0, { value: 'a token' })
    expect(await refusalOf(follow)).toMatch(/is a symbolic link/)
    expect(await readFile(path + suffix, 'utf8')).toBe('')
  })
})

// Only root can change the owner of a file and still read it.
describe.runIf(process.geteuid?.() === 0)('as root, a file of another user is refused, private or not:', () => {
  const another = 65_534

  test('a database, its log and their directory', async () => {
    const directory = await temporary()
    const path = join(directory, 'tokens.db')
    const store = openSqlite(path)
    await store.compareAndSet('user:42', 0, { value: 'first' })
    await chown(path, another, another)
    expect(await refusalsOf(store)).toMatch(/belongs to another user \(65534\)/)
    await chown(path, 0, 0)
    await store.close()
    await writeFile(`${path}-wal`, '', { mode: 0o600 })
    await chown(`${path}-wal`, another, another)
    expect(await refusalsOf(openSqlite(path))).toMatch(/-wal belongs to another user/)
    await chown(`${path}-wal`, 0, 0)
    await chown(directory, another, another)
    expect(await refusalsOf(openSqlite(path))).toMatch(/belongs to another user/)
    await chown(directory, 0, 0)
    expect(await openSqlite(path).read('user:42')).toEqual({ version: 1, value: 'first' })
  })

  test('a directory of files, one of its files, and its lock', async () => {
    const path = join(await temporary(), 'tokens')
    await mkdir(path, { mode: 0o700 })
    const store = openFiles(path)
    await store.compareAndSet('user:42', 0, { value: 'first' })
    await chown(path, another, another)
    expect(await refusalsOf(store)).toMatch(/belongs to another user/)
    await chown(path, 0, 0)
    const names = await readdir(path)
    const file = join(path, names.find((name) => name !== 'lock') ?? '')
    await chown(file, another, another)
    expect(await refusalsOf(store)).toMatch(/belongs to another user/)
    await chown(file, 0, 0)
    await chown(join(path, 'lock'), another, another)
    expect(await refusalOf(() => store.acquire('user:42', 'a', 1_000))).toMatch(/lock belongs to another user/)
  })
})

function openSqlite(path: string): SqliteStore {
  const store = sqliteStore({ path })
  onTestFinished(() => store.close())
  return store
}

function openFiles(path: string): FileStore {
  const store = fileStore({ path })
  onTestFinished(() => store.close())
  return store
}
