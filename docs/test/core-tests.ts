import { globSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const paths = globSync('packages/core/test/**/*.test.ts', { cwd: root })

/** The path of a file of core's tests, in whichever room it is: a table names it without its room, unless that says more. */
export function coreTest(name: string): string {
  const [path, ...others] = paths.filter((file) => file.replace(/(?:\.node)?\.test\.ts$/, '').endsWith(`/${name}`))
  if (path === undefined) throw new Error(`there are no tests called ${name} in packages/core/test`)
  if (others.length > 0) throw new Error(`several files of tests are called ${name}: ${[path, ...others].join(', ')}`)
  return path
}
