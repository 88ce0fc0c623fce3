import { expect, test } from 'vitest'
import { runSamples } from './run-samples.ts'
import { readSamples, writeSamples } from './samples.ts'
import { tasks } from './tasks.ts'

const samples = readSamples()
writeSamples(samples)

test('E-13: every sample of the documentation is run', () => expect(samples.length).toBeGreaterThan(100))

// those of the tasks are run by tasks.test.ts
const pages = new Set(tasks.map(({ page }) => page))
runSamples(samples.filter(({ file }) => !pages.has(file)))
