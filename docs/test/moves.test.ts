import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fencesOf } from './fences.ts'
import { type PublicNames, publicNames } from './public-names.ts'

// The pages about moving from another library: each has the same parts, and its tables name only what exists.

const folder = join(import.meta.dirname, '../guide/move')
const pages = globSync('*.md', { cwd: folder })
  .toSorted()
  .map((file) => ({ name: basename(file, '.md'), text: readFileSync(join(folder, file), 'utf8') }))
const libraries =
  'arctic league-oauth2-client openid-client passport-oauth2 simple-oauth2 spotify-web-api-php spotifyapi-net'
const names = publicNames()

/** What the words of a table stand for, as the line above it says. */
const instances: Readonly<Record<string, string>> = {
  provider: 'Provider',
  login: 'Pkce',
  token: 'Token',
  tokens: 'TokenSource',
  transaction: 'Transaction',
  error: 'GrantError',
  metadata: 'ServerMetadata',
}
/** Words of JavaScript and of a provider, and arguments that a reader has. */
const free = new Set(
  'new instanceof extends true client issuer request req stored verifier MyGrant show_dialog openid'.split(' '),
)

const sectionOf = (text: string, title: string) =>
  text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? ''

/** The cells of the column `here`, of all tables of a page. */
function cellsOf(text: string): string[] {
  const tables = text.split(/\n\n+/).filter((block) => /^\|.*\| here +\|\n/.test(block))
  return tables.flatMap((table) =>
    table
      .split('\n')
      .slice(2)
      .map((row) => row.split(/(?<!\\)\|/).at(-2) ?? ''),
  )
}

/** What a cell names that does not exist. */
function unknownIn(cell: string, { entries, exported, members, literals, has }: PublicNames): string[] {
  const spans = [...cell.replaceAll(/\[[^\]]*\]\([^)]*\)/g, '').matchAll(/`([^`]+)`/g)].map(([, span = '']) => span)
  return spans.flatMap((span) => {
    if (/^[@/]/.test(span)) return [...entries].some((entry) => entry === span || entry.endsWith(span)) ? [] : [span]
    const texts = [...span.matchAll(/'([^']*)'/g)].map(([, text = '']) => text)
    const code = span.replaceAll(/'[^']*'/g, '')
    const chains = [...code.matchAll(/(?<![\w.])[A-Za-z_]\w*(?:\??\.\w+)*|(?<=\))\??\.\w+/g)].map(([chain]) => chain)
    return texts.filter((text) => !literals.has(text) && text !== 'true').concat(chains.filter((one) => !isKnown(one)))
  })

  function isKnown(chain: string): boolean {
    const [root = '', ...rest] = chain.replace(/^\??\./, '').split(/\??\./)
    const type = instances[root]
    if (type !== undefined) return has(type, rest)
    if (/^[A-Z]/.test(root) && root in globalThis) return true
    if (rest.length > 0 && exported.has(root)) return has(root, rest, 'class')
    return [root, ...rest].every((name) => exported.has(name) || members.has(name) || free.has(name))
  }
}

test('there is a page for each library', () => {
  expect(pages.map(({ name }) => name).join(' ')).toBe(libraries)
})

test('no two pages have the same description', () => {
  const descriptions = pages.map(({ text }) => /^---\ndescription: '(.+)'\n---\n/.exec(text)?.[1] ?? '')
  expect(new Set(descriptions).size).toBe(pages.length)
  expect(descriptions.filter(({ length }) => length < 80 || length > 170)).toStrictEqual([])
})

describe.each(pages)('the page about $name', ({ text }) => {
  test('says whom it is for, in its first sentence', () => {
    expect(text).toMatch(/^# How do I move from .+\?\n\n```sh\n[^`]+```\n\nFor [^.]+(?:\.\w[^.]*)*\.\n/m)
  })

  test('has a table of names, and every name of ours exists', () => {
    expect(sectionOf(text, 'Names').match(/^\|/gm)?.length).toBeGreaterThan(20)
    expect(cellsOf(text).flatMap((cell) => unknownIn(cell, names))).toStrictEqual([])
  })

  test('has one program of theirs, and one of ours that is run', () => {
    const [before] = fencesOf('x.md', sectionOf(text, 'Before'))
    expect(`${before?.language} ${before?.meta}`).toMatch(/^(?:js before|php |csharp )$/)
    const after = fencesOf('x.md', sectionOf(text, 'After'))
    expect(after.filter(({ language }) => language === 'ts').length).toBeGreaterThan(0)
    expect(after.flatMap(({ code }) => code).join('\n')).toContain('// =>')
  })

  test('takes stored tokens along', () => {
    const section = sectionOf(text, 'Tokens that you have stored')
    expect(section).toMatch(/Token\.from\(|tokenFrom\(/)
    expect(section).toMatch(/refreshToken(?:: .+)?, store/)
  })

  test.each(['What changes', 'What has no counterpart'])('says: %s', (title) => {
    expect(sectionOf(text, title).match(/^- \*\*/gm)?.length).toBeGreaterThan(2)
  })
})

test('the page about openid-client names everything that openid-client exports', async () => {
  const { text = '' } = pages.find(({ name }) => name === 'openid-client') ?? {}
  const exported = Object.keys(await import('openid-client'))
  expect(exported.length).toBeGreaterThan(30)
  expect(exported.filter((name) => !text.includes(name))).toStrictEqual([])
})

describe('a table', () => {
  test.each([
    ['`provider.revoke(token)`, or `login.authorize({ scope })`', []],
    ["`error.code` is `'token_error'`", []],
    ['`@grantkit/providers/google`, `/slack`', []],
    ['`provider.revokeToken(token)`', ['provider.revokeToken']],
    ['`Token.parse(stored)`', ['Token.parse']],
    ["`error.code` is `'tokenerror'`", ['tokenerror']],
    ['`provider.grant(Refresh).ask(token)`', ['.ask']],
    ['`login.authorize({ redirectURL })`', ['redirectURL']],
    ['`new Providr(spotify)`', ['Providr']],
    ['`@grantkit/providers/goggle`', ['@grantkit/providers/goggle']],
  ])('that says %s', (cell, unknown) => {
    expect(unknownIn(cell, names)).toStrictEqual(unknown)
  })
})
