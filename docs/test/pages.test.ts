import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { GrantError, type GrantErrorCode } from '@grantkit/core'
import { expect, test } from 'vitest'
import { conformance, decisions, type Group, guide } from '../.vitepress/navigation.ts'
import { publishedPages } from './published.ts'

const docs = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(docs, path), 'utf8')
const sources = (pattern: string) => globSync(pattern, { cwd: docs }).map(read).join('\n')

const linksOf = (groups: readonly Group[]) => groups.flatMap(({ items }) => items.map(({ link }) => link)).toSorted()

test('every page of the guide and every decision is in the navigation, and nothing else', () => {
  const pages = globSync('{guide,decisions}/**/*.md', { cwd: docs }).map((path) => `/${path.replace(/\.md$/, '')}`)
  expect(linksOf([...guide, decisions])).toStrictEqual(pages.toSorted())
})

test('every table of conformance is in the navigation, and nothing else', () => {
  const pages = globSync('conformance/*.md', { cwd: docs }).map((path) => `/${path.replace(/(?:index)?\.md$/, '')}`)
  expect(linksOf([conformance])).toStrictEqual(pages.toSorted())
})

test('every page has a description of its own, for search engines and link previews', () => {
  const described = publishedPages().map(({ link, description }) => ({ link, description }))
  expect(described.length).toBeGreaterThan(50)
  expect(described.filter(({ description }) => description.length < 40 || description.length > 200)).toStrictEqual([])
  const all = described.map(({ description }) => description)
  expect(all.filter((description, i) => all.indexOf(description) !== i)).toStrictEqual([])
})

test('every page of the guide starts with what to install, or with code', () => {
  const starts = /^\n*# .*\n\n+```(?:sh|ts.*)\n/
  const others = publishedPages().filter(({ link, markdown }) => link.startsWith('/guide/') && !starts.test(markdown))
  expect(others.map(({ link }) => link)).toStrictEqual([])
})

test('the page about errors lists every code with its action', () => {
  const [, union = ''] = /type GrantErrorCode =([^]*?)\n\n/.exec(sources('../packages/core/src/errors/*.ts')) ?? []
  const codes = [...union.matchAll(/'(\w+)'/g)].map(([, code = '']) => code)
  const [, section = ''] = /\n## Every code\n([^]*?)\n## /.exec(read('guide/errors.md')) ?? []
  const listed = [...section.matchAll(/^\| `(\w+)`.*?`(\w+)`\s*\|$/gm)].map(([, code, action]) => [code, action])
  expect(codes.length).toBeGreaterThan(20)
  expect(listed).toStrictEqual(codes.map((code) => [code, new GrantError(code as GrantErrorCode, 'x').action]))
})

test('every link of a README leads to a file', () => {
  const root = join(docs, '..')
  const files = ['README.md', 'CONTRIBUTING.md', ...globSync('packages/*/README.md', { cwd: root })]
  const links = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => ({
      file,
      link,
    })),
  )
  expect(links.length).toBeGreaterThan(60)
  expect(links.filter(({ file, link }) => !existsSync(join(root, dirname(file), link)))).toStrictEqual([])
})

test('every README of a package leads on to the guide', () => {
  const silent = globSync('packages/*/README.md', { cwd: join(docs, '..') }).filter(
    (file) => !readFileSync(join(docs, '..', file), 'utf8').includes('](../../docs/guide/'),
  )
  expect(silent).toStrictEqual([])
})
