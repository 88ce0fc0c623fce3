import { accepts } from './family.ts'
import type { Move } from './moves.ts'
import { loginText } from './participant.ts'
import type { Life } from './life.ts'
import { carriedOut, isHeld, written } from './store-steps.ts'
import { told } from './turn.ts'
import { ahead, familyOf, type Process, type Step, withFacts, withoutFault, withProcess, type World } from './world.ts'

/** A process dies, wherever it stands. */
export function crashMoves(world: World, index: number): readonly Move[] {
  const { status } = world.processes[index] as Process
  if (status !== 'running' || world.faults.value.crash === 0) return []
  return [{ name: `${index} dies`, make: () => died(world, index) }]
}

function died(world: World, index: number): World {
  const { diedWithResponse } = world.facts.value
  const holds = responsesOf(world.processes[index] as Process).some((token) => accepts(world.family.value, token))
  const dead = withProcess(world, index, { status: 'dead', steps: [], holding: undefined })
  return withoutFault(withFacts(dead, { diedWithResponse: diedWithResponse + Number(holds) }), 'crash')
}

/** A process is paused, wherever it stands but while it sleeps, and goes on at any later time. */
export function pauseMoves(world: World, index: number): readonly Move[] {
  const { status, steps } = world.processes[index] as Process
  if (status === 'paused') return [{ name: `${index} goes on`, make: () => resumed(world, index) }]
  const asleep = steps.every(({ operation }) => operation.kind === 'sleep')
  if (status !== 'running' || asleep || world.faults.value.pause === 0) return []
  const pause = () => withoutFault(withProcess(world, index, { status: 'paused' }), 'pause')
  return [{ name: `${index} is paused`, make: pause }]
}

function resumed(world: World, index: number): World {
  const process = world.processes[index] as Process
  const running = withProcess(world, index, { status: 'running' })
  if (responsesOf(process).length === 0 || world.time < process.deadline) return running
  return withFacts(running, { sleptWithResponse: world.facts.value.sleptWithResponse + 1 })
}

/** The refresh tokens that the server has issued to a process, and that are not stored. */
function responsesOf({ steps, holding }: Process): readonly string[] {
  const onTheWay = steps.flatMap(({ response }) =>
    response && 'refreshToken' in response ? [response.refreshToken] : [],
  )
  return holding === undefined ? onTheWay : [...onTheWay, holding]
}

/** The store does not respond: its caller gives up, and what was asked is carried out at any later time, or never. */
export function hangMoves(world: World, index: number, step: Step, lives: readonly Life[]): readonly Move[] {
  if (world.faults.value.hang === 0) return []
  const forgotten = (): World => withoutFault({ ...world, late: { index, operation: step.operation } }, 'hang')
  const make = (): World | Promise<World> => told(forgotten(), index, step, { failed: 'no response' }, lives)
  return [{ name: `the store does not respond to ${index}, which wants to ${step.operation.kind}`, make }]
}

/** What the store does by itself: it carries out what nobody waits for any more, or its clock is put right. */
export function storeMoves(world: World): readonly Move[] {
  const { late, faults } = world
  return [
    ...(late
      ? [
          {
            name: `the store carries out ${late.operation.kind} of ${late.index} at last`,
            make: () => carriedOutLate(world, late),
          },
        ]
      : []),
    ...(faults.value.clockBack > 0 ? [{ name: 'the clock goes back', make: () => clockBack(world) }] : []),
  ]
}

function carriedOutLate(world: World, { index, operation }: NonNullable<World['late']>): World {
  const [next] = carriedOut(world, index, operation)
  return { ...next, late: undefined }
}

/** The clock of the store had stood ahead, and is put right. Timers of processes do not follow it. */
function clockBack(world: World): World {
  const processes = world.processes.map((process) => ({
    ...process,
    key: undefined,
    deadline: process.deadline - ahead,
    steps: process.steps.map((step) => ({ ...step, until: step.until - ahead })),
  }))
  const back = withFacts({ ...world, processes, time: world.time - ahead }, { clockWentBack: true })
  return withoutFault(back, 'clockBack')
}

/** The lease ends early; the user logs in again, at a server that ends the former grant or does not; or logs out. */
export function userMoves(world: World): readonly Move[] {
  const { lostLease, login, logout } = world.faults.value
  const { lease, time } = world
  return [
    ...(lostLease > 0 && isHeld(lease, time)
      ? [{ name: 'the lease is lost', make: () => withoutFault({ ...world, lease: undefined }, 'lostLease') }]
      : []),
    ...(login > 0
      ? [
          { name: 'the user logs in again', make: () => loggedIn(world, false) },
          { name: 'the user logs in again, which ends the first grant', make: () => loggedIn(world, true) },
        ]
      : []),
    ...(logout > 0 ? [{ name: 'the user logs out', make: () => loggedOut(world) }] : []),
  ]
}

function loggedIn(world: World, ends: boolean): World {
  const family = world.family.value
  const next = written(world, loginText('second', 'at-new', 'rt-new'))
  const known = withFacts(next, { user: 'logged in again' })
  return withoutFault({ ...known, family: familyOf({ ...family, revoked: family.revoked || ends }) }, 'login')
}

function loggedOut(world: World): World {
  return withoutFault(withFacts(written(world, undefined), { user: 'logged out' }), 'logout')
}
