import { expect, test } from 'vitest'
import type { JobResult } from '../src/jobs/job.ts'
import { pageWith } from '../src/report/page.ts'

const machine = { node: 'v24.0.0', cpu: 'a processor', cores: 2 }
const memory: JobResult = {
  id: 'memory',
  title: 'Bytes held',
  columns: [{ key: 'heldToken', heading: 'a token' }],
  rows: [{ id: 'grantkit', title: 'Grantkit', values: { heldToken: 500 } }],
}
const page = 'Text.\n\n<!-- goals -->\n\nold\n\n<!-- /goals -->\n\nMore.\n\n<!-- figures --><!-- /figures -->\n\nEnd.\n'

test('what was measured stands between the marks of a page, and the rest stays', () => {
  const written = pageWith(page, machine, [memory])
  expect(written).toMatch(/^Text\.[^]+More\.[^]+End\.\n$/)
  expect(written).not.toContain('old')
  expect(written).toContain('On Node v24.0.0, 2 cores of a processor.')
  expect(written).toContain('| Bytes held per token | 560 | 500 | met |')
  expect(written).toContain('### Bytes held\n\n|  | a token |\n| --- | --: |\n| Grantkit | 500 |')
  expect(pageWith(written, machine, [memory])).toBe(written)
})

test('a page without the marks is left alone', () => {
  expect(() => pageWith('Text.', machine, [memory])).toThrow('<!-- goals -->')
})
