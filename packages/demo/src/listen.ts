import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on a port of 127.0.0.1; 0 means any free port. Resolves to `undefined` when the port is not available. */
export async function listen(port: number): Promise<Server | undefined> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  } catch (error) {
    if (unavailable.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

const unavailable: ReadonlySet<string> = new Set(['EADDRINUSE', 'EACCES'])

/** The port that a server listens on. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

/** Stops a server at once, open connections included. */
export async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
  server.closeAllConnections() // close() alone waits for the keep-alive of the browser
  await closed
}
