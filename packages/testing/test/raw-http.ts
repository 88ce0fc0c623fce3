import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { FaultServer } from '@grantkit/testing/server'

/** Sends a raw request, and reads the response until the connection is closed. */
export function raw({ url }: FaultServer, path: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const received: Buffer[] = []
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nX-Case: Kept\r\nConnection: close\r\n\r\n`),
    )
    socket.on('data', (data) => received.push(data))
    socket.on('error', reject)
    socket.on('end', () => resolve(Buffer.concat(received).toString('latin1')))
  })
}

/** Sends a request with a client that decodes nothing and disconnects after some bytes. */
export async function read(url: string, limit = Infinity): Promise<{ encoding: string | undefined; body: Buffer }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(url, { agent: false }, resolve).on('error', reject),
  )
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    if (Buffer.concat(chunks).length > limit) break // which closes the connection
  }
  return { encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) }
}
