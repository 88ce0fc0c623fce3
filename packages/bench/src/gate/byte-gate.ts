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
/** How often what seems to have grown is counted, in new processes: two kinds of optimised code of the same source may differ. */
const tries = 3

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
  const limitOf = ({ operation, contender }: Counted) => limits[operation]?.[contender]
  const isKept = (counted: Counted) => counted.ratio <= (limitOf(counted) ?? 0) * tolerance
  const counted = (await oneByOne(gated, (operation) => leastOf(crew, operation, isKept))).flat()
  const rows = counted.map((row) => {
    const values = { ratio: row.ratio, limit: limitOf(row), verdict: isKept(row) ? 'kept' : 'exceeded' }
    return {
      id: `${row.operation} ${row.contender}`,
      title: `${row.operation}: ${contenderOf(row.contender).title}`,
      values,
    }
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
  const counted = (await oneByOne(gated, (operation) => countOne(crew, operation))).flat()
  for (const { operation, contender, ratio } of counted)
    (limits[operation] ??= {})[contender] = Number(ratio.toFixed(3))
  writeFileSync(file, `${JSON.stringify(limits, null, 2)}\n`)
}

interface Counted {
  readonly operation: OperationName
  readonly contender: string
  readonly ratio: number
}

/** Counts again, in new processes, while something is not kept, and takes the least of each. */
async function leastOf(
  crew: Crew,
  operation: OperationName,
  isKept: (counted: Counted) => boolean,
): Promise<readonly Counted[]> {
  let least = await countOne(crew, operation)
  for (let count = 1; count < tries && !least.every(isKept); count += 1) {
    await oneByOne(['floor', ...ours], (id) => crew.dismiss(id, 'bytes'))
    const again = await countOne(crew, operation)
    least = least.map((row, index) => ({ ...row, ratio: Math.min(row.ratio, again[index]?.ratio ?? row.ratio) }))
  }
  return least
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
