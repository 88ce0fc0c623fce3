import { expect, test } from 'vitest'
import type { JobResult, Values } from '../src/jobs/job.ts'
import { jobs } from '../src/jobs/jobs.ts'
import { goals, verdicts } from '../src/report/goals.ts'
import { textTable } from '../src/report/table.ts'

const result = (id: string, rows: Readonly<Record<string, Values>>): JobResult => ({
  id,
  title: id,
  columns: [{ key: 'cpuRatio', heading: 'CPU', digits: 2 }],
  rows: Object.entries(rows).map(([row, values]) => ({ id: row, title: row, values })),
})

test('every goal belongs to a job', () => {
  const known = new Set(jobs.map(({ id }) => id))
  expect(goals.filter(({ job }) => !known.has(job))).toStrictEqual([])
})

test('a goal that is a number is met up to that number', () => {
  const measured = (cpuRatio: number) => verdicts([result('authorization-url', { grantkit: { cpuRatio } })])
  expect([1.1, 1.11].map((ratio) => measured(ratio)[0]?.verdict)).toStrictEqual(['met', 'missed'])
})

test('a goal may be the figure of another, and nothing is met that was not measured', () => {
  const rows = { grantkit: { cpuRatio: { median: 1.1, q1: 1, q3: 1.2 } }, 'openid-client': { cpuRatio: 1.2 } }
  const [first, ...others] = verdicts([result('refresh-64', rows)])
  expect(first).toMatchObject({ limit: '1.20 (openid-client)', measured: 1.1, verdict: 'met' })
  expect(others.map(({ verdict }) => verdict)).toStrictEqual(['not measured'])
})

test('a table has its columns below each other', () => {
  const table = textTable(
    result('Jobs', { ours: { cpuRatio: 1 }, theirs: { cpuRatio: { median: 12, q1: 11, q3: 13 } } }),
  )
  expect(table.split('\n')).toStrictEqual([
    'Jobs',
    '                        CPU',
    'ours                   1.00',
    'theirs  12.00 (11.00–13.00)',
  ])
})
