import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that listens on 127.0.0.1. */
export interface Loopback {
  /** Its origin. */
  readonly url: string
  /** Stops it at once, open connections included. */
  readonly close: () => Promise<void>
}

/** Answers one request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** How to listen with https. */
export interface Tls {
  readonly key: string
  readonly cert: string
  readonly ca?: string
  /** Whether to ask for a client certificate. One that cannot be verified is accepted, for the handler to judge. */
  readonly requestCert?: boolean
}

/** Listens on a port of 127.0.0.1; 0 means any free port. Rejects when the port is in use. */
export async function listen(handler: Handler, port = 0, tls?: Tls): Promise<Loopback> {
  const listener: RequestListener = (request, response) => {
    handler(request, response).catch((error: unknown) => fail(response, error))
  }
  const server = tls ? createTlsServer({ ...tls, rejectUnauthorized: false }, listener) : createServer(listener)
  server.keepAliveTimeout = 0 // browsers repeat a request when its connection is closed meanwhile, and tests count requests
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
      server.closeAllConnections() // close() alone waits for the keep-alive of the client
      await closed
    },
  }
}

/** Shows an internal error in the test that caused it. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
