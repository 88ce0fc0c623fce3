import { inputsFor, runLanes } from './lanes.ts'
import type { Operation } from './operation.ts'

/** What some runs cost, in microseconds for each of them: CPU of all threads, and time that passed. */
export interface Cost {
  readonly cpu: number
  readonly wall: number
}

/** How much is run at once. */
export interface Batch {
  readonly count: number
  readonly lanes: number
}

/** The cost of one run, on average over a batch. */
export async function timeBatch(operation: Operation, batch: Batch): Promise<Cost> {
  const whole = await timeRuns(operation, batch)
  if (!operation.without) return whole
  const less = await timeRuns({ ...operation, run: operation.without }, batch)
  return { cpu: whole.cpu - less.cpu, wall: whole.wall - less.wall }
}

async function timeRuns(operation: Operation, { count, lanes }: Batch): Promise<Cost> {
  const inputs = await inputsFor(operation, count)
  const before = process.cpuUsage()
  const start = performance.now()
  await runLanes(operation, inputs, count, lanes)
  const wall = (performance.now() - start) * 1000
  const { user, system } = process.cpuUsage(before)
  return { cpu: (user + system) / count, wall: wall / count }
}

/** How many turns the warming up takes, at least. */
const warmUp = 4

/** Warms an operation up, by milliseconds of CPU since a busy machine gives it less, and finds how many runs take about so many milliseconds. */
export async function calibrate(operation: Operation, lanes: number, milliseconds: number): Promise<number> {
  let count = Math.max(lanes, 8)
  for (let spent = 0; ;) {
    const { cpu, wall } = await timeRuns(operation, { count, lanes })
    const took = (wall * count) / 1000
    spent += (cpu * count) / 1000
    const wanted = Math.max(lanes, Math.ceil((count * milliseconds) / Math.max(took, 0.01)))
    if (spent >= milliseconds * warmUp && took >= milliseconds / 2) return wanted
    count = Math.min(wanted, count * 8)
  }
}
