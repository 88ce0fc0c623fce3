import { beforeAll, describe } from 'vitest'
import { keepOffTheNetwork } from './network.ts'
import { readSamples, writeSamples } from './samples.ts'

// Samples that are tests themselves.
const samples = readSamples()
writeSamples(samples)

beforeAll(keepOffTheNetwork)

for (const { file, line, path } of samples.filter(({ kind }) => kind === 'suite'))
  describe(`${file}:${line}`, async () => {
    await import(/* @vite-ignore */ path)
  })
