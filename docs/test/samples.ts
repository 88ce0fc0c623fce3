import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Fence, fencesOf } from './fences.ts'
import { folder, readMeta, type Sample, toSample } from './sample.ts'

const root = join(import.meta.dirname, '../..')
const patterns = ['README.md', 'packages/*/README.md', 'docs/**/*.md', 'packages/*/src/**/*.ts']
const leftOut = /(?:^|\/)(?:node_modules|dist)(?:\/|$)|^docs\/(?:api|test|\.vitepress)(?:\/|$)/

/** Every sample of the repository. */
export function readSamples(): readonly Sample[] {
  const isLeftOut = (path: string) => leftOut.test(path.replaceAll('\\', '/'))
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root, exclude: isLeftOut }))
    .map((file) => file.replaceAll('\\', '/'))
    .toSorted()
    .flatMap((file) => samplesOf(file, fencesOf(file, readFileSync(join(root, file), 'utf8'))))
}

/** Joins each `continued` fence to the one before it. */
function samplesOf(file: string, fences: readonly Fence[]): readonly Sample[] {
  const chains: [Fence, ...Fence[]][] = []
  for (const fence of fences) {
    const place = `${file}:${fence.firstLine - 1}`
    const isProgramOfOthers = fence.language === 'js' && fence.meta.trim() === 'before'
    if (/^(?:typescript|javascript|[mc]?js|[mc]ts|[tj]sx)$/.test(fence.language) && !isProgramOfOthers)
      throw new Error(`${place}: a sample is marked ts, not ${fence.language}`)
    if (fence.language !== 'ts') continue
    if (readMeta(file, fence).word !== 'continued') chains.push([fence])
    else if (chains.length > 0) chains.at(-1)?.push(fence)
    else throw new Error(`${place}: there is no sample to continue`)
  }
  return chains.map((chain) => toSample(file, chain))
}

/** Writes the modules of the samples to disk, and removes those of samples that are no more. */
export function writeSamples(samples: readonly Sample[]): void {
  const wanted = new Set(samples.map(({ path }) => path))
  mkdirSync(folder, { recursive: true })
  for (const name of globSync('**/*.ts', { cwd: folder })) {
    const path = join(folder, name)
    if (!wanted.has(path)) rmSync(path, { recursive: true, force: true })
  }
  for (const { path, source } of samples) {
    const temporary = `${path}.${process.pid}` // `test` and `typecheck` write at the same time
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(temporary, source)
    renameSync(temporary, path)
  }
}
