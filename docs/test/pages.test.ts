import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GrantError, type GrantErrorCode } from '@grantkit/core'
import { expect, test } from 'vitest'
import { conformance, decisions, guide } from '../.vitepress/navigation.ts'

const docs = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(docs, path), 'utf8')
const sources = (pattern: string) => globSync(pattern, { cwd: docs }).map(read).join('\n')

test('every page of the guide and every decision is in the navigation, and nothing else', () => {
  const pages = globSync('{guide,decisions}/**/*.md', { cwd: docs }).map((path) => `/${path.replace(/\.md$/, '')}`)
  const links = [...guide, ...decisions].map(({ link }) => link)
  expect(links.toSorted()).toStrictEqual(pages.toSorted())
})

test('every table of conformance is in the navigation, and nothing else', () => {
  const pages = globSync('conformance/*.md', { cwd: docs }).map((path) => `/${path.replace(/(?:index)?\.md$/, '')}`)
  expect(conformance.map(({ link }) => link).toSorted()).toStrictEqual(pages.toSorted())
})

test('every page of the guide starts with code', () => {
  const others = guide.filter(
    ({ link }) => !link.startsWith('/guide/move/') && !/^# .*\n\n```ts(?: command-line)?\n/.test(read(`${link}.md`)),
  )
  expect(others).toStrictEqual([])
})

test('the page about errors lists every code with its action', () => {
  const [, union = ''] = /type GrantErrorCode =([^]*?)\n\n/.exec(sources('../packages/core/src/errors/*.ts')) ?? []
  const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code = '']) => code)
  const [, section = ''] = /\n## Every code\n([^]*?)\n## /.exec(read('guide/errors.md')) ?? []
  const listed = [...section.matchAll(/^\| `(\w+)`.*?`(\w+)`\s*\|$/gm)].map(([, code, action]) => [code, action])
  expect(codes.length).toBeGreaterThan(20)
  expect(listed).toStrictEqual(codes.map((code) => [code, new GrantError(code as GrantErrorCode, 'x').action]))
})
