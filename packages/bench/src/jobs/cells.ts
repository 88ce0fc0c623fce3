import { type Figure, figureOf, ratios, shuffled } from '../measure/statistics.ts'
import { oneByOne, times } from '../one-by-one.ts'
import type { Crew } from '../processes/crew.ts'
import type { OperationName } from '../worker/operations.ts'
import type { Cost } from '../worker/time.ts'
import type { Pace, Values } from './job.ts'

/** One operation of one contender, with so many at once. */
export interface Cell {
  readonly contender: string
  readonly operation: OperationName
  readonly lanes: number
}

/** A cell that is ready: opened, verified and warm. */
interface ReadyCell {
  readonly cell: Cell
  readonly count: number
}

/** The costs of one cell, one for each round. */
export type Series = readonly Cost[]

/** Measures cells in rounds: in each round every cell has one turn, in an order of its own. */
export async function measureCells(crew: Crew, cells: readonly Cell[], pace: Pace): Promise<ReadonlyMap<Cell, Series>> {
  const ready = await oneByOne(cells, (cell) => makeReady(crew, cell, pace))
  const series = new Map<Cell, Cost[]>(cells.map((cell) => [cell, []]))
  await times(pace.rounds, () =>
    oneByOne(shuffled(ready), async ({ cell, count }) => {
      series.get(cell)?.push(await turn(crew, cell, count))
    }),
  )
  return series
}

async function makeReady(crew: Crew, cell: Cell, { milliseconds, warmUp }: Pace): Promise<ReadyCell> {
  const { child } = await crew.member(cell.contender)
  await child.request('calibrate', cell.operation, cell.lanes, warmUp)
  const count = await child.request('calibrate', cell.operation, cell.lanes, milliseconds)
  return { cell, count }
}

const few = 64

/** One turn, after a few runs that do not count: they open connections again, and bring the code back into the caches. */
async function turn(crew: Crew, { contender, operation, lanes }: Cell, count: number): Promise<Cost> {
  const { child } = await crew.member(contender)
  await child.request('time', operation, { count: Math.min(count, lanes, few), lanes })
  return child.request('time', operation, { count, lanes })
}

/** What a cell costs, and how that compares with another cell of the same rounds. */
export function comparison(series: Series, floor: Series): Values & { readonly cpuRatio: Figure } {
  const [cpu, wall] = [cpuOf(series), wallOf(series)]
  return {
    cpu: figureOf(cpu),
    wall: figureOf(wall),
    cpuRatio: figureOf(ratios(cpu, cpuOf(floor))),
    wallRatio: figureOf(ratios(wall, wallOf(floor))),
  }
}

/** CPU, round by round. */
export function cpuOf(series: Series): readonly number[] {
  return series.map(({ cpu }) => cpu)
}

function wallOf(series: Series): readonly number[] {
  return series.map(({ wall }) => wall)
}
