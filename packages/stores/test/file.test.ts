import { execFile } from 'node:child_process'
import { promises } from 'node:fs'
import {
  chmod,
  type FileHandle,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TokenStore } from '@grantkit/core'
import { type FileStore, fileStore, type FileStoreOptions } from '@grantkit/stores/file'
import { describeTokenStore } from '@grantkit/testing'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { fixtureOf } from './support/fixture.ts'
import { holdLock, isPendingAfter } from './support/hold-lock.ts'
import { later } from './support/later.ts'
import { patience } from './support/patience.ts'
import { refusalOf, refusalsOf } from './support/refusal.ts'
import { contentOf, modeOf, temporary } from './support/temporary.ts'

vi.setConfig(patience)

describeTokenStore('in files', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'grantkit-'))
  const remove = () => rm(directory, { recursive: true, force: true })
  return fixtureOf({ store: 'file', path: join(directory, 'tokens') }, remove)
})

afterEach(() => void vi.useRealTimers())

test('a store creates nothing before the first write, then its directory and the missing parents', async () => {
  const home = await temporary()
  const store = opened({ path: join(home, 'grantkit', 'tokens') })
  expect(await store.read('user:42')).toBeUndefined()
  expect(await readdir(home)).toEqual([])
  await store.compareAndSet('user:42', 0, { value: 'text' })
  expect(await readdir(join(home, 'grantkit'))).toEqual(['tokens'])
})

test('files are private to their owner, whatever the umask', async () => {
  const umask = process.umask(0)
  onTestFinished(() => void process.umask(umask))
  const path = join(await temporary(), 'grantkit', 'tokens')
  const store = opened({ path })
  await store.compareAndSet('user:42', 0, { value: 'text' })
  await store.acquire('user:43', 'a', 1_000)
  expect(await modeOf(join(path, '..'))).toBe('700')
  expect(await modeOf(path)).toBe('700')
  const names = await readdir(path)
  expect(names).toHaveLength(3) // two keys, and the lock
  expect(await Promise.all(names.map((name) => modeOf(join(path, name))))).toEqual(['600', '600', '600'])
})

test('a value is on disk before it replaces the previous one, and so is its name when the call resolves', async () => {
  const { path, store } = await written()
  const directory = await promises.open(path, 'r')
  const handle = Object.getPrototypeOf(directory) as FileHandle
  await directory.close()
  const reader = opened({ path })
  const { sync } = handle
  const seen: unknown[] = []
  vi.spyOn(handle, 'sync').mockImplementation(async function (this: FileHandle) {
    await Reflect.apply(sync, this, [])
    seen.push((await reader.read('user:42'))?.value)
  })
  onTestFinished(() => void vi.restoreAllMocks())
  await store.compareAndSet('user:42', 1, { value: 'second' })
  expect(seen).toEqual(['text', 'second'])
})

test('a half-written file of a killed process is replaced by the next write, and a planted link is not followed', async () => {
  const { path, store } = await written()
  await writeFile(join(path, 'new'), 'grantkit token 1 0123', { mode: 0o666 })
  expect(await store.compareAndSet('user:42', 1, { value: 'second' })).toBe(true)
  const elsewhere = join(await temporary(), 'elsewhere')
  await symlink(elsewhere, join(path, 'new'))
  expect(await store.compareAndSet('user:42', 2, { value: 'third' })).toBe(true)
  await expect(readFile(elsewhere)).rejects.toThrow('ENOENT')
  expect(await store.read('user:42')).toEqual({ version: 3, value: 'third' })
  expect(await readdir(path)).not.toContain('new')
})

describe('an untrusted file is refused by every call and not changed:', () => {
  test('that of another key, and that of another application', async () => {
    const { path, file, store } = await written()
    await store.compareAndSet('user:43', 0, { value: 'of another user' })
    const other = (await tokenFiles(path)).find((name) => name !== file) ?? ''
    await writeFile(file, await readFile(other))
    expect(await refused(store, path)).toMatch(/belongs to another key, or was not written by fileStore/)
    await writeFile(file, JSON.stringify({ 'user:42': { version: 1, value: 'text' } }))
    expect(await refused(store, path)).toMatch(/was not written by fileStore/)
    await writeFile(file, `grantkit token 2 ${'0'.repeat(64)}\nof a later version\n`)
    expect(await refused(store, path)).toMatch(/was not written by fileStore/)
  })

  test('a symbolic link, and a directory', async () => {
    const { path, file, store } = await written()
    const elsewhere = join(await temporary(), 'elsewhere')
    await rename(file, elsewhere)
    await symlink(elsewhere, file)
    expect(await refused(store, path)).toMatch(/is a symbolic link/)
    await rm(file)
    await mkdir(file)
    expect(await refusalOf(() => store.read('user:42'))).toMatch(/is not a file/)
    expect(await refusalOf(() => store.compareAndSet('user:42', 1, { value: 'next' }))).toMatch(/is not a file/)
    expect(await readdir(file)).toEqual([])
  })

  test.each(['640', '604', '660', '602'])('one with the permissions %s', async (mode) => {
    const { path, file, store } = await written()
    await chmod(file, Number.parseInt(mode, 8))
    expect(await refused(store, path)).toMatch(/is accessible to other users: run "chmod 600"/)
    expect(await modeOf(file)).toBe(mode)
    await chmod(file, 0o600)
    expect(await store.read('user:42')).toEqual({ version: 1, value: 'text' })
  })

  test('a lock that is not a database, is a link, or is accessible to others', async () => {
    const path = join(await temporary(), 'tokens')
    const lock = join(path, 'lock')
    await mkdir(path, { mode: 0o700 })
    await writeFile(lock, 'locked by 4711\n'.repeat(100), { mode: 0o600 })
    expect(await refusalOf(() => opened({ path }).compareAndSet('user:42', 0, { value: 'text' }))).toMatch(
      /is not an SQLite database/,
    )
    await chmod(lock, 0o644)
    expect(await refusalOf(() => opened({ path }).compareAndSet('user:42', 0, { value: 'text' }))).toMatch(
      /is accessible to other users/,
    )
    expect(await readFile(lock, 'utf8')).toBe('locked by 4711\n'.repeat(100))
    await rm(lock)
    await symlink(join(path, 'elsewhere'), lock)
    expect(await refusalOf(() => opened({ path }).compareAndSet('user:42', 0, { value: 'text' }))).toMatch(
      /is a symbolic link/,
    )
    expect(await readdir(path)).toEqual(['lock'])
  })
})

describe('an untrusted directory is refused and not changed:', () => {
  test('a file, a symbolic link, and one that others can read', async () => {
    const home = await temporary()
    const store = (name: string) => opened({ path: join(home, name) })
    await writeFile(join(home, 'tokens.json'), '{}', { mode: 0o600 })
    expect(await refusalOf(() => store('tokens.json').read('user:42'))).toMatch(/tokens\.json is not a directory/)
    expect(await refusalOf(() => store('tokens.json').compareAndSet('user:42', 0, { value: 'text' }))).toMatch(
      /is not a directory/,
    )
    expect(await readFile(join(home, 'tokens.json'), 'utf8')).toBe('{}')
    await mkdir(join(home, 'real'), { mode: 0o700 })
    await symlink(join(home, 'real'), join(home, 'link'))
    expect(await refusalOf(() => store('link').compareAndSet('user:42', 0, { value: 'text' }))).toMatch(
      /link is a symbolic link/,
    )
    expect(await readdir(join(home, 'real'))).toEqual([])
    await chmod(join(home, 'real'), 0o755)
    expect(await refusalOf(() => store('real').compareAndSet('user:42', 0, { value: 'text' }))).toMatch(
      /run "chmod 700" on it/,
    )
    expect(await readdir(join(home, 'real'))).toEqual([])
    expect(await modeOf(join(home, 'real'))).toBe('755')
  })
})

test('a refused file affects only its own key', async () => {
  const { file, store } = await written()
  await writeFile(file, '{}')
  expect(await store.compareAndSet('user:43', 0, { value: 'text' })).toBe(true)
  expect(await store.read('user:43')).toEqual({ version: 1, value: 'text' })
})

test('a file can be moved away and back', async () => {
  const { path, file, store } = await written()
  const text = await readFile(file)
  await rm(file)
  expect(await store.read('user:42')).toBeUndefined()
  await writeFile(join(path, 'copy'), text, { mode: 0o600 })
  await rename(join(path, 'copy'), file)
  expect(await store.read('user:42')).toEqual({ version: 1, value: 'text' })
})

describe('the lock', () => {
  test('is free as soon as its process is killed, and waiting for it does not block the event loop', async () => {
    const { path, store } = await written()
    const holder = await holdLock(join(path, 'lock'))
    const writing = store.compareAndSet('user:42', 1, { value: 'second' })
    expect(await isPendingAfter(100, writing), 'whether it waits').toBe(true)
    expect(await store.read('user:42'), 'what is read meanwhile').toEqual({ version: 1, value: 'text' })
    holder.kill('SIGKILL')
    expect(await writing).toBe(true)
  })

  test('is waited for until the timeout of the store, then the call rejects', async () => {
    const { path } = await written()
    await holdLock(join(path, 'lock'))
    const store = opened({ path, timeout: 20 })
    const expected = { name: 'GrantError', code: 'store_failed', action: 'retry' }
    await expect(store.compareAndSet('user:42', 1, { value: 'second' })).rejects.toMatchObject(expected)
    expect(await store.read('user:42')).toEqual({ version: 1, value: 'text' })
  })

  test('is that of the new directory after the old one was replaced', async () => {
    const { path, store } = await written()
    await rm(path, { recursive: true })
    const other = opened({ path })
    await other.compareAndSet('user:42', 0, { value: 'by another' })
    await holdLock(join(path, 'lock'))
    const writing = store.compareAndSet('user:42', 1, { value: 'second' })
    writing.catch(() => {})
    expect(await isPendingAfter(100, writing), 'whether it waits').toBe(true)
    expect(await store.read('user:42')).toEqual({ version: 1, value: 'by another' })
  })

  test('runs the steps of one process in order, and a failed step does not block the next', async () => {
    const { file, store } = await written()
    await writeFile(file, '{}')
    const outcomes = await Promise.allSettled([
      store.compareAndSet('user:42', 1, { value: 'next' }),
      store.compareAndSet('user:43', 0, { value: 'text' }),
      store.compareAndSet('user:43', 1, { value: 'next' }),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  })
})

test('nothing else opens the lock file: closing it would release the lock of the process', async () => {
  const { path, store } = await written()
  const read = vi.spyOn(promises, 'readFile')
  const open = vi.spyOn(promises, 'open')
  onTestFinished(() => void vi.restoreAllMocks())
  await store.acquire('user:42', 'a', 1_000)
  await store.compareAndSet('user:42', 1, {})
  later(61)
  await opened({ path }).compareAndSet('user:43', 0, {})
  const files = [...read.mock.calls, ...open.mock.calls].map(([file]) => String(file))
  expect(files.filter((file) => file.endsWith('.token')).length).toBeGreaterThan(3)
  expect(files.filter((file) => file.endsWith('lock'))).toEqual([])
})

describe('a key', () => {
  test('that was forgotten stays for an hour, and is removed when another one is forgotten later', async () => {
    const { path, file, store } = await written()
    await store.compareAndSet('user:42', 1, {})
    await store.compareAndSet('user:43', 0, { value: 'text' })
    expect(await readFile(file, 'utf8'), 'the file of a key that was forgotten').not.toContain('text')
    later(59)
    await opened({ path }).compareAndSet('user:44', 0, {})
    expect(await store.read('user:42')).toEqual({ version: 2, value: undefined })
    later(2)
    await opened({ path }).compareAndSet('user:45', 0, {})
    expect(await store.read('user:42')).toBeUndefined()
    expect(await store.read('user:43')).toEqual({ version: 1, value: 'text' })
    expect(await store.read('user:44')).toEqual({ version: 1, value: undefined })
  })

  test('that was forgotten is kept despite a damaged file next to it', async () => {
    const { path, file, store } = await written()
    await writeFile(file, 'damaged')
    await store.compareAndSet('user:43', 0, {})
    later(61)
    expect(await opened({ path }).compareAndSet('user:44', 0, {})).toBe(true)
    expect(await store.read('user:43')).toBeUndefined()
    expect(await readFile(file, 'utf8')).toBe('damaged')
  })

  test('that only had a lease leaves nothing', async () => {
    const path = join(await temporary(), 'tokens')
    const store = opened({ path })
    await store.acquire('user:42', 'a', 1_000)
    await store.release('user:42', 'a')
    expect(await readdir(path)).toEqual(['lock'])
  })
})

test('a process that does not close its store still exits, and prints nothing', async () => {
  const path = join(await temporary(), 'tokens')
  const program = `
    const { fileStore } = await import('@grantkit/stores/file')
    const store = fileStore({ path: ${JSON.stringify(path)} })
    await store.compareAndSet('user:42', 0, { value: 'first' })
    await store.acquire('user:42', 'a', 60_000)
    console.log('written')`
  const options = ['--conditions=@grantkit/source', '--input-type=module', '--eval', program]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, options, { cwd: import.meta.dirname })
  expect([stdout, stderr]).toEqual(['written\n', ''])
  expect(await opened({ path }).read('user:42')).toEqual({ version: 1, value: 'first' })
})

test('two hundred keys are two hundred files, and each is read unchanged', async () => {
  const path = join(await temporary(), 'tokens')
  const store = opened({ path })
  const keys = Array.from({ length: 200 }, (_, index) => `user:${index}`)
  await Promise.all(keys.map((key) => store.compareAndSet(key, 0, { value: `of ${key}` })))
  expect(await tokenFiles(path)).toHaveLength(200)
  const again = opened({ path })
  const values = await Promise.all(keys.map(async (key) => (await again.read(key))?.value))
  expect(values).toEqual(keys.map((key) => `of ${key}`))
})

test('closing a store completes pending calls and refuses later ones', async () => {
  const { store } = await written()
  const writing = store.compareAndSet('user:42', 1, { value: 'second' })
  await store.close()
  expect(await writing).toBe(true)
  await expect(store.acquire('user:42', 'a', 1_000)).rejects.toMatchObject({ code: 'store_failed' })
})

/** A store that is closed after the test. */
function opened(options: FileStoreOptions): FileStore {
  const store = fileStore(options)
  onTestFinished(() => store.close())
  return store
}

/** A store with one value, and its file. */
async function written(): Promise<{ path: string; file: string; store: FileStore }> {
  const path = join(await temporary(), 'tokens')
  const store = opened({ path })
  await store.compareAndSet('user:42', 0, { value: 'text' })
  const [file = ''] = await tokenFiles(path)
  return { path, file, store }
}

async function tokenFiles(path: string): Promise<string[]> {
  const names = await readdir(path)
  return names.filter((name) => name !== 'lock').map((name) => join(path, name))
}

/** The error message of the store for every call on user:42; checks that the directory is unchanged. */
async function refused(store: TokenStore, path: string): Promise<string> {
  const before = await contentOf(path)
  const refusals = await refusalsOf(store)
  expect(await contentOf(path)).toEqual(before)
  return refusals
}
