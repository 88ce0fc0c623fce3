import type { JobResult } from '../jobs/job.ts'
import { middleOf } from './format.ts'

/** What is aimed at, and where it stands among the results. */
export interface Goal {
  readonly title: string
  readonly job: string
  readonly row: string
  readonly key: string
  /** The most that it may be: a number, or the value of another row. */
  readonly limit: number | { readonly row: string; readonly title: string }
  readonly digits?: number
}

/** Whether a goal was reached. */
export interface Verdict {
  readonly title: string
  readonly limit: string
  readonly measured: number | undefined
  readonly digits: number
  readonly verdict: 'met' | 'missed' | 'not measured'
}

const ours = 'grantkit'
const onNode = 'grantkit-node'
const engine = { row: 'openid-client', title: 'openid-client' }

const requests = [
  ['exchange', 'Code exchange'],
  ['client-credentials', 'Client credentials'],
  ['refresh', 'Refresh'],
] as const

const requestGoals = requests.flatMap(([job, title]): Goal[] => [
  { title: `${title}, CPU`, job, row: ours, key: 'cpuRatio', limit: engine },
  { title: `${title}, 64 at once, CPU`, job: `${job}-64`, row: ours, key: 'cpuRatio', limit: engine },
  { title: `${title}, bytes`, job, row: ours, key: 'bytesRatio', limit: 1.25 },
  { title: `${title}, Node entry, CPU`, job, row: onNode, key: 'cpuRatio', limit: 0.7 },
  { title: `${title}, Node entry, 64 at once, CPU`, job: `${job}-64`, row: onNode, key: 'cpuRatio', limit: 0.7 },
  { title: `${title}, Node entry, bytes`, job, row: onNode, key: 'bytesRatio', limit: 1.05 },
])

const callGoals = ['api-call', 'api-call-64'].flatMap((job): Goal[] => {
  const atOnce = job.endsWith('64') ? ', 64 at once' : ''
  const title = (what: string): string => `API call, ${what}${atOnce}`
  return [
    { title: title('authorizedFetch'), job, row: ours, key: 'cpuRatio', limit: 1.1 },
    { title: title('authorizedFetch, Node entry'), job, row: onNode, key: 'cpuRatio', limit: 0.7 },
    { title: title('apiClient'), job, row: 'grantkit-client', key: 'cpuRatio', limit: 1.35 },
    { title: title('apiClient, Node entry'), job, row: 'grantkit-client-node', key: 'cpuRatio', limit: 1.3 },
  ]
})

const herdGoals = ['known', 'refused', 'late', 'cold'].flatMap((scenario): Goal[] => [
  {
    title: `Herd (${scenario}), token requests`,
    job: `herd-${scenario}`,
    row: ours,
    key: 'tokenRequests',
    limit: 1,
    digits: 0,
  },
  {
    title: `Herd (${scenario}), calls that fail`,
    job: `herd-${scenario}`,
    row: ours,
    key: 'failures',
    limit: 0,
    digits: 0,
  },
  { title: `Herd (${scenario}), grants lost`, job: `herd-${scenario}`, row: ours, key: 'lost', limit: 0, digits: 0 },
])

/** Every goal, in the order of the jobs. */
export const goals: readonly Goal[] = [
  { title: 'Authorization URL, CPU', job: 'authorization-url', row: ours, key: 'cpuRatio', limit: 1.1 },
  ...requestGoals,
  ...callGoals,
  { title: 'API call, authorizedFetch, bytes', job: 'api-call', row: ours, key: 'bytesRatio', limit: 1.05 },
  ...herdGoals,
  { title: 'Login, Node entry', job: 'login', row: onNode, key: 'cpuRatio', limit: 0.8 },
  { title: 'Login, Node entry, 64 at once', job: 'login-64', row: onNode, key: 'cpuRatio', limit: 0.8 },
  { title: 'ID token RS256', job: 'id-token-RS256', row: ours, key: 'cpuRatio', limit: 1.25 },
  { title: 'Import, CPU ms', job: 'import', row: ours, key: 'cpu', limit: 5, digits: 1 },
  { title: 'First token in a fresh process', job: 'first-token', row: ours, key: 'cpuRatio', limit: 1.3 },
  { title: 'First token in a fresh process, Node entry', job: 'first-token', row: onNode, key: 'cpuRatio', limit: 2.5 },
  { title: 'Bundle, KB gzip', job: 'bundle', row: ours, key: 'gzip', limit: 11 },
  { title: 'Bundle, KB gzip of ours', job: 'bundle', row: ours, key: 'own', limit: 2.5 },
  { title: 'Bytes held per token', job: 'memory', row: ours, key: 'heldToken', limit: 560, digits: 0 },
  { title: 'Bytes held per provider', job: 'memory', row: ours, key: 'heldProvider', limit: 1300, digits: 0 },
]

/** Compares the results with the goals whose jobs were run. */
export function verdicts(results: readonly JobResult[]): readonly Verdict[] {
  return goals
    .filter(({ job }) => results.some(({ id }) => id === job))
    .map(({ title, job, row, key, limit, digits = 2 }) => {
      const measured = valueAt(results, job, row, key)
      const most = typeof limit === 'number' ? limit : valueAt(results, job, limit.row, key)
      const by = typeof limit === 'number' ? '' : ` (${limit.title})`
      const known = measured !== undefined && most !== undefined
      const verdict = known ? (measured <= most ? 'met' : 'missed') : 'not measured'
      return { title, limit: `${most?.toFixed(digits) ?? '?'}${by}`, measured, digits, verdict }
    })
}

function valueAt(results: readonly JobResult[], job: string, row: string, key: string): number | undefined {
  const values = results.find(({ id }) => id === job)?.rows.find(({ id }) => id === row)?.values
  return middleOf(values?.[key])
}

/** The goals as a table. */
export function goalTable(results: readonly JobResult[]): JobResult {
  const rows = verdicts(results).map(({ title, limit, measured, digits, verdict }) => ({
    id: title,
    title,
    values: { limit, measured: measured?.toFixed(digits), verdict },
  }))
  const columns = [
    { key: 'limit', heading: 'at most' },
    { key: 'measured', heading: 'measured' },
    { key: 'verdict', heading: '' },
  ]
  return { id: 'goals', title: 'Goals', columns, rows }
}
