import { globSync } from 'node:fs'
import { basename, join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const paths = new Map<string, string>()
for (const path of globSync('packages/core/test/**/*.test.ts', { cwd: root })) {
  const name = basename(path).replace(/(?:\.node)?\.test\.ts$/, '')
  if (paths.has(name)) throw new Error(`two files of tests are called ${name}: ${paths.get(name)} and ${path}`)
  paths.set(name, path)
}

/** The path of a file of core's tests, in whichever room it is: a table names it without its room. */
export function coreTest(name: string): string {
  const path = paths.get(name)
  if (path === undefined) throw new Error(`there are no tests called ${name} in packages/core/test`)
  return path
}
