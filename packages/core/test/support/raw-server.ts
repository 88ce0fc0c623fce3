import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** What a server sends when a request has come: these bytes, or whatever a function does with the connection. */
export type RawReply = string | Uint8Array | ((socket: Socket) => void)

/** A server that responds to each request with the same bytes, right or wrong, for as long as the test runs. Resolves to its URL. */
export async function rawServer(reply: RawReply): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined) // the client gives up connections, too
    socket.on('data', () => (typeof reply === 'function' ? reply(socket) : socket.write(reply)))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** A response of HTTP/1.1 with a body of a known length; headers in lines of their own. */
export function response(status: string, headers: readonly string[] = [], body: string | Uint8Array = ''): Uint8Array {
  const bytes = Buffer.from(body)
  const head = [`HTTP/1.1 ${status}`, ...headers, `content-length: ${bytes.length}`, '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes])
}
