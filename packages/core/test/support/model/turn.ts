import type { Life, Moment } from './life.ts'
import { Numbering } from './numbering.ts'
import type { Outcome } from './operation.ts'
import { timings } from './participant.ts'
import { familyOf, type Process, type Step, withProcess, type World } from './world.ts'
import type { Awaited } from './life.ts'

const outcomes = new Numbering<Outcome>()

/** Tells a process what came of a step, and lets it go on until it waits again. */
export function told(
  world: World,
  index: number,
  step: Step,
  outcome: Outcome,
  lives: readonly Life[],
): World | Promise<World> {
  const process = world.processes[index] as Process
  const moment = (lives[index] as Life).after(process.moment, step.id, outcomes.of(nameOf(outcome, world), outcome))
  return moment instanceof Promise
    ? moment.then((next) => movedTo(world, index, next, seenBy(process, step, outcome, world)))
    : movedTo(world, index, moment, seenBy(process, step, outcome, world))
}

/** Lets a process begin. */
export function started(world: World, index: number): World {
  const { moment } = world.processes[index] as Process
  return movedTo(world, index, moment, { status: 'running' })
}

function nameOf(outcome: Outcome, { stored }: World): string {
  if ('version' in outcome) return `${outcome.version}:${stored.number}`
  return 'value' in outcome ? String(outcome.value) : Object.values(outcome).join()
}

/** What an outcome means for those who watch the process. */
function seenBy(before: Process, { operation }: Step, outcome: Outcome, { stored, faults }: World): Partial<Process> {
  const { crash, pause } = faults.value
  if ('refreshToken' in outcome) return crash + pause > 0 ? { holding: outcome.refreshToken } : {}
  if (operation.kind !== 'write' || !('value' in outcome) || !outcome.value) return {}
  const { tokens, intent } = stored.value.record ?? {}
  const isStored = tokens?.['']?.token.refreshToken === before.holding
  return {
    holding: isStored ? undefined : before.holding,
    deadline: intent && before.holding === undefined ? intent.deadline : before.deadline,
  }
}

/** A process at another moment: what it waited for already goes on, what is new begins now. */
function movedTo(world: World, index: number, moment: Moment, changes: Partial<Process>): World {
  const process = world.processes[index] as Process
  const begins = moment.watching && !process.moment.watching
  const discards = moment.discarded !== undefined && process.moment.discarded === undefined
  const steps = moment.awaited.map(
    (awaited) => process.steps.find(({ name }) => name === awaited.name) ?? begun(awaited, world.time),
  )
  const moved = withProcess(world, index, {
    ...changes,
    moment,
    steps,
    watched: begins ? world.version : process.watched,
    ...(moment.end && { status: 'done' }),
  })
  return discards ? { ...moved, family: familyOf({ ...world.family.value, revoked: true }) } : moved
}

function begun({ id, name, operation }: Awaited, time: number): Step {
  const step = { id, name, operation, phase: undefined, response: undefined }
  if (operation.kind === 'sleep') return { ...step, until: time + operation.ms }
  if (operation.kind === 'obtain') return { ...step, until: time + timings.request, phase: 'sent' }
  return { ...step, until: time }
}
