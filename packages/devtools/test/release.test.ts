import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { copyRepository, fillInRepository, git, placeholder } from '../release/copy.mjs'
import { jsrConfiguration, problemsForJsr, slowTypes } from '../release/jsr.mjs'
import { releaseNotes, sectionOf } from '../release/notes.mjs'
import { publishedPackages, readManifest } from '../release/packages.mjs'
import { problemsOfFiles, problemsOfManifest } from '../release/tarball.mjs'

const root = join(import.meta.dirname, '../../..')
const published = publishedPackages(root)

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'grantkit-release-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(files: Readonly<Record<string, string>>, at = folder): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, path)), { recursive: true })
    writeFileSync(join(at, path), text)
  }
}

test('a package is built after those that it is built with', () => {
  const names = published.map(({ manifest }) => manifest.name)
  expect(names[0]).toBe('@grantkit/core')
  expect(names.indexOf('@grantkit/stores')).toBeGreaterThan(names.indexOf('@grantkit/testing'))
  expect(names).not.toContain('@grantkit/demo')
})

test('every published package says that it is public, and where it was built', () => {
  for (const { manifest } of published)
    expect(problemsOfManifest(manifest, manifest.version)).toEqual(workspaceOnly(manifest))
})

/** What `pnpm pack` writes out: a range of the workspace. */
function workspaceOnly({ peerDependencies = {} }: { peerDependencies?: Record<string, string> }): string[] {
  const ranges = Object.entries(peerDependencies).filter(([, range]) => range.startsWith('workspace:'))
  return ranges.map(([name, range]) => `it depends on ${name} ${range}`)
}

describe('a rehearsal', () => {
  test.each(['acme/grantkit', 'http://example.com/acme/grantkit', 'https://example.com/grantkit'])(
    'refuses %s as the address of the repository',
    (address) => {
      const script = join(root, 'packages/devtools/release/main.mjs')
      const { status, stderr } = spawnSync(process.execPath, [script, '--dry-run', '--repository', address], {
        encoding: 'utf8',
      })
      expect([status, stderr]).toEqual([1, expect.stringContaining('such as https://github.com/acme/grantkit')])
      expect(stderr).toContain('Nothing would be published: 1 to correct.')
    },
  )

  test('works in a copy, which has what is not committed, and dependencies of its own', () => {
    const tree = join(folder, 'tree')
    write({ 'kept.md': 'old', 'gone.md': 'old', '.gitignore': 'node_modules' }, tree)
    git(tree, 'init', '--quiet')
    git(tree, 'add', '-A')
    commit(tree)
    write({ 'kept.md': placeholder, 'new.md': 'new', 'node_modules/a/index.js': 'a' }, tree)
    rmSync(join(tree, 'gone.md'))

    const copy = join(folder, 'copy')
    copyRepository(tree, copy)
    fillInRepository(copy, 'https://github.com/acme/grantkit')
    expect(readFileSync(join(copy, 'kept.md'), 'utf8')).toBe('https://github.com/acme/grantkit')
    expect(readFileSync(join(tree, 'kept.md'), 'utf8')).toBe(placeholder)
    expect(existsSync(join(copy, 'gone.md'))).toBe(false)
    expect(readFileSync(join(copy, 'new.md'), 'utf8')).toBe('new')
    expect(existsSync(join(copy, 'node_modules'))).toBe(false) // linked to those of the tree, an installation would change them
  })

  function commit(tree: string): void {
    const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false']
    execFileSync('git', [...author, 'commit', '--quiet', '-m', 'first'], { cwd: tree })
  }
})

describe('a tarball', () => {
  const manifest = readManifest(join(root, 'packages/provider-spotify/package.json'))
  const complete = ['package.json', 'README.md', 'LICENSE'].concat(
    ['index', 'sdk'].flatMap((name) => [`dist/${name}.js`, `dist/${name}.d.ts`, `src/${name}.ts`]),
  )

  test('holds its licence and every file that it exports', () => {
    expect(problemsOfFiles(complete, manifest)).toEqual([])
    for (const file of complete) {
      const problems = problemsOfFiles(
        complete.filter((other) => other !== file),
        manifest,
      )
      expect(problems).toEqual([`${file} is missing from the tarball`])
    }
  })

  test.each(['test/a.ts', 'dist/a.tsbuildinfo', 'src/a.test.ts', '.npmrc', 'node_modules/a/index.js', '.env'])(
    'does not hold %s',
    (file) => {
      expect(problemsOfFiles([...complete, file], manifest)).toEqual([`${file} does not belong in the tarball`])
    },
  )

  const good = {
    ...manifest,
    version: '1.2.3',
    publishConfig: { access: 'public', provenance: true },
    peerDependencies: { '@grantkit/core': '^1.2.3' },
  }

  test.each([
    [{}, []],
    [{ version: '1.2.2' }, [/version is 1\.2\.2/]],
    [{ license: 'ISC' }, [/license is ISC/]],
    [{ publishConfig: { access: 'public' } }, [/provenance/]],
    [{ publishConfig: { provenance: true } }, [/access/]],
    [{ scripts: { postinstall: 'node x.js' } }, [/run on installation/]],
    [{ peerDependencies: { '@grantkit/core': 'workspace:^' } }, [/depends on @grantkit\/core workspace/]],
  ])('with %j in its manifest', (change, problems) => {
    expect(problemsOfManifest({ ...good, ...change }, '1.2.3')).toEqual(
      problems.map((one) => expect.stringMatching(one)),
    )
  })
})

describe('the notes', () => {
  const changelog = `# @grantkit/core

## 1.1.0

### Minor Changes

- abc1234: What is right now.

### Patch Changes

- Updated dependencies [abc1234]
  - @grantkit/core@1.1.0

## 1.0.0

### Major Changes

- The first.
`

  test('are the section of the version, without what only follows another package', () => {
    expect(sectionOf(changelog, '1.1.0')).toBe('### Minor Changes\n\n- abc1234: What is right now.')
    expect(sectionOf(changelog, '1.0.0')).toBe('### Major Changes\n\n- The first.')
    expect(sectionOf(changelog, '1.0')).toBe('')
  })

  test('name each package that has changed, and no other', () => {
    const manifest = { ...readManifest(join(root, 'packages/core/package.json')), version: '1.1.0' }
    write({ 'core/CHANGELOG.md': changelog, 'b/CHANGELOG.md': changelog.replace(/- abc.*\n/, '') })
    const packages = ['core', 'b', 'c'].map((name) => ({ folder: name, manifest: { ...manifest, name } }))
    expect(releaseNotes(folder, packages, '1.1.0')).toBe(
      '# 1.1.0\n\n## core\n\n### Minor Changes\n\n- abc1234: What is right now.',
    )
  })
})

describe('JSR', () => {
  test.each(published.map(({ folder: path, manifest }) => [manifest.name, path, manifest] as const))(
    'would take the sources of %s',
    (_name, path, manifest) => {
      const configuration = jsrConfiguration({ ...manifest, version: '1.2.3' })
      expect(configuration).toMatchObject({ name: manifest.name, version: '1.2.3', license: 'MIT' })
      expect(Object.keys(configuration.exports).length).toBeGreaterThan(0)
      expect(problemsForJsr(join(root, path), configuration)).toEqual([])
    },
  )

  test('gets dependencies by the registry that they are in', () => {
    const manifest = readManifest(join(root, 'packages/stores/package.json'))
    const { exports, imports } = jsrConfiguration({ ...manifest, version: '1.2.3' })
    expect(imports).toMatchObject({
      '@grantkit/core': 'jsr:@grantkit/core@^1.2.3',
      '@grantkit/core/': 'jsr:/@grantkit/core@^1.2.3/',
      pg: 'npm:pg@^8.0.0',
    })
    expect(exports['./file']).toBe('./src/file.ts')
    expect(exports).not.toHaveProperty('./package.json')
  })

  test.each([
    [`export { a } from './b.ts'`, []],
    [`export { a } from './c.ts'`, ['src/index.ts imports ./c.ts, which is not a file']],
    [`import { a } from 'pg'`, []],
    [`const a = await import('pg/lib')`, []],
    [`import { a } from 'mysql'`, ['src/index.ts imports mysql, which is not a dependency']],
    [`import { readFile } from 'node:fs/promises'`, []],
    [`declare global { const a: string }`, ['src/index.ts changes types outside its own module']],
    [`export = { a: 1 }`, ['src/index.ts is written as CommonJS']],
  ])('reads %s', (source, problems) => {
    write({ 'src/index.ts': `${source}\n`, 'src/b.ts': 'export const a = 1\n' })
    const manifest = { ...readManifest(join(root, 'packages/stores/package.json')), exports: {} }
    const configuration = { ...jsrConfiguration(manifest), exports: { '.': './src/index.ts' } }
    expect(problemsForJsr(folder, configuration)).toEqual(problems)
  })

  test('wants an explicit type where the public types mention what was inferred', () => {
    const output = 'src/a.ts(3,14): error TS9010: Variable must have an explicit type annotation.'
    const read = () => `import x from 'x'\n\nexport const shape = make()\nexport const other = 1\n`
    const own = { path: 'a.d.ts', text: 'export declare const shape: { a: string };\n' }
    expect(slowTypes(output, read, [own])).toEqual([])
    expect(slowTypes(output, read, [])).toEqual([])
    const broken = 'error TS5058: The specified path does not exist'
    expect(slowTypes(broken, read, [])).toEqual([broken])
    const problem = ['src/a.ts: shape needs an explicit type']
    expect(slowTypes(output, read, [own, { path: 'index.d.ts', text: `export { shape } from './a.js'` }])).toEqual(
      problem,
    )
    expect(slowTypes(output, read, [{ ...own, text: `${own.text}export type A = typeof shape\n` }])).toEqual(problem)
  })
})
