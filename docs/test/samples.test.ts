import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepOffTheNetwork } from './network.ts'
import { missed } from './reached.ts'
import { readSamples, writeSamples } from './samples.ts'
import { visitAsBrowser } from './web-app.ts'

const samples = readSamples()
const of = (kind: string) => samples.filter((sample) => sample.kind === kind)
writeSamples(samples)

beforeAll(keepOffTheNetwork)
afterAll(async () => (await import('./prelude.ts')).stop())

for (const { file, line, path, results } of of('module'))
  test(`${file}:${line}`, async () => {
    await import(/* @vite-ignore */ path)
    expect(missed(results)).toStrictEqual([])
  })

for (const { file, line, path } of of('web-app'))
  test(`${file}:${line}`, async () => {
    await visitAsBrowser(() => import(/* @vite-ignore */ path))
    expect.hasAssertions()
  })
