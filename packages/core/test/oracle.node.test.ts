import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const tests = globSync('packages/core/test/**/*.test.ts', { cwd: root })
const read = (path: string) => readFileSync(join(root, path), 'utf8')

test('the leak oracle is around every test of core, wherever they run', () => {
  for (const config of ['vitest.config.ts', 'vitest.browser.config.ts', 'vitest.mutation.config.ts'])
    expect(read(`packages/devtools/${config}`)).toMatch(
      /[sS]etupFiles: \[[^\]]*test\/support\/setup\.ts|'packages\/core', \[[^\]]*test\/support\/setup\.ts/,
    )
})

test('and looks at every server that a test starts', () => {
  const unwatched = tests.filter((path) => {
    const starts = /\bstart(?:Fault|Authorization)Server\(/.test(read(path))
    return starts && !/\bwatch\(/.test(read(path))
  })
  expect(tests.length).toBeGreaterThan(40)
  expect(unwatched).toEqual([])
})

test('no test is skipped, and none runs alone', () => {
  const silenced = tests.filter((path) => /\b(?:test|describe)\.(?:skip|only|todo)/.test(read(path)))
  expect(silenced).toEqual([])
})
