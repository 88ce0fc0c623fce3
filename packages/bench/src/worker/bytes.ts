import { GCProfiler, getHeapStatistics } from 'node:v8'
import { median, spread } from '../measure/statistics.ts'
import { inputsFor, runLanes } from './lanes.ts'
import type { Operation } from './operation.ts'
import type { Batch } from './time.ts'

/** Heap bytes that one run allocates, and how far repeated measurements lay apart, as a share. */
export interface Bytes {
  readonly bytes: number
  readonly spread: number
}

/** Measurements in a row that have to agree, and how well. */
const agreeing = 5
const agreement = 0.01
const most = 25

/**
 * Counts the bytes that one run allocates, while no garbage is collected: once the code is optimised, that repeats within
 * a percent on the busiest machine. Throws where the heap is too small for the batch.
 */
export async function countBytes(operation: Operation, batch: Batch): Promise<Bytes> {
  const counts: number[] = []
  for (let last: number[] = []; ;) {
    counts.push(await countOnce(operation, batch))
    last = counts.slice(-agreeing)
    const steady = last.length === agreeing && spread(last) <= agreement
    if (steady || counts.length === most) return { bytes: median(last), spread: spread(last) }
  }
}

async function countOnce(operation: Operation, batch: Batch): Promise<number> {
  const whole = await countRuns(operation, batch)
  if (!operation.without) return whole
  return whole - (await countRuns({ ...operation, run: operation.without }, batch))
}

async function countRuns(operation: Operation, { count, lanes }: Batch): Promise<number> {
  const inputs = await inputsFor(operation, count)
  if (!globalThis.gc) throw new Error('bytes are counted in a process with --expose-gc')
  globalThis.gc()
  const profiler = new GCProfiler()
  profiler.start()
  const before = getHeapStatistics().used_heap_size
  await runLanes(operation, inputs, count, lanes)
  const after = getHeapStatistics().used_heap_size
  const collections = profiler.stop()?.statistics.length ?? 0
  if (collections > 0) throw new Error(`garbage was collected while bytes were counted, in ${count} runs`)
  return (after - before) / count
}
