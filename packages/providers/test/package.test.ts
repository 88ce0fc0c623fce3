import { globSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { type OutputChunk, rolldown } from 'rolldown'
import { expect, test } from 'vitest'
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

test('every preset has a subpath of its own, and the package has no other entry', () => {
  const subpaths = Object.keys(packageJson.exports).filter((path) => path !== './package.json')
  expect(subpaths).toEqual(names.map((name) => `./${name}`))
})

test('every preset is run through the contract', () => {
  const run = new Set(presets.map(({ name }) => name.split('-')[0]))
  expect(run).toEqual(new Set(names))
})

test.each(names)('%s imports nothing at run time, and is below a kilobyte', async (name) => {
  const { imports, dynamicImports, code } = await bundle(`export * from '${folder}${name}.ts'`)
  expect([...imports, ...dynamicImports]).toEqual([])
  expect(gzipSync(code).length).toBeLessThan(1000)
})

test('who imports one preset of two does not carry the other', async () => {
  const { code } = await bundle(`export { tiktok } from '${folder}tiktok.ts'`)
  expect(code).not.toContain('tiktok-desktop')
})

function isFrozen(part: unknown): boolean {
  return typeof part !== 'object' || part === null || (Object.isFrozen(part) && Object.values(part).every(isFrozen))
}

test('nobody can change a preset for everybody else', () => {
  expect(presets.filter((preset) => !isFrozen(preset))).toEqual([])
})

test('nor can they once a bundler has been over it', async () => {
  const { code } = await bundle(`export { github } from '${folder}github.ts'`)
  const { github } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { github: unknown }
  expect(isFrozen(github)).toBe(true)
})

test('no two presets have one name', () => {
  const all = presets.map(({ name }) => name)
  expect(new Set(all).size).toBe(all.length)
})
