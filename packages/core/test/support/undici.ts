import { lookup } from 'node:dns'
import { fetchOver } from '../../src/node/fetch-over.ts'
import type { NodeFetchOptions } from '../../src/node/options.ts'
import type { Undici } from '../../src/node/undici.ts'

/** Every release of undici that core may stand on, by its name. */
export const releases: readonly (readonly [string, () => Promise<Undici>])[] = [
  ['undici 8', () => import('undici')],
  ['undici 7', async () => (await import('undici-7')) as unknown as Undici],
]

/** A `nodeFetch` on one of the releases. */
export function fetchOn(undici: () => Promise<Undici>, options: NodeFetchOptions = {}): typeof globalThis.fetch {
  return fetchOver(options, { undici, lookup })
}
