import { contenderOf } from '../contenders/catalogue.ts'
import { oneByOne, times } from '../one-by-one.ts'
import { median } from '../measure/statistics.ts'
import { ProcessDied } from '../processes/child.ts'
import type { Crew } from '../processes/crew.ts'
import type { HerdScenario } from '../server/herd-scene.ts'
import type { HerdOutcome } from '../worker/herd.ts'
import type { Column, Job, Row, Values } from './job.ts'

const callers = 1000

const columns: readonly Column[] = [
  { key: 'tokenRequests', heading: 'token requests', digits: 0 },
  { key: 'successes', heading: 'calls that succeed', digits: 0 },
  { key: 'survives', heading: 'grant survives' },
  { key: 'wall', heading: 'ms', digits: 0 },
]

const refreshing = ['google-auth-library', 'badgateway', 'ky-hooks', 'ky-one-promise']

const scenarios: Readonly<Record<HerdScenario, { readonly title: string; readonly contenders: readonly string[] }>> = {
  known: {
    title: '1,000 calls at once, the token has ended',
    contenders: [
      ...['openid-client', 'oauth4webapi', 'arctic', 'simple-oauth2', 'client-oauth2'],
      ...['google-auth-library', 'badgateway'],
    ],
  },
  refused: { title: '1,000 calls at once, the API says 401', contenders: refreshing },
  late: { title: '1,000 calls at once, the API says 401 within 300 ms', contenders: refreshing },
  cold: {
    title: '1,000 calls at once, client credentials and no token yet',
    contenders: ['openid-client', 'oauth4webapi', 'simple-oauth2', 'client-oauth2', 'badgateway', 'msal-node'],
  },
}

/** What becomes of a thousand callers who share one client while its token ends. */
export const herdJobs: readonly Job[] = Object.entries(scenarios).map(([name, { title, contenders }]): Job => {
  const scenario = name as HerdScenario
  const id = `herd-${scenario}`
  return {
    id,
    title,
    async run(crew, { herds }) {
      const rows = await oneByOne(['grantkit', 'grantkit-node', ...contenders], (contender) =>
        rowOf(crew, contender, scenario, herds),
      )
      return { id, title, columns, rows }
    },
  }
})

async function rowOf(crew: Crew, id: string, scenario: HerdScenario, herds: number): Promise<Row> {
  const { title } = contenderOf(id)
  const { child } = await crew.recruit(id)
  try {
    return { id, title, values: worst(await times(herds, () => child.request('herd', crew.baseOf(id), scenario, callers))) }
  } catch (error) {
    if (error instanceof ProcessDied) return { id, title, values: { successes: 0 }, note: 'its process dies' }
    throw error
  } finally {
    await child.stop()
  }
}

/** The worst of several herds: what happens now and then happens. */
function worst(outcomes: readonly HerdOutcome[]): Values {
  const survives = outcomes.map((outcome) => outcome.survives).filter((answer) => answer !== undefined)
  return {
    tokenRequests: Math.max(...outcomes.map(({ tokenRequests }) => tokenRequests)),
    successes: Math.min(...outcomes.map(({ successes }) => successes)),
    survives: survives.length > 0 ? survives.every(Boolean) : undefined,
    wall: median(outcomes.map(({ wall }) => wall)),
  }
}
