import { accepts } from './family.ts'
import type { Move } from './moves.ts'
import { loginText } from './participant.ts'
import { written } from './store-steps.ts'
import { familyOf, type Process, withFacts, withoutFault, withProcess, type World } from './world.ts'

/** A process dies, wherever it stands. */
export function crashMoves(world: World, index: number): readonly Move[] {
  const { status } = world.processes[index] as Process
  if (status !== 'running' || world.faults.value.crash === 0) return []
  return [{ name: `${index} dies`, make: () => died(world, index) }]
}

function died(world: World, index: number): World {
  const { diedWithAnswer } = world.facts.value
  const holds = answersOf(world.processes[index] as Process).some((token) => accepts(world.family.value, token))
  const dead = withProcess(world, index, { status: 'dead', steps: [], holding: undefined })
  return withoutFault(withFacts(dead, { diedWithAnswer: diedWithAnswer + Number(holds) }), 'crash')
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
  if (answersOf(process).length === 0 || world.time < process.deadline) return running
  return withFacts(running, { sleptWithAnswer: world.facts.value.sleptWithAnswer + 1 })
}

/** The refresh tokens that the server has issued to a process, and that are not stored. */
function answersOf({ steps, holding }: Process): readonly string[] {
  const onTheWay = steps.flatMap(({ answer }) => (answer && 'refreshToken' in answer ? [answer.refreshToken] : []))
  return holding === undefined ? onTheWay : [...onTheWay, holding]
}

/** The lease ends early; the user logs in again, at a server that ends the former grant or does not; or logs out. */
export function userMoves(world: World): readonly Move[] {
  const { lostLease, login, logout } = world.faults.value
  const { lease, time } = world
  return [
    ...(lostLease > 0 && lease && lease.until > time
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
