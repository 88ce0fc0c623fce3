import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeWith } from '../../packages/stores/test/support/describe-with.ts'
import { patience } from '../../packages/stores/test/support/patience.ts'
import { neededChromium } from './chromium.ts'
import { useAsPerson } from './command-line.ts'
import { keepOffTheNetwork } from './network.ts'
import { visitPage } from './page.ts'
import { missed } from './reached.ts'
import { type Sample, type ServerName, serverNames } from './sample.ts'
import { servers } from './servers.ts'
import { visitAsBrowser } from './web-app.ts'
import { visitWorker } from './worker.ts'

/** How samples of each kind are run. Those that are suites of tests are in suites.test.ts. */
const runners: Readonly<Record<Exclude<Sample['kind'], 'suite'>, (sample: Sample) => Promise<void>>> = {
  module: async (sample) => void (await load(sample)),
  'command-line': (sample) => useAsPerson(() => load(sample)),
  'web-app': (sample) => visitAsBrowser(() => load(sample), { logsOut: sample.file !== 'README.md' }),
  worker: (sample) => visitWorker(() => load(sample)),
  page: ({ path, file }) => visitPage(path, file),
}

function load({ path }: Sample): Promise<unknown> {
  return import(/* @vite-ignore */ path)
}

/** A test for each sample, once for a file of tests. */
export function runSamples(samples: readonly Sample[]): void {
  vi.setConfig(patience)
  beforeAll(keepOffTheNetwork)
  afterAll(async () => (await import('./prelude.ts')).stop())
  const alone = samples.filter(({ kind, server }) => kind !== 'page' && server === undefined)
  const pages = samples.filter(({ kind }) => kind === 'page')
  for (const sample of alone) run(sample)
  if (pages.length > 0) describeWith(neededChromium, () => pages.forEach(run))
  for (const name of serverNames) {
    const needing = samples.filter(({ server }) => server === name)
    if (needing.length > 0) runWith(name, needing)
  }
}

function run(sample: Sample): void {
  const { file, line, kind, results } = sample
  if (kind === 'suite') return
  test(`${file}:${line}`, async () => {
    await runners[kind](sample)
    expect(missed(results)).toStrictEqual([])
  })
}

function runWith(name: ServerName, samples: readonly Sample[]): void {
  const { needed, start, variable } = servers[name]
  describeWith(needed, () => {
    let server: Awaited<ReturnType<typeof start>>
    beforeAll(async () => {
      server = await start()
      process.env[variable] = server.url
    })
    afterAll(() => server.stop())
    for (const sample of samples) run(sample)
  })
}
