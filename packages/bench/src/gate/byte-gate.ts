import { readFileSync, writeFileSync } from 'node:fs'
import { contenderOf } from '../contenders/catalogue.ts'
import { countBytesOf } from '../jobs/byte-counts.ts'
import type { Cell } from '../jobs/cells.ts'
import type { JobResult } from '../jobs/job.ts'
import { oneByOne } from '../one-by-one.ts'
import type { Crew } from '../processes/crew.ts'
import { operations, type OperationName } from '../worker/operations.ts'

const file = new URL('../../byte-limits.json', import.meta.url)
const gated: readonly OperationName[] = ['authorization-url', 'exchange', 'client-credentials', 'refresh', 'api-call']
const ours = ['grantkit', 'grantkit-node', 'grantkit-client', 'grantkit-client-node']
/** How far counts of the same code may lie apart: they repeat within one percent, in another release of Node within a few. */
const tolerance = 1.05

/** Bytes ÷ floor that were accepted, by operation and contender. */
type Limits = Readonly<Record<string, Readonly<Record<string, number>>>>

/** What the gate has found out. */
export interface GateResult {
  readonly table: JobResult
  /** What allocates more than it may, in words. */
  readonly exceeded: readonly string[]
}

/** Counts the bytes that our operations allocate, against the floor, and compares them with what was accepted. */
export async function runByteGate(crew: Crew): Promise<GateResult> {
  const limits = JSON.parse(readFileSync(file, 'utf8')) as Limits
  const counted = await countAll(crew)
  const rows = counted.map(({ operation, contender, ratio }) => {
    const limit = limits[operation]?.[contender]
    const values = { ratio, limit, verdict: limit !== undefined && ratio <= limit * tolerance ? 'kept' : 'exceeded' }
    return { id: `${operation} ${contender}`, title: `${operation}: ${contenderOf(contender).title}`, values }
  })
  const columns = [
    { key: 'ratio', heading: 'bytes ÷ floor', digits: 3 },
    { key: 'limit', heading: 'accepted', digits: 3 },
    { key: 'verdict', heading: '' },
  ]
  const exceeded = rows
    .filter(({ values }) => values.verdict === 'exceeded')
    .map(({ title, values: { ratio, limit } }) => `${title}: ${ratio.toFixed(3)}, accepted ${limit ?? 'nothing yet'}`)
  return { table: { id: 'bytes', title: 'Bytes allocated', columns, rows }, exceeded }
}

/** Accepts what is counted now. */
export async function acceptBytes(crew: Crew): Promise<void> {
  const limits: Record<string, Record<string, number>> = {}
  for (const { operation, contender, ratio } of await countAll(crew))
    (limits[operation] ??= {})[contender] = Number(ratio.toFixed(3))
  writeFileSync(file, `${JSON.stringify(limits, null, 2)}\n`)
}

interface Counted {
  readonly operation: OperationName
  readonly contender: string
  readonly ratio: number
}

async function countAll(crew: Crew): Promise<readonly Counted[]> {
  return (await oneByOne(gated, (operation) => countOne(crew, operation))).flat()
}

async function countOne(crew: Crew, operation: OperationName): Promise<readonly Counted[]> {
  const needs: readonly string[] = operations[operation].needs
  const members = await oneByOne(['floor', ...ours], (id) => crew.member(id, 'bytes'))
  const able = members.filter(({ can }) => needs.every((need) => can.includes(need)))
  const cells = able.map(({ contender }): Cell => ({ contender: contender.id, operation, lanes: 1 }))
  const counts = await countBytesOf(crew, cells)
  const bytesOf = (cell: Cell | undefined): number => (cell && counts.get(cell)?.bytes) ?? Number.NaN
  const [floor, ...others] = cells
  return others.map((cell) => ({ operation, contender: cell.contender, ratio: bytesOf(cell) / bytesOf(floor) }))
}
