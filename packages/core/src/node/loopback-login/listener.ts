import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/** Responds to a request. */
export type Respond = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** The sockets of a login, which close together. */
export class Listener {
  /** The redirect URI that is listened for. */
  redirectUri = ''
  /** How requests are handled; nobody knows the port before this is set. */
  respond: Respond = async (_, response) => void response.writeHead(404, { connection: 'close' }).end()
  readonly #servers: Server[] = []
  readonly #underWay = new Set<Promise<unknown>>()

  /** Adds a socket that listens. */
  add(server: Server): void {
    this.#servers.push(server)
  }

  /** Whether nothing listens. */
  get isEmpty(): boolean {
    return this.#servers.length === 0
  }

  /** Takes a request of any of the sockets. */
  readonly receive = (request: IncomingMessage, response: ServerResponse): void => {
    const sent = new Promise((resolve) => response.once('close', resolve))
    const done = this.respond(request, response).then(
      () => sent,
      () => response.destroy(),
    )
    this.#underWay.add(done)
    void done.finally(() => this.#underWay.delete(done))
  }

  /** Stops listening, lets responses under way be sent, and ends every connection. */
  async close(): Promise<void> {
    const closed = this.#servers.map((server) => once(server.close(), 'close'))
    await Promise.all(this.#underWay)
    for (const server of this.#servers) server.closeAllConnections()
    await Promise.all(closed)
  }
}
