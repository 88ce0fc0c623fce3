import { expect, test } from 'vitest'
import type { JobResult } from '../src/jobs/job.ts'
import { pageWith } from '../src/report/page.ts'

const run = {
  command: 'npm run bench -- --thorough',
  date: '2026-11-21',
  node: 'v24.0.0',
  cpu: 'a processor',
  cores: 2,
}
const memory: JobResult = {
  id: 'memory',
  title: 'Bytes held',
  columns: [{ key: 'heldToken', heading: 'a token' }],
  rows: [{ id: 'grantkit', title: 'Grantkit', values: { heldToken: 100 } }],
}
const goals = 'Text.\n\n<!-- goals -->\n\nold\n\n<!-- /goals -->\n\nMore.\n'
const figures = '<!-- figures --><!-- /figures -->\n\nEnd.\n'

test('what was measured stands between the marks of a page, and the rest stays', () => {
  const written = pageWith(`${goals}\n${figures}`, run, [memory])
  expect(written).toMatch(/^Text\.[^]+More\.[^]+End\.\n$/)
  expect(written).not.toContain('old')
  expect(written).toMatch(/\| Bytes held per token \| \d+ \| 100 \| met \|/)
  expect(written).toContain('### Bytes held\n\n|  | a token |\n| --- | --: |\n| Grantkit | 100 |')
  expect(pageWith(written, run, [memory])).toBe(written)
})

test('a page says what its figures were measured with, when and where', () => {
  const origin =
    'Measured on 2026-11-21 with `npm run bench -- --thorough`, on Node v24.0.0 and 2 cores of a processor.'
  expect(pageWith(goals, run, [memory])).toContain(origin)
  expect(pageWith(figures, run, [memory])).toContain(origin)
})

test('a page may have a place for the goals alone, or for the figures alone', () => {
  expect(pageWith(goals, run, [memory])).not.toContain('### Bytes held')
  expect(pageWith(figures, run, [memory])).not.toContain('Bytes held per token')
})

test('a page without the marks is left alone', () => {
  expect(() => pageWith('Text.', run, [memory])).toThrow('neither <!-- goals --> nor <!-- figures -->')
  expect(() => pageWith('<!-- goals -->', run, [memory])).toThrow('no place between <!-- goals --> and <!-- /goals -->')
})
