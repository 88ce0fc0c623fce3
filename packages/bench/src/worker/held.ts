import { getHeapStatistics } from 'node:v8'
import { tokenAnswer } from '../answers.ts'
import type { Program, TokenAnswer } from '../contenders/program.ts'
import { times } from '../one-by-one.ts'
import { refuse } from './operation.ts'
import { setupFor } from './herd.ts'

/** What an application may hold many of. */
export type HeldKind = 'heldToken' | 'heldProvider' | 'heldSource'

/** Bytes that each of `count` things keeps on the heap. As many are held before, so that nothing that is made once counts. */
export async function countHeld(program: Program, kind: HeldKind, count: number): Promise<number> {
  const make = makerOf(program, kind)
  const first = await times(count, make)
  const before = heapAfterCollection()
  const second = await times(count, (index) => make(count + index))
  const bytes = (heapAfterCollection() - before) / count
  if (first.length + second.length !== 2 * count) refuse('something was not held')
  return bytes
}

function makerOf(program: Program, kind: HeldKind): (index: number) => Promise<unknown> {
  const setup = setupFor('http://127.0.0.1:9')
  if (kind === 'heldProvider') return async (index) => program.heldProvider?.(setup, index)
  const hold = program[kind]?.(setup)
  return async (index) => hold?.(answerFor(index), index)
}

/** A response of its own for each user, parsed from text as one that came over the wire. */
function answerFor(index: number): TokenAnswer {
  const unique = String(index).padStart(12, '0')
  const { access_token: access, refresh_token: refresh = '' } = tokenAnswer
  const answer = { ...tokenAnswer, access_token: access.slice(12) + unique, refresh_token: refresh.slice(12) + unique }
  return JSON.parse(JSON.stringify(answer)) as TokenAnswer
}

function heapAfterCollection(): number {
  if (!globalThis.gc) throw new Error('what is held is counted in a process with --expose-gc')
  globalThis.gc()
  globalThis.gc()
  return getHeapStatistics().used_heap_size
}
