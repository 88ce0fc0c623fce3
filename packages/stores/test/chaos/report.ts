import type { StoreAddress } from '../support/open-store.ts'
import { Chaos, size } from './chaos.ts'
import type { Grant } from './grant.ts'
import { type Step, steps } from './messages.ts'

/** The length of a run. */
export interface Plan {
  /** How often each token is refreshed while nobody is killed. */
  readonly refreshes: number
  /** Where processes are killed, for each user. */
  readonly steps: readonly Step[]
  /** How many processes are killed at random. */
  readonly random: number
}

/** The run in CI, and the short run of any test. */
export const full: Plan = { refreshes: 4, steps, random: 20 }
export const quick: Plan = { refreshes: 2, steps: ['noted', 'rotated', 'stored'], random: 5 }

/** The result of a run. */
export interface Report {
  readonly name: string
  readonly seed: number
  readonly calm: Grants
  readonly killed: Grants & { readonly processes: number }
  readonly seconds: number
}

interface Grants {
  readonly strict: Grant
  readonly fapi: Grant
}

/** Runs a fleet on a store: first undisturbed, then while its processes are killed. */
export async function report(name: string, address: StoreAddress, plan: Plan): Promise<Report> {
  const begun = performance.now()
  const seed = Math.floor(Math.random() * 2 ** 32)
  const calm = await peaceful(address, plan)
  const killed = await underFire(address, plan, seed)
  return { name, seed, calm, killed, seconds: Math.round((performance.now() - begun) / 1000) }
}

async function peaceful(address: StoreAddress, { refreshes }: Plan): Promise<Grants> {
  const chaos = await Chaos.start(address, 'peace')
  const { strict, fapi, fleet } = chaos
  try {
    await fleet.until(() => [strict, fapi].every(({ ends, served }) => ends.size > refreshes && served.size === size))
    return { strict, fapi }
  } finally {
    await chaos.close()
  }
}

async function underFire(address: StoreAddress, plan: Plan, seed: number): Promise<Report['killed']> {
  const chaos = await Chaos.start(address, 'fire')
  const { strict, fapi, fleet } = chaos
  try {
    await Promise.all([strict, fapi].map((grant) => killAtSteps(chaos, grant, plan.steps)))
    await chaos.killAtRandom(plan.random, randomFrom(seed))
    return { strict, fapi, processes: fleet.killed.size }
  } finally {
    await chaos.close()
  }
}

async function killAtSteps(chaos: Chaos, grant: Grant, at: readonly Step[]): Promise<void> {
  for (const step of at) await chaos.killAt(grant, step)
}

/** The same numbers from the same seed, from 0 to 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A report as a row of a table. */
export function rowOf({ name, seed, calm, killed, seconds }: Report): Record<string, unknown> {
  const count = (grant: Grant, kind: string) => grant.losses.filter((loss) => loss === kind).length
  const again = (grant: Grant) => grant.uses.filter((use) => use.again).length
  return {
    store: name,
    'refreshes in peace': calm.strict.uses.length + calm.fapi.uses.length,
    'used again': again(calm.strict) + again(calm.fapi),
    killed: killed.processes,
    'refreshes under fire': killed.strict.uses.length + killed.fapi.uses.length,
    'fapi: used again': again(killed.fapi),
    'fapi: lost': killed.fapi.losses.length,
    'strict: lost by a crash': count(killed.strict, 'crash'),
    'strict: lost by a pause': count(killed.strict, 'pause'),
    'strict: answer too late': count(killed.strict, 'answer'),
    seed,
    seconds,
  }
}
