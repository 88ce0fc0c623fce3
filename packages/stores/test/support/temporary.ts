import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A directory that is removed after the test. */
export async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'grantkit-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** The permissions of a path in octal. */
export async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8)
}

/** The content of a directory: the bytes of each file by name. */
export async function contentOf(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).toSorted()
  const entries = names.map(async (name) => [name, (await readFile(join(directory, name))).toString('base64')] as const)
  return Object.fromEntries(await Promise.all(entries))
}
