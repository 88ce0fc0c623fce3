import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { coreTest } from './core-tests.ts'
import { due, idsOf, known } from './rows.ts'

// The tables in docs/conformance name the tests that show each row, and every test that is named after a row stands in
// one of them. `…` in a name stands for what a parametrised test fills in.

interface Row {
  readonly id: string
  readonly tests: readonly { readonly name: string; readonly file: string }[]
  readonly where: string
}

const root = join(import.meta.dirname, '../..')
const tables = globSync('docs/conformance/*.md', { cwd: root })
const rows = tables.flatMap((path) => readRows(path))
const ids = new Set(rows.flatMap(({ id }) => idsOf(id)))

function readRows(path: string): Row[] {
  const lines = readFileSync(join(root, path), 'utf8').split('\n')
  return lines
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll(String.raw`\|`, '|')))
    .filter(([, id = '']) => idsOf(id).length > 0)
    .map(([, id = '', , shown = '']) => ({ id, tests: testsIn(shown), where: `${basename(path)}: ${id}` }))
}

function testsIn(cell: string): Row['tests'] {
  const found = cell.matchAll(/(`+)(.+?)\1 in ([\w/-]+)(?:<br>|$)/g)
  return [...found].map(([, , name = '', file = '']) => ({ name, file }))
}

const sources = new Map<string, readonly string[]>()

/** The texts in quotes of a file of tests: the names of its tests are among them. */
function textsOf(path: string): readonly string[] {
  const read = sources.get(path)
  if (read) return read
  const source = readFileSync(join(root, path), 'utf8').replaceAll(/^\s*\/\/.*$/gm, '')
  const texts = [...source.matchAll(/(['`])((?:\\.|(?!\1)[^\\\n])*)\1/g)].map(([, , text = '']) =>
    text.replaceAll(String.raw`\'`, "'"),
  )
  sources.set(path, texts)
  return texts
}

/** A file of core's tests, in whichever room, or of those of another package that the tables name in front of it. */
function pathOf(file: string): string {
  const [, owner, rest] = /^(docs|provider-spotify|stores)\/(.+)$/.exec(file) ?? []
  if (owner === 'docs') return `docs/test/${rest}.test.ts`
  return owner === undefined ? coreTest(file) : `packages/${owner}/test/${rest}.test.ts`
}

function isNamed(name: string, texts: readonly string[]): boolean {
  const parts = name.split('…').map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`))
  const pattern = new RegExp(`^${parts.join('.*')}$`)
  return texts.some((text) => pattern.test(text))
}

const leading = (name: string): string[] => idsOf(/^[^:]*/.exec(name)?.[0] ?? '')

describe('the tables of conformance', () => {
  test('are there', () => expect(rows.length).toBeGreaterThan(250))

  test('name only tests that exist', () => {
    const missing = rows.flatMap(({ tests, where }) =>
      tests.filter(({ name, file }) => !isNamed(name, textsOf(pathOf(file)))).map(({ name }) => `${where}: ${name}`),
    )
    expect(missing).toStrictEqual([])
  })

  test('name tests that name their row', () => {
    const strangers = rows.flatMap(({ id, tests, where }) =>
      tests.filter(({ name }) => !leading(name).includes(id)).map(({ name }) => `${where}: ${name}`),
    )
    expect(strangers).toStrictEqual([])
  })

  test('say of every other row what it waits for, or why there is none', () => {
    const silent = rows.filter(({ tests }) => tests.length === 0).map(({ where }) => where)
    const explained = tables.flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/^\| (\S.*?) +\|.*\| (?:later|never): \S.* \|$/gm)].map(
        ([, id = '']) => `${basename(path)}: ${id}`,
      ),
    )
    expect(silent.toSorted()).toStrictEqual(explained.toSorted())
  })

  test('have every requirement, attack and measurement once', () => {
    const all = rows.flatMap(({ id }) => idsOf(id))
    expect(all.filter((id, i) => all.indexOf(id) !== i)).toStrictEqual([])
    expect(known.filter((id) => !all.includes(id))).toStrictEqual([])
  })

  test('name a test for every row that concerns what is there', () => {
    const shown = new Set(rows.flatMap(({ id, tests }) => (tests.length > 0 ? idsOf(id) : [])))
    expect(due.length).toBe(499)
    expect(due.filter((id) => !shown.has(id))).toStrictEqual([])
  })

  test('have every row that a test is named after', () => {
    const files = globSync(['packages/*/test/**/*.test.ts', 'docs/test/*.test.ts'], {
      cwd: root,
      exclude: ['**/node_modules'],
    })
    const named = files.flatMap((path) => textsOf(path).flatMap((text) => leading(text).map((id) => `${path}: ${id}`)))
    expect(named.length).toBeGreaterThan(300)
    expect(named.filter((name) => !ids.has(name.slice(name.lastIndexOf(' ') + 1)))).toStrictEqual([])
  })
})
