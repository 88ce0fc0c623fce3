import { contenderOf } from '../contenders/catalogue.ts'
import { openStores } from '../engines/open-stores.ts'
import { oneByOne } from '../one-by-one.ts'
import type { Crew } from '../processes/crew.ts'
import type { OperationName } from '../worker/operations.ts'
import { type Cell, comparison, measureCells } from './cells.ts'
import type { Column, Job, JobResult, Pace, Row } from './job.ts'

const columns: readonly Column[] = [
  { key: 'cpuRatio', heading: 'CPU ÷ bare', digits: 2 },
  { key: 'wallRatio', heading: 'time ÷ bare', digits: 2 },
  { key: 'cpu', heading: 'CPU µs', digits: 1 },
  { key: 'wall', heading: 'time µs', digits: 1 },
]

interface StoreTask {
  readonly id: string
  readonly title: string
  readonly operation: OperationName
  readonly bare: OperationName
}

const tasks: readonly StoreTask[] = [
  {
    id: 'token-held',
    title: 'token() of a source that is held, fresh (bare: a look into a map)',
    operation: 'token-held',
    bare: 'bare-held',
  },
  {
    id: 'token-first',
    title: 'token() of a new source, fresh, from the store (bare: the engine is read)',
    operation: 'token-first',
    bare: 'bare-first',
  },
  { id: 'save', title: 'save() after a login (bare: the engine is written)', operation: 'save', bare: 'bare-save' },
  {
    id: 'refresh-stored',
    title: 'A coordinated refresh (bare: a refresh, and the engine is written)',
    operation: 'refresh-stored',
    bare: 'bare-refresh',
  },
]

/** What a token source costs on each store, beside what the same engine costs by hand. */
export const storeJob: Job = {
  id: 'stores',
  title: 'Token sources',
  async run(crew, pace) {
    const stores = await openStores(crew, 'disk')
    try {
      return await oneByOne(tasks, (task) => resultOf(crew, task, stores.ids, stores.missing, pace))
    } finally {
      await stores.close()
    }
  },
}

async function resultOf(
  crew: Crew,
  { id, title, operation, bare }: StoreTask,
  stores: readonly string[],
  missing: readonly string[],
  pace: Pace,
): Promise<JobResult> {
  const pairs = stores.map((store) => [cellOf(store, operation), cellOf(store, bare)] as const)
  await oneByOne(pairs.flat(), async (cell) => {
    const { child } = await crew.member(cell.contender)
    await child.request('open', cell.operation, crew.baseOf(cell.contender))
  })
  const series = await measureCells(crew, pairs.flat(), pace)
  const rows = pairs.map(([cell, floor]): Row => {
    const values = comparison(series.get(cell) ?? [], series.get(floor) ?? [])
    return { id: cell.contender, title: contenderOf(cell.contender).title, values }
  })
  return { id, title, columns, rows, note: missingNote(missing) }
}

function cellOf(contender: string, operation: OperationName): Cell {
  return { contender, operation, lanes: 1 }
}

/** What the machine lacks. */
export function missingNote(missing: readonly string[]): string | undefined {
  return missing.length > 0 ? `left out, because this machine has no such server: ${missing.join(', ')}` : undefined
}
