import { oneByOne } from '../one-by-one.ts'
import type { Crew } from '../processes/crew.ts'
import type { Bytes } from '../worker/bytes.ts'
import type { Cell } from './cells.ts'

/** Runs that are counted together: enough to even out what differs between them, few enough for the heap. */
const runs = 256

/** Counts the bytes of each cell, in a process whose heap has room for them. */
export async function countBytesOf(crew: Crew, cells: readonly Cell[]): Promise<ReadonlyMap<Cell, Bytes>> {
  const counts = await oneByOne(cells, async (cell) => {
    const { contender, operation, lanes } = cell
    const { child } = await crew.member(contender, 'bytes')
    await child.request('open', operation, crew.baseOf(contender))
    await child.request('calibrate', operation, lanes, warmUp)
    return [cell, await child.request('bytes', operation, { count: Math.max(runs, lanes * 4), lanes })] as const
  })
  return new Map(counts)
}

/** Milliseconds after which the code is as fast as it gets. */
const warmUp = 300
