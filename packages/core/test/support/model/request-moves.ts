import { redeem } from './family.ts'
import type { Life } from './life.ts'
import type { Move } from './moves.ts'
import { told } from './turn.ts'
import { familyOf, type Process, type Step, withFacts, withoutFault, withProcess, type World } from './world.ts'

/**
 * A request arrives and its response does, at any time until its sender gives it up; or the one or the other is lost. Who
 * is paused meanwhile gives up when it goes on, or finds the response.
 */
export function requestMoves(world: World, index: number, step: Step, lives: readonly Life[]): readonly Move[] {
  const late = world.time > step.until
  const paused = world.processes[index]?.status === 'paused'
  if (step.phase === 'sent') return sentMoves(world, index, step, late, paused)
  if (paused) return []
  if (step.phase === 'responded') return respondedMoves(world, index, step, late, lives)
  const error = world.time < step.until ? 'network_error' : 'timeout'
  return [{ name: `${index} learns that its request failed`, make: () => told(world, index, step, { error }, lives) }]
}

function sentMoves(world: World, index: number, step: Step, late: boolean, paused: boolean): readonly Move[] {
  const { lateRequest, lostRequest } = world.faults.value
  const request = `the request of ${index}`
  const lost = () => withStep(world, index, step, { phase: 'lost' })
  if (paused) return late ? [] : [{ name: `${request} arrives`, make: () => arrived(world, index, step) }]
  if (!late)
    return [
      { name: `${request} arrives`, make: () => arrived(world, index, step) },
      ...(lostRequest > 0 ? [{ name: `${request} is lost`, make: () => withoutFault(lost(), 'lostRequest') }] : []),
    ]
  return [
    { name: `${index} gives its request up`, make: lost },
    ...(lateRequest > 0 ? [{ name: `${request} arrives late`, make: () => arrivedLate(world, index, step) }] : []),
  ]
}

function respondedMoves(
  world: World,
  index: number,
  step: Step,
  late: boolean,
  lives: readonly Life[],
): readonly Move[] {
  const { response } = step
  if (!response) return []
  const rotated = Number('refreshToken' in response)
  const lost = () =>
    withFacts(withStep(world, index, step, { phase: 'lost', response: undefined }), {
      responsesLost: world.facts.value.responsesLost + rotated,
    })
  return [
    { name: `${index} gets its response`, make: () => told(world, index, step, response, lives) },
    ...(rotated === 1 && world.faults.value.lostKeys > 0
      ? [{ name: `${index} gets its response, and no keys`, make: () => withoutKeys(world, index, step, lives) }]
      : []),
    ...(late ? [{ name: `${index} gives its response up`, make: lost }] : []),
    ...(!late && world.faults.value.lostResponse > 0
      ? [{ name: `the response to ${index} is lost`, make: () => withoutFault(lost(), 'lostResponse') }]
      : []),
  ]
}

/** The server has rotated, and the keys of the ID token that came along cannot be fetched. */
function withoutKeys(world: World, index: number, step: Step, lives: readonly Life[]): World | Promise<World> {
  const { response } = step
  if (!response || 'error' in response) return world
  return told(withoutFault(world, 'lostKeys'), index, step, { ...response, keys: 'lost' }, lives)
}

function arrived(world: World, index: number, step: Step): World {
  if (step.operation.kind !== 'obtain') return world
  const [family, response] = redeem(world.family.value, step.operation.refreshToken)
  return withStep({ ...world, family: familyOf(family) }, index, step, { phase: 'responded', response })
}

function arrivedLate(world: World, index: number, step: Step): World {
  const { lateRequests } = world.facts.value
  return withFacts(withoutFault(arrived(world, index, step), 'lateRequest'), { lateRequests: lateRequests + 1 })
}

function withStep(world: World, index: number, step: Step, changes: Partial<Step>): World {
  const { steps } = world.processes[index] as Process
  return withProcess(world, index, { steps: steps.with(steps.indexOf(step), { ...step, ...changes }) })
}
