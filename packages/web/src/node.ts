/**
 * The handlers of a web login for `node:http`, Express and Fastify.
 *
 * @packageDocumentation
 */
/// <reference types="node" />
import type { IncomingMessage, ServerResponse } from 'node:http'
import { NodeRequest, sendNodeResponse } from 'srvx/node'
import type { WebLogin } from './web-login.ts'

/** Handles the requests for the routes of a login. */
export interface NodeHandler {
  /** As middleware: calls `next` for any other request. */
  (request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void>
  /** Resolves to whether the request was for one of the routes. If not, nothing was done. */
  (request: IncomingMessage, response: ServerResponse): Promise<boolean>
}

/**
 * Turns the handler of a login into one for `(req, res)`. Put it before body parsers.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { memoryStore, Provider } from '@grantkit/core'
 * import { generateKey } from '@grantkit/stores/keys'
 * import { webLogin } from '@grantkit/web'
 * import { nodeHandler } from '@grantkit/web/node'
 *
 * const metadata = {
 *   authorization_endpoint: 'https://id.acme.example/authorize',
 *   token_endpoint: 'https://id.acme.example/token',
 * }
 * const client = { clientId: 'my-client', redirectUri: 'https://app.example/auth/callback' }
 * const provider = new Provider({ name: 'acme', metadata }, client)
 * const auth = webLogin({ provider, store: memoryStore(), keys: [generateKey()], user: () => ({ name: 'Ada' }) })
 *
 * const handle = nodeHandler(auth)
 * const server = createServer(async (req, res) => {
 *   if (await handle(req, res)) return
 *   const session = await auth.session(req)
 *   res.end(session ? `Hello, ${session.user.name}` : 'Please log in')
 * })
 * ```
 */
export function nodeHandler(auth: Pick<WebLogin, 'handle' | 'paths'>): NodeHandler {
  const handle = async (req: IncomingMessage, res: ServerResponse, next?: () => void): Promise<boolean> => {
    const [path = ''] = (req.url ?? '').split('?', 1)
    if (!auth.paths.includes(path)) {
      next?.()
      return false
    }
    await send(res, await auth.handle(toRequest(req)))
    return true
  }
  return handle as NodeHandler
}

/** The `Request` of a request of Node, for {@link WebLogin.require} and its kin. Its host is what the client says: do not trust it. */
export function toRequest(req: IncomingMessage): Request {
  return new NodeRequest({ req })
}

/** Sends a `Response` as the response of Node. */
export function send(res: ServerResponse, response: Response): Promise<void> {
  return sendNodeResponse(res, response)
}
