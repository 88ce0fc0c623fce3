import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type OutputChunk, rolldown } from 'rolldown'
import { afterAll, expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }
import { presets } from './presets.ts'

const folder = new URL('../src/', import.meta.url).pathname
const names = globSync('*.ts', { cwd: folder })
  .map((file) => file.replace('.ts', ''))
  .filter((name) => name !== 'freeze')
  .toSorted()

/** Bundles a preset as an application would. */
async function bundle(code: string): Promise<OutputChunk> {
  const application = {
    name: 'application',
    resolveId: (id: string) => (id === 'application' ? id : null),
    load: (id: string) => (id === 'application' ? code : null),
  }
  const build = await rolldown({ input: 'application', plugins: [application], platform: 'neutral' })
  const { output } = await build.generate({ format: 'esm', minify: true })
  expect(output).toHaveLength(1)
  return output[0]
}

test('every preset has its own subpath, and the package has no other entries', () => {
  const subpaths = Object.keys(packageJson.exports).filter((path) => path !== './package.json')
  expect(subpaths).toEqual(names.map((name) => `./${name}`))
})

test.each(['../README.md', '../../../docs/guide/presets.md'])('%s lists every preset, and no other', (page) => {
  const text = readFileSync(join(folder, page), 'utf8')
  const listed = [...text.matchAll(/^\| [^|]+\| `(\w+)` → /gm)].map(([, name = '']) => name)
  expect(listed.toSorted()).toEqual(names)
})

test('every preset is run through the contract', () => {
  const run = new Set(presets.map(({ name }) => name.split('-')[0]))
  expect(run).toEqual(new Set(names))
})

test.each(names)('%s imports only the shared code at run time', async (name) => {
  const { imports, dynamicImports } = await bundle(`export * from '${folder}${name}.ts'`)
  expect([...imports, ...dynamicImports]).toEqual([])
})

const built = mkdtempSync(join(tmpdir(), 'grantkit-providers-'))
afterAll(() => rmSync(built, { recursive: true }))

/** Builds the package as it is published, only elsewhere. */
function buildPackage(): void {
  const cli = join(createRequire(import.meta.url).resolve('rolldown/package.json'), '../bin/cli.mjs')
  const cwd = join(folder, '..')
  execFileSync(process.execPath, [cli, '-c', '../devtools/rolldown.config.ts', '-d', built], { cwd, stdio: 'ignore' })
}

test('each published preset adds less than 1.2 kilobytes to a compressed bundle', async () => {
  buildPackage()
  expect(globSync('chunks/*.js', { cwd: built })).toHaveLength(1)
  const sizes = await Promise.all(names.map(sizesOf))
  expect(sizes.flat()).toHaveLength(59)
  expect(sizes.flat().filter(([, size]) => size >= 1200)).toEqual([])
})

/** Of each preset of a module, how much of an app it is. */
async function sizesOf(module: string): Promise<readonly (readonly [preset: string, size: number])[]> {
  const exports = Object.keys((await import(`${folder}${module}.ts`)) as object)
  const bundles = exports.map(async (preset) => {
    const { code } = await bundle(`export { ${preset} } from '${built}/${module}.js'`)
    return [preset, gzipSync(code).length] as const
  })
  return Promise.all(bundles)
}

test.each([
  ['tiktok', 'tiktok', 'tiktok-desktop'],
  ['slack', 'slack', 'slack-sign-in'],
  ['slack', 'slackSignIn', 'slack-user'],
])('an app that imports one preset of %s, %s, does not carry %s', async (module, preset, other) => {
  const { code } = await bundle(`export { ${preset} } from '${folder}${module}.ts'`)
  expect(code).not.toContain(other)
})

function isFrozen(part: unknown): boolean {
  return typeof part !== 'object' || part === null || (Object.isFrozen(part) && Object.values(part).every(isFrozen))
}

test('presets are frozen', () => {
  expect(presets.filter((preset) => !isFrozen(preset))).toEqual([])
})

test('presets are still frozen in a bundle', async () => {
  const { code } = await bundle(`export { github } from '${folder}github.ts'`)
  const { github } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { github: unknown }
  expect(isFrozen(github)).toBe(true)
})

test('every preset has a different name', () => {
  const all = presets.map(({ name }) => name)
  expect(new Set(all).size).toBe(all.length)
})
