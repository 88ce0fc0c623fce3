import { lookup } from 'node:dns'
import { fetchOver } from './fetch-over.ts'
import { checkNodeFetchOptions, type NodeFetchOptions } from './options.ts'
import { importUndici, refuseBun } from './undici.ts'

export function nodeFetch(options: NodeFetchOptions = {}): typeof globalThis.fetch {
  refuseBun(process.versions)
  return fetchOver(checkNodeFetchOptions(options), { undici: importUndici, lookup })
}
