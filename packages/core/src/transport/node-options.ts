import type { Cryptography } from './cryptography.ts'
import { nodeCryptography } from './node-cryptography.ts'
import { nodeFetch } from './node-fetch.ts'
import type { NodeFetchOptions } from './node-request.ts'

/** The options of a provider that make it faster on Node. */
export interface NodeOptions {
  /** That of {@link nodeFetch}. */
  readonly fetch: typeof globalThis.fetch
  /** Hashes and signatures on the thread that asks. */
  readonly cryptography: Cryptography
}

/**
 * The options of a provider on Node: {@link nodeFetch}, and hashes and signatures without a detour over another thread.
 * Every check stays as it is. To call APIs as fast, give `fetch` to `authorizedFetch` or `apiClient`, too.
 *
 * @example
 * ```ts
 * import { authorizedFetch, Provider, Token } from '@grantkit/core'
 * import { onNode } from '@grantkit/core/node'
 *
 * const fast = onNode()
 * const metadata = { token_endpoint: 'https://id.acme.example/token' }
 * const acme = new Provider({ name: 'acme', metadata }, { clientId: 'my-client' }, { ...fast })
 * const token = Token.from({ accessToken: 'mF_9.B5f-4.1JqM' })
 * const api = authorizedFetch(token, { origins: ['https://api.acme.example'], fetch: fast.fetch })
 * ```
 */
export function onNode(options: NodeFetchOptions = {}): NodeOptions {
  return { fetch: nodeFetch(options), cryptography: nodeCryptography }
}
