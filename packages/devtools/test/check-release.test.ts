import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const script = join(root, 'packages/devtools/check-release.mjs')
const files = globSync(['*.md', 'packages/*/{package.json,README.md}'], { cwd: root })
const published = globSync('packages/*/package.json', { cwd: root })
  .filter((file) => manifestOf(file)['private'] !== true)
  .map(dirname)
  .toSorted()
/** The address of the repository, be it still the placeholder or filled in. */
const address = (manifestOf('packages/core/package.json')['bugs'] as { url: string }).url.replace('/issues', '')

function manifestOf(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, file), 'utf8')) as Record<string, unknown>
}

let copy = ''
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'grantkit-release-'))
  for (const file of files) cpSync(join(root, file), join(copy, file), { recursive: true })
})
afterEach(() => rmSync(copy, { recursive: true }))

function check(folder: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' })
  return { status, stdout, problems: stderr.split('\n').filter((line) => line !== '') }
}

/** Writes an address of the repository wherever it stands. */
function write(repository: string): void {
  for (const file of files) edit(file, (text) => text.replaceAll(address, repository))
}

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(join(copy, file), change(readFileSync(join(copy, file), 'utf8')))
}

describe('a release', () => {
  test('is refused while the address of the repository is a placeholder', () => {
    write('https://github.com/OWNER/grantkit')
    const { status, problems } = check(copy)
    expect(status).toBe(1)
    const named = problems.map((problem) => problem.split(' ')[0])
    expect(named).toEqual(['SECURITY.md', ...published.map((folder) => `${folder}/package.json`)])
    expect(problems[0]).toContain('write its address')
  })

  test('passes once it is filled in', () => {
    write('https://github.com/example/grantkit')
    expect(check(copy)).toEqual({ status: 0, stdout: `${published.length} packages may be released\n`, problems: [] })
  })

  test.each([
    ['packages/core/package.json', (text: string) => text.replace('"keywords"', '"words"'), /core.* has no keywords/],
    ['packages/stores/package.json', (text: string) => text.replace('"bugs"', '"bug"'), /stores.* has no bugs/],
    [
      'packages/testing/package.json',
      (text: string) => text.replace('"directory": "packages/testing"', '"directory": "packages/core"'),
      /testing.* repository\.directory packages\/core: write packages\/testing/,
    ],
    [
      'packages/core/README.md',
      (text: string) => `${text}https://github.com/OWNER/grantkit\n`,
      /core\/README\.md names/,
    ],
  ])('is refused for %s alone', (file, change, problem) => {
    write('https://github.com/example/grantkit')
    edit(file, change)
    const { status, problems } = check(copy)
    expect([status, problems]).toEqual([1, [expect.stringMatching(problem)]])
  })

  test('is refused without a security policy', () => {
    write('https://github.com/example/grantkit')
    rmSync(join(copy, 'SECURITY.md'))
    expect(check(copy)).toMatchObject({ status: 1, problems: ['SECURITY.md is missing'] })
  })
})

test('every published package can be found by what it is, and names its own folder', () => {
  expect(published.length).toBeGreaterThan(4)
  for (const folder of published) {
    const manifest = manifestOf(`${folder}/package.json`)
    expect(manifest).toMatchObject({
      repository: { type: 'git', url: `git+${address}.git`, directory: folder },
      homepage: `${address}/tree/main/${folder}#readme`,
      bugs: { url: `${address}/issues` },
    })
    const keywords = manifest['keywords'] as readonly string[]
    expect(keywords).toEqual(expect.arrayContaining(['oauth2', 'grantkit']))
    expect(new Set(keywords).size).toBe(keywords.length)
  }
})
