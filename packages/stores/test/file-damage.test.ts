import { readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileStore, fileStore } from '@grantkit/stores/file'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { patience } from './support/patience.ts'
import { temporary } from './support/temporary.ts'

vi.setConfig(patience)

describe('the remains of a damaged file are returned under a version and can be overwritten:', () => {
  const damages: readonly (readonly [what: string, damage: (whole: Buffer) => Buffer])[] = [
    ['nothing', () => Buffer.alloc(0)],
    ['its beginning', (whole) => whole.subarray(0, 40)],
    ['all but its end', (whole) => whole.subarray(0, -1)],
    ['its end', (whole) => whole.subarray(30)],
    ['zeros, as after a power failure', (whole) => Buffer.alloc(whole.length)],
    ['all, with one byte changed', (whole) => whole.with(100, 0x21) as Buffer],
    ['something else', () => Buffer.from('damaged')],
  ]
  test.each(damages)('%s', async (_, damage) => {
    const { file, store } = await written()
    const remains = Buffer.from(damage(await readFile(file)))
    await writeFile(file, remains)
    const found = await store.read('user:42')
    expect(found?.value).toBe(remains.toString())
    expect(found?.version).toBeGreaterThan(1_000_000_000_000)
    expect(await store.compareAndSet('user:42', 1, { value: 'late' }), 'a late write').toBe(false)
    expect(await store.compareAndSet('user:42', found?.version ?? 0, { value: 'after the next login' })).toBe(true)
    expect(await store.read('user:42')).toEqual({ version: (found?.version ?? 0) + 1, value: 'after the next login' })
  })

  test('a file that was truncated at any length', async () => {
    const { file, store } = await written()
    const whole = await readFile(file)
    for (const length of whole.keys()) {
      await writeFile(file, whole.subarray(0, length))
      expect((await store.read('user:42'))?.value).toBe(whole.toString('utf8', 0, length))
    }
  })
})

test('a lease keeps the remains of a damaged file and its version', async () => {
  const { path, file, store } = await written()
  await writeFile(file, 'damaged')
  const found = await store.read('user:42')
  expect(await store.acquire('user:42', 'a', 60_000)).toBe(true)
  const other = opened(path)
  expect(await other.read('user:42')).toEqual(found)
  expect(await other.acquire('user:42', 'b', 60_000)).toBe(false)
  expect(await other.compareAndSet('user:42', found?.version ?? 0, { value: 'after the next login' })).toBe(true)
})

test('only one of two processes can overwrite the same damaged file', async () => {
  const { path, file, store } = await written()
  await truncate(file, 10)
  const other = opened(path)
  const versions = (await Promise.all([store.read('user:42'), other.read('user:42')])).map((found) => found?.version)
  expect(versions[0]).toBe(versions[1])
  const writes = [store, other].map((one) => one.compareAndSet('user:42', versions[0] ?? 0, { value: 'of a login' }))
  expect((await Promise.all(writes)).filter(Boolean)).toHaveLength(1)
})

test('a damaged file from 1970 has a version too', async () => {
  const { file, store } = await written()
  await truncate(file, 10)
  await utimes(file, 0, 0)
  expect(await store.read('user:42')).toMatchObject({ version: 1 })
})

test('a damaged file is not swept', async () => {
  const { path, file, store } = await written()
  await writeFile(file, 'damaged')
  await store.compareAndSet('user:43', 0, {})
  expect((await readdir(path)).length).toBe(3)
  expect(await readFile(file, 'utf8')).toBe('damaged')
})

function opened(path: string): FileStore {
  const store = fileStore({ path })
  onTestFinished(() => store.close())
  return store
}

/** A store with one value, and its file. */
async function written(): Promise<{ path: string; file: string; store: FileStore }> {
  const path = join(await temporary(), 'tokens')
  const store = opened(path)
  await store.compareAndSet('user:42', 0, { value: 'first' })
  const name = (await readdir(path)).find((one) => one !== 'lock') ?? ''
  return { path, file: join(path, name), store }
}
