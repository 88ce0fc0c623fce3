import { contenderOf } from '../contenders/catalogue.ts'
import { openStores } from '../engines/open-stores.ts'
import { type Figure, figureOf, median } from '../measure/statistics.ts'
import { oneByOne } from '../one-by-one.ts'
import type { Crew } from '../processes/crew.ts'
import type { OperationName } from '../worker/operations.ts'
import { type Cell, cpuOf, measureCells } from './cells.ts'
import type { Job, Pace, Row } from './job.ts'
import { missingNote } from './store-jobs.ts'

const measured: readonly { readonly operation: OperationName; readonly what: string }[] = [
  { operation: 'token-first', what: 'token() of a new source' },
  { operation: 'save', what: 'save()' },
]
const mostRounds = 5

/** How the cost of a store grows with the number of its keys. */
export const keyGrowthJob: Job = {
  id: 'growth-keys',
  title: 'Keys in a store (CPU µs)',
  async run(crew, pace) {
    const stores = await openStores(crew, 'memory')
    try {
      const ids = stores.ids.filter((id) => id !== 'encrypted')
      const rows = await oneByOne(ids, (id) => rowsOf(crew, id, pace))
      const columns = [
        ...pace.keys.map((keys) => ({ key: `cpu${keys}`, heading: keys.toLocaleString('en'), digits: 1 })),
        { key: 'growth', heading: 'last ÷ first', digits: 2 },
      ]
      const note = missingNote(stores.missing)
      return { id: 'growth-keys', title: keyGrowthJob.title, columns, rows: rows.flat(), note }
    } finally {
      await stores.close()
    }
  },
}

async function rowsOf(crew: Crew, id: string, pace: Pace): Promise<Row[]> {
  const levels = await oneByOne(pace.keys, async (keys) => [keys, await measureAt(crew, id, keys, pace)] as const)
  return measured.map(({ operation, what }) => {
    const costs = levels.map(([keys, series]): [string, Figure] => [`cpu${keys}`, figureOf(series[operation] ?? [])])
    const medians = levels.map(([, series]) => median(series[operation] ?? []))
    const growth = (medians.at(-1) as number) / (medians[0] as number)
    const title = `${contenderOf(id).title}: ${what}`
    return { id: `${id} ${operation}`, title, values: { ...Object.fromEntries(costs), growth } }
  })
}

async function measureAt(
  crew: Crew,
  id: string,
  keys: number,
  pace: Pace,
): Promise<Readonly<Partial<Record<OperationName, readonly number[]>>>> {
  const { child } = await crew.member(id)
  await child.request('fill', crew.baseOf(id), keys)
  const cells = measured.map(({ operation }): Cell => ({ contender: id, operation, lanes: 1 }))
  await oneByOne(cells, ({ operation }) => child.request('open', operation, crew.baseOf(id), { keys }))
  const series = await measureCells(crew, cells, { ...pace, rounds: Math.min(pace.rounds, mostRounds) })
  return Object.fromEntries([...series].map(([{ operation }, costs]) => [operation, cpuOf(costs)]))
}
