import { lookup } from 'node:dns'
import { fetchOver } from './fetch-over.ts'
import { checkNodeFetchOptions, type NodeFetchOptions } from './options.ts'
import { importUndici, refuseBun } from './undici.ts'

/**
 * A `fetch` over the package `undici`, an optional peer dependency: faster than the global one, with certificates of your
 * own, and able to check the addresses that it connects to.
 *
 * It never follows a redirect: a 3xx is a response like any other, or a TypeError with `redirect: 'error'`. Failures are
 * those of `fetch`, beside three `GrantError`s: `insecure_url` for a private address that is refused, and `config_invalid`
 * for options that cannot work, at once, and where `undici` is not installed, when it is first called.
 *
 * Without options it uses undici's global dispatcher, which `setGlobalDispatcher` of undici replaces. A body that you do
 * not want is given up with `response.body?.cancel()`, and its connection with it. Idle connections do not keep the process
 * alive; to close them at once, pass a `dispatcher` and close that.
 *
 * @example
 * ```ts
 * import { Provider } from '@grantkit/core'
 * import { nodeFetch } from '@grantkit/core/node'
 *
 * const metadata = { token_endpoint: 'https://id.acme.example/token' }
 * const fetch = nodeFetch({ privateAddresses: 'refused' })
 * const acme = new Provider({ name: 'acme', metadata }, { clientId: 'my-client' }, { fetch, privateAddresses: 'refused' })
 * acme.name // => 'acme'
 * ```
 */
export function nodeFetch(options: NodeFetchOptions = {}): typeof globalThis.fetch {
  refuseBun(process.versions)
  return fetchOver(checkNodeFetchOptions(options), { undici: importUndici, lookup })
}
