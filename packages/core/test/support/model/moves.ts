import { crashMoves, hangMoves, pauseMoves, storeMoves, userMoves } from './fault-moves.ts'
import type { Life } from './life.ts'
import { requestMoves } from './request-moves.ts'
import { carriedOut } from './store-steps.ts'
import { nextTime } from './time.ts'
import { started, told } from './turn.ts'
import type { Process, Step, World } from './world.ts'

/** Something that may happen next. */
export interface Move {
  readonly name: string
  make(): World | Promise<World>
}

/** What may happen next, without what may as well happen later. */
export function movesOf(world: World, lives: readonly Life[]): readonly Move[] {
  const alone = aloneMove(world, lives)
  return alone ? [alone] : allMoves(world, lives)
}

/** All that may happen next: any process goes on with anything that it waits for, time passes, or there is a fault. */
export function allMoves(world: World, lives: readonly Life[]): readonly Move[] {
  const moves = world.processes.flatMap((process, index) => {
    if (process.status === 'new') return startMoves(world, index)
    const faults = [...crashMoves(world, index), ...pauseMoves(world, index)]
    const steps = process.steps.flatMap((step) => stepMoves(world, index, step, lives))
    return process.status === 'running'
      ? [...steps, ...wakeMoves(world, index, lives), ...faults]
      : [...steps, ...faults]
  })
  const next = nextTime(world)
  if (next !== undefined) moves.push({ name: `it is ${next}`, make: () => ({ ...world, time: next }) })
  return [...moves, ...storeMoves(world), ...userMoves(world)]
}

/**
 * A move that no other can change, and that changes no other: to wake up, or to look at the clock when nobody can be
 * paused any more. Whatever else may happen may happen afterwards as well.
 */
function aloneMove(world: World, lives: readonly Life[]): Move | undefined {
  const { pause, hang, clockBack } = world.faults.value
  const mayDiffer = pause + hang + clockBack > 0
  for (const [index, { status, steps }] of world.processes.entries()) {
    const [only, ...others] = steps
    if (status !== 'running' || !only || others.length > 0) continue
    const { kind } = only.operation
    if (kind === 'sleep' || (kind === 'now' && !mayDiffer)) {
      const [move] = stepMoves(world, index, only, lives)
      if (move) return move
    }
  }
  return undefined
}

/** Processes are alike, so they begin in their order. */
function startMoves(world: World, index: number): readonly Move[] {
  if (world.processes[index - 1]?.status === 'new') return []
  return [{ name: `${index} begins`, make: () => started(world, index) }]
}

function stepMoves(world: World, index: number, step: Step, lives: readonly Life[]): readonly Move[] {
  const { operation, until } = step
  if (operation.kind === 'obtain') return requestMoves(world, index, step, lives)
  if ((world.processes[index] as Process).status === 'paused') return []
  if (operation.kind !== 'sleep')
    return [
      { name: `${index} ${operation.kind}`, make: () => carryOut(world, index, step, lives) },
      ...hangMoves(world, index, step, lives),
    ]
  if (world.time < until) return []
  return [{ name: `${index} wakes up`, make: () => told(world, index, step, { slept: 'long enough' }, lives) }]
}

function carryOut(world: World, index: number, step: Step, lives: readonly Life[]): World | Promise<World> {
  const [next, outcome] = carriedOut(world, index, step.operation)
  return told(next, index, step, outcome, lives)
}

/** Who waits is woken by a write. */
function wakeMoves(world: World, index: number, lives: readonly Life[]): readonly Move[] {
  const { moment, steps, watched } = world.processes[index] as Process
  const sleep = steps.find(({ operation }) => operation.kind === 'sleep')
  if (!moment.watching || watched === world.version || !sleep) return []
  return [{ name: `${index} is woken`, make: () => told(world, index, sleep, { slept: 'until it was woken' }, lives) }]
}
