import { type Contender, contenders } from '../contenders/catalogue.ts'
import { figureOf } from '../measure/statistics.ts'
import { oneByOne } from '../one-by-one.ts'
import type { Crew } from '../processes/crew.ts'
import { type OperationName, operations } from '../worker/operations.ts'
import { countBytesOf } from './byte-counts.ts'
import { type Cell, comparison, cpuOf, measureCells } from './cells.ts'
import { type Column, type Job, type JobResult, type Pace, type Row, taking } from './job.ts'

/** The columns of what is done again and again. */
export const costColumns: readonly Column[] = [
  { key: 'cpuRatio', heading: 'CPU ÷ floor', digits: 2 },
  { key: 'wallRatio', heading: 'time ÷ floor', digits: 2 },
  { key: 'bytesRatio', heading: 'bytes ÷ floor', digits: 2 },
  { key: 'cpu', heading: 'CPU µs', digits: 1 },
  { key: 'wall', heading: 'time µs', digits: 1 },
  { key: 'bytes', heading: 'bytes', digits: 0 },
]

/** A core does so many in a second. */
function rateColumn(what: string): Column {
  return { key: 'perSecond', heading: `${what} per second of a core`, digits: 0 }
}

/** How an operation is measured. */
export interface OperationJob {
  readonly id: string
  readonly title: string
  readonly operation: OperationName
  /** How many at once: one unless given. */
  readonly lanes?: number
  /** Whether the bytes that it allocates are counted, too. */
  readonly bytes?: boolean
  /** What is counted per second of one core, where that says more than microseconds. */
  readonly perSecond?: string
  /** Contenders who cannot do it, although they can do the like. */
  readonly without?: readonly string[]
}

/** A job that measures one operation of everyone who can do it, against the floor. */
export function operationJob({
  id,
  title,
  operation,
  lanes = 1,
  bytes = false,
  perSecond,
  without = [],
}: OperationJob): Job {
  return {
    id,
    title,
    async run(crew, pace): Promise<JobResult> {
      const able = await ableFor(crew, operation, pace, without)
      const present = able.filter((contender) => lanes === 1 || contender.oneByOneOnly === undefined)
      const notes = new Map(await oneByOne(present, (contender) => open(crew, contender, operation, lanes)))
      const cells = present.map((contender): Cell => ({ contender: contender.id, operation, lanes }))
      const rows = await rowsOf(crew, cells, { ...pace, bytes: pace.bytes && bytes }, notes)
      const left = able.filter((contender) => !present.includes(contender))
      const columns = perSecond === undefined ? costColumns : [...costColumns, rateColumn(perSecond)]
      return { id, title, columns, rows: [...rows, ...left.map(rowOfAbsent)] }
    },
  }
}

/** Those who take part at a pace and can do an operation. */
export async function ableFor(
  crew: Crew,
  operation: OperationName,
  pace: Pace,
  without: readonly string[] = [],
): Promise<readonly Contender[]> {
  const needs: readonly string[] = operations[operation].needs
  const candidates = contenders.filter(({ id, kind }) => kind !== 'store' && !without.includes(id)).map(({ id }) => id)
  const members = await Promise.all(taking(candidates, pace).map((id) => crew.member(id)))
  return members.filter(({ can }) => needs.every((need) => can.includes(need))).map(({ contender }) => contender)
}

/** Opens and verifies an operation; resolves to what has to be said beside its figures. */
async function open(
  crew: Crew,
  { id, title }: Contender,
  operation: OperationName,
  lanes: number,
): Promise<[string, string]> {
  const { child } = await crew.member(id)
  try {
    const unchecked = await child.request('open', operation, crew.baseOf(id), { lanes })
    return [id, unchecked.map((flaw) => `does not see ${flaw}`).join(', ')]
  } catch (error) {
    throw new Error(`${title} does not do ${operation} as it should: ${(error as Error).message}`, { cause: error })
  }
}

async function rowsOf(
  crew: Crew,
  cells: readonly Cell[],
  pace: Pace,
  notes: ReadonlyMap<string, string>,
): Promise<Row[]> {
  const series = await measureCells(crew, cells, pace)
  const bytes = pace.bytes ? await countBytesOf(crew, cells) : undefined
  const floor = cells.find(({ contender }) => contender === 'floor') as Cell
  const floorBytes = bytes?.get(floor)?.bytes ?? Number.NaN
  return cells.map((cell) => {
    const counted = bytes?.get(cell)
    const own = series.get(cell) ?? []
    const values = comparison(own, series.get(floor) ?? [])
    const perSecond = figureOf(cpuOf(own).map((microseconds) => 1e6 / microseconds))
    const byteValues = counted && { bytes: counted.bytes, bytesRatio: counted.bytes / floorBytes }
    return {
      ...named(cell.contender),
      values: { ...values, ...byteValues, perSecond },
      note: notes.get(cell.contender) || undefined,
    }
  })
}

function named(id: string): { readonly id: string; readonly title: string } {
  return { id, title: contenders.find((contender) => contender.id === id)?.title ?? id }
}

function rowOfAbsent({ id, title, oneByOneOnly }: Contender): Row {
  return { id, title, values: {}, note: oneByOneOnly }
}
