import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { coreTest } from './core-tests.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Row {
  readonly number: string
  readonly provider: string
  readonly handled: string
  readonly proof: string
}

const rows = read('docs/guide/deviations.md')
  .split('\n')
  .filter((line) => /^\| +\d+ +\|/.test(line))
  .map((line): Row => {
    const [, number = '', , provider = '', handled = '', proof = ''] = line.split(/ *(?<!\\)\| */)
    return { number, provider, handled, proof }
  })

test('all sixty-seven deviations are in the table, in order', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 67 }, (_, index) => String(index + 1)))
})

test('two of them are out of scope, and the page says which', () => {
  const numbers = (rule: RegExp) => rows.filter(({ handled }) => rule.test(handled)).map(({ number }) => number)
  expect(numbers(/^waits for/)).toEqual([])
  expect(numbers(/^out of scope: ./)).toEqual(['55', '60'])
  expect(numbers(/; in the query is out of scope, as ./)).toEqual(['54'])
})

test.each(rows)('deviation $number names who deviates so', ({ provider }) => {
  expect(provider).toMatch(/^\w/)
})

test.each(rows)('deviation $number is shown by a test that exists, or says what it waits for', ({ handled, proof }) => {
  if (handled.startsWith('waits for ')) return expect(proof).toBe('—')
  const [, file = '', title = ''] = /^`([\w-]+)`: (.+)$/.exec(proof) ?? []
  const titles = [...read(coreTest(file)).matchAll(/['`]([^'`\n]+)/g)].map(([, text]) => text)
  return expect(titles.filter((text) => text?.startsWith(title))).not.toEqual([])
})

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
}

const schema = JSON.parse(read('packages/core/provider.schema.json')) as Schema

/** Whether a field exists, by its path; `grants.*.endpoint` is one, and so is `grants.refresh_token.endpoint`. */
function exists([name, ...rest]: readonly string[], { properties, additionalProperties }: Schema): boolean {
  if (name === undefined) return true
  const free = typeof additionalProperties === 'object' ? additionalProperties : undefined
  const field = properties?.[name] ?? free
  return field !== undefined && exists(rest, field)
}

/** What stands in backticks and is no field of the definition: the client’s, the caller’s, the token’s. */
const others = new Set(['signingKey', 'authorize', 'Request', '{ resource }', 'extra', '+', 'authorizedFetch'])

test.each(rows)('every field that deviation $number names is one of the definition', ({ handled }) => {
  const named = [...handled.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text).filter((text) => !others.has(text))
  const fields = named.map((text) => text.replace(/:.*/, ''))
  const hooks = new Set(['hooks.request', 'hooks.response', 'hooks.callback'])
  expect(fields.filter((path) => !hooks.has(path) && !exists(path.split('.'), schema))).toEqual([])
  expect(fields.length > 0 || /^(?:nothing|waits for|out of scope|a \[grant)|a function/.test(handled)).toBe(true)
})
