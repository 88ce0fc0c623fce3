import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { output, sources } from '../processes/build.ts'

const run = promisify(execFile)

/** What is bundled, and how. */
export interface BundleOptions {
  /** What the bundle is called. */
  readonly name: string
  readonly program: string
  readonly platform: 'browser' | 'node'
  /** What of it is bundled. */
  readonly exports: readonly string[]
  /** Leaves out what the program depends on, but for our own packages. */
  readonly ownOnly?: boolean
  /** Where the program runs, to see what it loads. */
  readonly base: string
  readonly runner: string
}

/** The size of a bundle, in bytes. */
export interface BundleSize {
  readonly minified: number
  /** Each file by itself, as a server sends it. */
  readonly gzip: number
  /** The same of all that could be loaded. */
  readonly whole: number
}

/** Bundles some functions of a program, runs them, and adds up the files that were loaded for that. */
export async function bundleSize(options: BundleOptions): Promise<BundleSize> {
  const directory = join(output, 'bundles', options.program, options.name)
  await rm(directory, { recursive: true, force: true })
  const files = await bundle(options, directory)
  const { stdout } = await run(process.execPath, [options.runner, options.base, join(directory, 'main.js')])
  const loaded = new Set(
    (JSON.parse(stdout) as string[]).filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url)),
  )
  const sizes = await Promise.all(files.map((file) => sizeOf(join(directory, file))))
  const used = sizes.filter(({ path }) => loaded.has(path))
  return { minified: sum(used, 'minified'), gzip: sum(used, 'gzip'), whole: sum(sizes, 'gzip') }
}

async function bundle(
  { program, platform, exports, ownOnly = false }: BundleOptions,
  directory: string,
): Promise<string[]> {
  const source = join(sources, `contenders/${program}.ts`)
  const entry = '\0entry'
  const build = await rolldown({
    input: { main: entry },
    platform,
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? `export { ${exports.join(', ')} } from ${JSON.stringify(source)}` : undefined),
      },
    ],
    preserveEntrySignatures: 'allow-extension', // an app's entry exports nothing, so what it loads at once is one file
    external: (id) => ownOnly && !/^(?:[./\0]|@grantkit\/)/.test(id),
    tsconfig: join(dirname(sources), 'tsconfig.json'),
    logLevel: 'silent',
  })
  const { output: chunks } = await build.write({
    dir: directory,
    format: 'esm',
    minify: true,
    entryFileNames: '[name].js',
  })
  await build.close()
  return chunks.filter(({ type }) => type === 'chunk').map(({ fileName }) => fileName)
}

async function sizeOf(path: string): Promise<{ path: string; minified: number; gzip: number }> {
  const text = await readFile(path)
  return { path, minified: text.length, gzip: gzipSync(text, { level: 9 }).length }
}

function sum<Key extends string>(sizes: readonly Readonly<Record<Key, number>>[], key: Key): number {
  return sizes.reduce((total, size) => total + size[key], 0)
}
