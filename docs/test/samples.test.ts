import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeWith } from '../../packages/stores/test/support/describe-with.ts'
import { patience } from '../../packages/stores/test/support/patience.ts'
import { neededChromium } from './chromium.ts'
import { useAsPerson } from './command-line.ts'
import { keepOffTheNetwork } from './network.ts'
import { visitPage } from './page.ts'
import { missed } from './reached.ts'
import { type Sample, serverNames } from './sample.ts'
import { readSamples, writeSamples } from './samples.ts'
import { servers } from './servers.ts'
import { visitAsBrowser } from './web-app.ts'
import { visitWorker } from './worker.ts'

vi.setConfig(patience)

const samples = readSamples()
const of = (kind: Sample['kind']) => samples.filter((sample) => sample.kind === kind)
writeSamples(samples)

beforeAll(keepOffTheNetwork)
afterAll(async () => (await import('./prelude.ts')).stop())

test('E-13: every sample of the documentation is run', () => expect(samples.length).toBeGreaterThan(100))

function run({ file, line, path, results }: Sample): void {
  test(`${file}:${line}`, async () => {
    await import(/* @vite-ignore */ path)
    expect(missed(results)).toStrictEqual([])
  })
}

for (const sample of of('module').filter(({ server }) => server === undefined)) run(sample)

for (const name of serverNames)
  describeWith(servers[name].needed, () => {
    const { start, variable } = servers[name]
    let server: Awaited<ReturnType<typeof start>>
    beforeAll(async () => {
      server = await start()
      process.env[variable] = server.url
    })
    afterAll(() => server.stop())
    for (const sample of of('module').filter((other) => other.server === name)) run(sample)
  })

for (const { file, line, path, results } of of('command-line'))
  test(`${file}:${line}`, async () => {
    await useAsPerson(() => import(/* @vite-ignore */ path))
    expect(missed(results)).toStrictEqual([])
  })

for (const { file, line, path } of of('web-app'))
  test(`${file}:${line}`, async () => {
    await visitAsBrowser(() => import(/* @vite-ignore */ path), { logsOut: file !== 'README.md' })
    expect.hasAssertions()
  })

for (const { file, line, path } of of('worker'))
  test(`${file}:${line}`, async () => {
    await visitWorker(() => import(/* @vite-ignore */ path))
    expect.hasAssertions()
  })

describeWith(neededChromium, () => {
  for (const { file, line, path } of of('page'))
    test(`${file}:${line}`, async () => {
      await visitPage(path, file)
      expect.hasAssertions()
    })
})
