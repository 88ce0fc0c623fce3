import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/guide/deviations.md'), 'utf8')

interface Row {
  readonly number: string
  readonly handled: string
  readonly file: string | undefined
  readonly title: string
}

const rows = page
  .split('\n')
  .filter((line) => /^\| +\d+ +\|/.test(line))
  .map((line): Row => {
    const [, number = '', , , handled = '', proof = ''] = line.split(/ *(?<!\\)\| */)
    const [, file, title = ''] = /^`([\w-]+)`: (.*)$/.exec(proof) ?? []
    return { number, handled, file, title }
  })

test('all sixty-four deviations are in the table, in order', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 64 }, (_, index) => String(index + 1)))
})

test.each(rows)('deviation $number is proved by a test that exists, or says what it waits for', (row) => {
  if (row.file === undefined) return expect(row.handled).toMatch(/^waits for /)
  const path = join(root, `packages/core/test/${row.file}.test.ts`)
  expect(existsSync(path), `${path} exists`).toBe(true)
  return expect(readFileSync(path, 'utf8')).toContain(row.title)
})

test('every field that the table names exists', () => {
  const schema = readFileSync(join(root, 'packages/core/provider.schema.json'), 'utf8')
  const fields = rows.flatMap(({ handled }) =>
    [...handled.matchAll(/`([a-zA-Z.*_]+)(?=[:`])/g)].map(([, path = '']) => path),
  )
  const names = fields
    .flatMap((path) => path.split('.'))
    .filter(
      (name) =>
        !/^(?:\*|hooks|response|request|extra|signingKey|Request|authorize|authorizedFetch|resource)$/.test(name),
    )
  expect(names.length).toBeGreaterThan(50)
  expect(names.filter((name) => name !== 'refresh_token' && !schema.includes(`"${name}"`))).toEqual([])
})
