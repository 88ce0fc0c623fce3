import { describe, expect, test } from 'vitest'
import { guide } from '../.vitepress/navigation.ts'
import { publishedPages } from './published.ts'
import { runSamples } from './run-samples.ts'
import { readSamples, writeSamples } from './samples.ts'
import { tasks } from './tasks.ts'

// What people come for is done from the site alone: by a page in the navigation, whose samples are run as they stand.

const samples = readSamples()
writeSamples(samples)
const inNavigation = guide.flatMap(({ items }) => items.map(({ link }) => `docs${link}.md`))

describe.each(tasks)('$name', ({ page, kind, shows }) => {
  const own = samples.filter(({ file }) => file === page)

  test('has a page in the navigation', () => expect(inNavigation).toContain(page))

  test('has a sample that does all of it', () => {
    const whole = own.filter((sample) => sample.kind === kind && shows.every((code) => sample.source.includes(code)))
    expect(whole.length).toBeGreaterThan(0)
  })

  test('needs no look into the sources', () => {
    const { markdown = '' } = publishedPages().find(({ link }) => `docs${link}.md` === page) ?? {}
    expect(markdown).not.toMatch(/packages\/[\w-]+\/src/)
  })
})

runSamples(samples.filter(({ file }) => tasks.some(({ page }) => page === file)))
