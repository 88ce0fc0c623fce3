import { contenderOf } from '../contenders/catalogue.ts'
import { oneByOne, times } from '../one-by-one.ts'
import { median } from '../measure/statistics.ts'
import { ProcessDied } from '../processes/child.ts'
import type { Crew } from '../processes/crew.ts'
import type { HerdScenario } from '../server/herd-scene.ts'
import type { HerdOutcome } from '../worker/herd.ts'
import { type Column, type Job, type Pace, type Row, taking, type Values } from './job.ts'

const columns: readonly Column[] = [
  { key: 'callers', heading: 'calls', digits: 0 },
  { key: 'tokenRequests', heading: 'token requests', digits: 0 },
  { key: 'successes', heading: 'calls that succeed', digits: 0 },
  { key: 'survives', heading: 'grant survives' },
  { key: 'wall', heading: 'ms', digits: 0 },
]

const refreshing = ['google-auth-library', 'badgateway', 'ky-hooks', 'ky-one-promise']

const scenarios: Readonly<Record<HerdScenario, { readonly title: string; readonly contenders: readonly string[] }>> = {
  known: {
    title: 'Calls at once, the token has expired',
    contenders: [
      'openid-client',
      'oauth4webapi',
      'arctic',
      'simple-oauth2',
      'client-oauth2',
      'google-auth-library',
      'badgateway',
    ],
  },
  refused: { title: 'Calls at once, the API says 401', contenders: refreshing },
  late: { title: 'Calls at once, the API says 401 within 300 ms', contenders: refreshing },
  cold: {
    title: 'Calls at once, client credentials without a token yet',
    contenders: ['openid-client', 'oauth4webapi', 'simple-oauth2', 'client-oauth2', 'badgateway', 'msal-node'],
  },
}

/** What becomes of a thousand callers that share one client while its token expires. */
export const herdJobs: readonly Job[] = Object.entries(scenarios).map(([name, { title, contenders }]): Job => {
  const scenario = name as HerdScenario
  const id = `herd-${scenario}`
  return {
    id,
    title,
    async run(crew, pace) {
      const ids = taking(['grantkit', 'grantkit-node', ...contenders], pace)
      const rows = await oneByOne(ids, (contender) => rowOf(crew, contender, scenario, pace))
      return { id, title, columns, rows }
    },
  }
})

async function rowOf(crew: Crew, id: string, scenario: HerdScenario, { herds, callers }: Pace): Promise<Row> {
  const { title } = contenderOf(id)
  const { child } = await crew.recruit(id)
  try {
    const outcomes = await times(herds, () => child.request('herd', crew.baseOf(id), scenario, callers))
    return { id, title, values: worst(outcomes, callers) }
  } catch (error) {
    if (error instanceof ProcessDied) return { id, title, values: { successes: 0 }, note: 'its process dies' }
    throw error
  } finally {
    await child.stop()
  }
}

/** The worst of several herds: what happens now and then happens. */
function worst(outcomes: readonly HerdOutcome[], callers: number): Values {
  const survivals = outcomes.map(({ survives }) => survives).filter((answer) => answer !== undefined)
  const successes = Math.min(...outcomes.map((outcome) => outcome.successes))
  return {
    callers,
    tokenRequests: Math.max(...outcomes.map(({ tokenRequests }) => tokenRequests)),
    successes,
    failures: callers - successes,
    survives: survivals.length > 0 ? survivals.every(Boolean) : undefined,
    lost: survivals.filter((survives) => !survives).length,
    wall: median(outcomes.map(({ wall }) => wall)),
  }
}
