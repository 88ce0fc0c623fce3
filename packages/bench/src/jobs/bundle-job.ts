import { contenderOf } from '../contenders/catalogue.ts'
import { oneByOne } from '../one-by-one.ts'
import type { Crew } from '../processes/crew.ts'
import { type BundleOptions, bundleSize } from './bundle.ts'
import { type Job, type Row, taking, type Values } from './job.ts'

const forBrowsers = ['floor', 'grantkit', 'openid-client', 'oauth4webapi', 'arctic', 'badgateway']
const forNode = ['simple-oauth2', 'client-oauth2', 'google-auth-library', 'msal-node']
const login = ['authorizationUrl', 'exchange']
const grants = [...login, 'refresh', 'clientCredentials']
/** A token source and `authorizedFetch` with them: of ours alone, since what others call so does less. */
const calls = [...grants, 'apiCall']
const kilobyte = 1000

/** What a browser loads for a login, for the four grants, and for API calls as well; for libraries that need Node, what they would weigh. */
export const bundleJob: Job = {
  id: 'bundle',
  title: 'Bundles, KB',
  async run(crew, pace) {
    const rows = await oneByOne(taking([...forBrowsers, ...forNode], pace), (id) => rowOf(crew, id))
    const columns = [
      { key: 'login', heading: 'login with PKCE, gzip', digits: 2 },
      { key: 'grants', heading: 'four grants, gzip', digits: 2 },
      { key: 'calls', heading: 'four grants, token source, authorizedFetch, gzip', digits: 2 },
      { key: 'own', heading: 'four grants, ours alone, gzip', digits: 2 },
      { key: 'minified', heading: 'four grants, minified', digits: 1 },
      { key: 'whole', heading: 'four grants, gzip, with what is loaded only when needed', digits: 2 },
    ]
    return { id: 'bundle', title: bundleJob.title, columns, rows }
  },
}

async function rowOf(crew: Crew, id: string): Promise<Row> {
  const { program, title, kind } = contenderOf(id)
  const platform = forNode.includes(id) ? 'node' : 'browser'
  const { can } = await crew.member(id)
  const sizeOf = (name: string, exports: readonly string[], options: Partial<BundleOptions> = {}) =>
    bundleSize({ name, program, platform, exports, base: crew.baseOf(id), runner: crew.built.runBundle, ...options })
  const able = grants.filter((grant) => can.includes(grant))
  const { gzip, minified, whole } = await sizeOf('grants', able)
  const values: Values = {
    login: (await sizeOf('login', login)).gzip / kilobyte,
    grants: gzip / kilobyte,
    calls: kind === 'ours' ? (await sizeOf('calls', calls)).gzip / kilobyte : undefined,
    own: kind === 'ours' ? (await sizeOf('own', grants, { ownOnly: true })).gzip / kilobyte : undefined,
    minified: minified / kilobyte,
    whole: whole / kilobyte,
  }
  return { id, title, values, note: noteOf(platform, able) }
}

function noteOf(platform: string, able: readonly string[]): string | undefined {
  const notes = [platform === 'node' && 'for Node only', able.length < grants.length && 'without client credentials']
  return notes.filter(Boolean).join(', ') || undefined
}
