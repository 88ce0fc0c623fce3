import { timings } from './participant.ts'
import type { Process, Step, World } from './world.ts'

/**
 * The next time at which anything is different; undefined while a process is about to do something. So no time passes
 * for a process that runs: one that is slow is a paused one.
 */
export function nextTime(world: World): number | undefined {
  const { time, processes, lease, stored } = world
  const steps = processes.flatMap((process) => (process.status === 'running' ? process.steps : []))
  if (steps.some((step) => !waits(step, time))) return undefined
  const points = steps.map(({ until }) => until)
  if (processes.some(actsAnytime)) {
    const { intent, failure } = stored.value.record ?? {}
    points.push(lease?.until ?? 0, failure?.until ?? 0)
    if (intent) points.push(intent.deadline, intent.deadline - timings.request)
  }
  const next = Math.min(...points.filter((point) => point > time))
  return next === Infinity ? undefined : next
}

function waits({ operation, until }: Step, time: number): boolean {
  return (operation.kind === 'sleep' || operation.kind === 'obtain') && time < until
}

/** Who may begin, or go on, at any time, sees whatever has ended by then. */
function actsAnytime({ status }: Process): boolean {
  return status === 'new' || status === 'paused'
}
