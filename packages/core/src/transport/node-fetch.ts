import { dispatcher } from './node-dispatch.ts'
import { type NodeFetchOptions, nodeRequest } from './node-request.ts'
import { streamedResponse } from './node-response.ts'

/**
 * A `fetch` on Node's own HTTP client: faster than the global one, with connections that stay open, and able to see which
 * address it really connects to. It never follows a redirect; what it refuses rejects with `insecure_url`.
 *
 * Without options it shares the connections, the proxy and the mock agents of the global `fetch`, and only leaves out
 * what that builds around each request. With options, or where Node's HTTP client cannot be reached, it is `node:http`.
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
  const own = options.privateAddresses === 'refused' || options.tls !== undefined
  if (own || !dispatcher()) {
    const sender = lazily(async () => (await import('./node-http.ts')).httpSender(options))
    return async (input, init = {}) => {
      const request = await nodeRequest(input, init)
      return checkRedirect(await (await sender())(request), init)
    }
  }
  return fetchOnDispatcher
}

async function fetchOnDispatcher(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  return checkRedirect(await streamedResponse(await nodeRequest(input, init)), init)
}

/** A caller who wants redirects to fail gets what `fetch` does then. */
function checkRedirect(response: Response, { redirect }: RequestInit): Response {
  if (redirect !== 'error' || ![301, 302, 303, 307, 308].includes(response.status)) return response
  void response.body?.cancel().catch(() => undefined) // nobody reads it
  throw new TypeError('fetch failed', { cause: new Error('unexpected redirect') })
}

/** Does something when it is first asked for, and once. */
function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
