import { contenderOf } from '../contenders/catalogue.ts'
import { oneByOne } from '../one-by-one.ts'
import { bundleSize } from './bundle.ts'
import type { Job, Row } from './job.ts'

const forBrowsers = ['floor', 'grantkit', 'openid-client', 'oauth4webapi', 'arctic', 'badgateway']
const forNode = ['simple-oauth2', 'client-oauth2', 'google-auth-library', 'msal-node']
const grants = ['authorizationUrl', 'exchange', 'refresh', 'clientCredentials']
const kilobyte = 1000

/** What a browser loads for code, PKCE, refresh and client credentials; for libraries that need Node, what they would weigh. */
export const bundleJob: Job = {
  id: 'bundle',
  title: 'Bundle of code, PKCE, refresh and client credentials',
  async run(crew) {
    const runner = crew.built.runBundle
    const rows = await oneByOne([...forBrowsers, ...forNode], async (id): Promise<Row> => {
      const { program, title, kind } = contenderOf(id)
      const platform = forNode.includes(id) ? 'node' : 'browser'
      const { can } = await crew.member(id)
      const exports = grants.filter((grant) => can.includes(grant))
      const options = { program, platform, exports, base: crew.baseOf(id), runner } as const
      const { minified, gzip, whole } = await bundleSize(options)
      const own = kind === 'ours' ? (await bundleSize({ ...options, ownOnly: true })).gzip / kilobyte : undefined
      const values = { gzip: gzip / kilobyte, own, minified: minified / kilobyte, whole: whole / kilobyte }
      return { id, title, values, note: noteOf(platform, exports) }
    })
    const columns = [
      { key: 'gzip', heading: 'KB gzip', digits: 2 },
      { key: 'own', heading: 'of which ours', digits: 2 },
      { key: 'minified', heading: 'KB minified', digits: 1 },
      { key: 'whole', heading: 'KB gzip, with what is loaded only when needed', digits: 2 },
    ]
    return { id: 'bundle', title: bundleJob.title, columns, rows }
  },
}

function noteOf(platform: string, exports: readonly string[]): string | undefined {
  const notes = [platform === 'node' && 'for Node only', exports.length < grants.length && 'without client credentials']
  return notes.filter(Boolean).join(', ') || undefined
}
