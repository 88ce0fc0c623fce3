import { client, profile } from '../answers.ts'
import type { HerdClient, HerdStart, Program, Setup, TokenAnswer } from '../contenders/program.ts'
import type { HerdRecord, HerdScenario } from '../server/herd-scene.ts'
import { refuse } from './operation.ts'

/** What became of a herd. */
export interface HerdOutcome {
  readonly tokenRequests: number
  readonly successes: number
  /** Whether the client holds the one refresh token that works; undefined without one. */
  readonly survives: boolean | undefined
  /** Milliseconds until the last call was settled. */
  readonly wall: number
}

/** Lets `callers` call the API at once with one client whose token has expired. */
export async function runHerd(
  program: Program,
  base: string,
  scenario: HerdScenario,
  callers: number,
): Promise<HerdOutcome> {
  if (!program.herd) return refuse('there is no herd')
  const { first } = (await send(`${base}/herd/begin`, scenario)) as { readonly first?: TokenAnswer }
  const shared = program.herd(startOf(base, scenario, first))
  const start = performance.now()
  const settled = await Promise.allSettled(Array.from({ length: callers }, () => shared.call()))
  const wall = performance.now() - start
  const record = (await send(`${base}/herd/record`)) as HerdRecord
  const successes = settled.filter((call) => call.status === 'fulfilled' && isProfile(call.value)).length
  const held = first && (await tokenHeldBy(shared))
  const survives = first && !record.revoked && held === record.liveRefreshToken
  return { tokenRequests: record.tokenRequests, successes, survives, wall }
}

function startOf(base: string, scenario: HerdScenario, answer: TokenAnswer | undefined): HerdStart {
  const setup = { ...setupFor(base), tokenEndpoint: `${base}/herd/token`, apiUrl: `${base}/herd/api` }
  return { setup, answer, expiresAt: Date.now() + (scenario === 'known' ? -1000 : 3_600_000) }
}

/** Everything a contender needs to know of a server. */
export function setupFor(base: string): Setup {
  return {
    ...client,
    issuer: base,
    authorizationEndpoint: `${base}/authorize`,
    tokenEndpoint: `${base}/token`,
    apiUrl: `${base}/api`,
  }
}

async function tokenHeldBy(shared: HerdClient): Promise<string | undefined> {
  try {
    return await shared.refreshToken()
  } catch {
    return undefined // a client that has lost its grant has none
  }
}

function isProfile(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'id' in value && value.id === profile.id
}

async function send(url: string, body = ''): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body })
  return response.json()
}
