import { accepts } from './family.ts'
import { endedToken, timings } from './participant.ts'
import type { Process, World } from './world.ts'

/**
 * Why a grant is lost: `crash`, a process died between the server's rotation and its own write; `response`, a response was
 * lost, or given up by a process that had slept past the end of its request; `pause`, a process slept past its deadline
 * with the response in its hands; `late`, a request arrived after its sender had given it up. There has to be no `other`.
 */
export type Loss = 'crash' | 'response' | 'pause' | 'late' | 'other'

/** Whether nothing will happen any more. */
export function isOver({ processes }: World): boolean {
  return processes.every(({ status }) => status === 'done' || status === 'dead')
}

/** Why the grant is lost once all is over; undefined if it is not. */
export function lossOf(world: World): Loss | undefined {
  if (!isLost(world)) return undefined
  const { user, lateRequests, diedWithResponse, responsesLost, sleptWithResponse } = world.facts.value
  if (user !== 'there') return 'other'
  if (lateRequests > 0) return 'late'
  if (diedWithResponse > 0) return 'crash'
  if (responsesLost > 0) return 'response'
  return sleptWithResponse > 0 ? 'pause' : 'other'
}

/** The user's last word has to stand; without one, the stored refresh token has to be one that the server accepts. */
function isLost({ stored, family, facts }: World): boolean {
  const { record } = stored.value
  if (facts.value.user === 'logged out') return record !== undefined
  if (record?.state !== 'live') return true
  if (facts.value.user === 'logged in again') return record.grant !== 'second'
  return !accepts(family.value, record.tokens['']?.token.refreshToken)
}

/** What must not be so in any world. */
export function problemsOf(world: World, moves: number, untouched: boolean): readonly string[] {
  const over = isOver(world)
  const { family, time, processes } = world
  const requests = processes.filter(({ steps }) =>
    steps.some(({ phase, until }) => (phase === 'sent' || phase === 'responded') && time <= until),
  )
  return [
    ...(requests.length > 1 ? ['two requests at once'] : []),
    ...(moves === 0 && !over ? ['nobody can go on'] : []),
    ...(family.value.reused && untouched ? ['a reuse without a fault'] : []),
    ...processes.flatMap((process) => endProblems(process, world)),
    ...(over ? lastProblems(world, untouched) : []),
  ]
}

function endProblems({ status, moment }: Process, { facts }: World): readonly string[] {
  const { token, error } = moment.end ?? {}
  if (status !== 'done') return []
  if (error !== undefined) return /^[a-z_]+$/.test(error) ? [] : [`an error that is not ours: ${error}`]
  const stored = facts.value.everStored.split(' ').includes(token ?? '')
  return [
    ...(token === endedToken ? ['a token that has ended was handed out'] : []),
    ...(stored ? [] : ['a token was handed out before it was stored']),
  ]
}

function lastProblems(world: World, untouched: boolean): readonly string[] {
  const { processes, stored, facts } = world
  const late = world.time > 2 * (timings.lease + timings.request) // one holder that died, and one note from the future
  const kept = stored.value.record?.tokens['']?.token.accessToken
  const ends = processes.flatMap(({ moment }) => (moment.end ? [moment.end] : []))
  const { user, sleptWithResponse, responsesLost, lateRequests } = facts.value
  const asleep = sleptWithResponse + responsesLost + lateRequests > 0
  const loss = lossOf(world)
  const refused = ends.some(({ error }) => error === 'reauthorization_required')
  return [
    ...(loss === 'other' ? ['the grant is lost'] : []),
    ...(refused && loss === undefined && user !== 'logged out' && !asleep ? ['a login was asked for in vain'] : []),
    ...(user === 'there' && !asleep && ends.some(({ token }) => token !== undefined && token !== kept)
      ? ['a token was handed out that is not the stored one']
      : []),
    ...(facts.value.clockWentBack && late && ends.some(({ error }) => error === 'timeout')
      ? ['a process waited in vain']
      : []),
    ...(untouched && ends.some(({ error }) => error !== undefined) ? ['an error without a fault'] : []),
  ]
}
