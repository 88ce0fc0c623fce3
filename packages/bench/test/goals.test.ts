import { expect, test } from 'vitest'
import { type JobResult, taking, thorough, usual, type Values } from '../src/jobs/job.ts'
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

test('a usual run measures everyone that a goal names', () => {
  const named = goals.flatMap(({ row, limit }) => (typeof limit === 'number' ? [row] : [row, limit.row]))
  expect(taking([...new Set(named)], usual)).toStrictEqual([...new Set(named)])
  expect(taking(['floor', 'arctic'], usual)).toStrictEqual(['floor'])
  expect(taking(['floor', 'arctic'], thorough)).toStrictEqual(['floor', 'arctic'])
})

test('a goal that is a number is met up to that number', () => {
  const measured = (cpuRatio: number) => verdicts([result('first-token', { grantkit: { cpuRatio } })])
  expect([1.15, 1.16].map((ratio) => measured(ratio)[0]?.verdict)).toStrictEqual(['met', 'missed'])
})

test('a goal may be the figure of another, and nothing is met that was not measured', () => {
  const rows = { grantkit: { cpuRatio: { median: 1.1, q1: 1, q3: 1.2 } }, 'openid-client': { cpuRatio: 1.2 } }
  expect(verdicts([result('refresh', rows)])).toMatchObject([
    { limit: '1.15', verdict: 'met' },
    { limit: '1.20 (openid-client)', measured: 1.1, verdict: 'met' },
  ])
  expect(verdicts([result('refresh', { grantkit: rows.grantkit })])[1]?.verdict).toBe('not measured')
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
