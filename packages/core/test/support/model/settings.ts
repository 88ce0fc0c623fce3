import type { Setting } from './explore.ts'
import type { ServerKind } from './family.ts'
import type { Loss } from './verdict.ts'
import type { Faults } from './world.ts'

/** One fault of each kind, and the combination that undoes locks. */
export const singleFaults: readonly Partial<Faults>[] = [
  {},
  { lostRequest: 1 },
  { lostResponse: 1 },
  { lostLease: 1 },
  { crash: 1 },
  { crash: 1, lostLease: 1 },
  { login: 1 },
  { logout: 1 },
]
/** What a server, a store and a clock may do beside that. */
const surroundings: readonly Partial<Faults>[] = [
  { lostKeys: 1 },
  { lostKeys: 1, crash: 1 },
  { hang: 1 },
  { clockBack: 1 },
  { clockBack: 1, crash: 1 },
]
const pause: Partial<Faults> = { pause: 1 }
const servers: readonly ServerKind[] = ['strict', 'grace', 'fapi', 'static']

/** Two processes at each kind of server, with every fault. */
export const twoProcesses: readonly Setting[] = servers
  .flatMap((server) =>
    [...singleFaults, { lostResponse: 2 }, pause].map((faults) => ({ processes: 2, server, faults })),
  )
  .concat(surroundings.map((faults) => ({ processes: 2, server: 'strict', faults, thorough: 'clockBack' in faults })))

/** Three processes, where most can be lost; with one that is paused, over a store that tells nobody of a write. */
export const threeProcesses: readonly Setting[] = [
  ...singleFaults.map((faults): Setting => ({ processes: 3, server: 'strict', faults })),
  { processes: 3, server: 'strict', faults: pause, watches: false },
]

/** What takes minutes: everything with three processes, two faults of a kind, and requests that arrive too late. */
export const deep: readonly Setting[] = [
  ...servers.flatMap((server) => [...singleFaults, pause].map((faults): Setting => ({ processes: 3, server, faults }))),
  ...servers.flatMap((server) =>
    [
      { crash: 1, lostResponse: 1 },
      { crash: 1, lostRequest: 1, lostLease: 1 },
      { crash: 1, pause: 1 },
      { pause: 1, lostLease: 1 },
      { pause: 1, lateRequest: 1 },
      { pause: 2 },
    ].map((faults): Setting => ({ processes: 2, server, faults, watches: false })),
  ),
  ...servers.map((server): Setting => ({ processes: 3, server, faults: { crash: 2 } })),
]

/** How a setting is called. */
export function nameOf({ processes, server, faults, watches = true }: Setting): string {
  const list = Object.entries(faults).map(([fault, count]) => (count > 1 ? `${fault} twice` : fault))
  return `${processes} processes, ${server} server, ${list.join(' and ') || 'no fault'}${watches ? '' : ', polling'}`
}

/** What nobody can keep, however careful: the server has rotated, and no process that lives knows the new refresh token. */
const unavoidable: Partial<Record<keyof Faults, readonly Loss[]>> = {
  crash: ['crash'],
  lostResponse: ['response'],
  pause: ['response', 'pause'],
  lateRequest: ['late'],
}

/** The losses that a setting may have: a strict server needs one such fault, one with a grace needs two. */
export function possibleLosses({ server, faults }: Setting): readonly Loss[] {
  const counts = Object.entries(faults).filter(([fault]) => fault in unavoidable)
  const sum = counts.reduce((total, [, count]) => total + count, 0)
  if (sum < ({ strict: 1, grace: 2, fapi: Infinity, static: Infinity } satisfies Record<ServerKind, number>)[server])
    return []
  return [...new Set(counts.flatMap(([fault]) => unavoidable[fault as keyof Faults] ?? []))]
}
