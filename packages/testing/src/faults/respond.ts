import { bodyOf } from './body.ts'
import { encode } from './encode.ts'
import type { ServerResponse } from 'node:http'
import type { Reply } from '../fault-server.ts'
import type { Body } from './body.ts'

/** Sends a reply including its faults. Calls `onSent` for every piece that was sent. */
export async function respond(response: ServerResponse, reply: Reply, onSent: (bytes: number) => void): Promise<void> {
  if (reply.hang === 'headers') return
  if (reply.reset === true) return void response.socket?.resetAndDestroy()
  const body = bodyOf(reply)
  const { statusText, redirect } = reply
  if (statusText !== undefined) response.statusMessage = statusText
  response.writeHead(reply.status ?? (redirect === undefined ? 200 : 302), headersOf(reply, body))
  response.flushHeaders()
  const pieces = encode(body.pieces, reply.encoding)
  const complete = await write(response, upTo(reply.truncate ?? Infinity, pieces), onSent)
  if (reply.truncate !== undefined) response.socket?.destroySoon() // after the written bytes were sent
  else if (complete && reply.hang === undefined) response.end()
}

function headersOf(reply: Reply, { type, length }: Body): Record<string, string | string[]> {
  const lengthIsKnown = length !== undefined && reply.encoding === undefined && reply.hang === undefined
  const own = {
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(lengthIsKnown ? { 'content-length': String(length) } : {}),
    ...(reply.encoding === undefined ? {} : { 'content-encoding': reply.encoding }),
    ...(reply.redirect === undefined ? {} : { location: reply.redirect }),
  }
  const given = Object.entries(reply.headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), toHeader(value)] as const,
  )
  return { ...own, ...Object.fromEntries(given) }
}

function toHeader(value: string | readonly string[]): string | string[] {
  return typeof value === 'string' ? value : [...value]
}

/** Writes piece by piece, each after the previous one was sent. Resolves to whether the client received everything. */
async function write(
  response: ServerResponse,
  pieces: AsyncIterable<Uint8Array>,
  onSent: (bytes: number) => void,
): Promise<boolean> {
  const closed = new Promise<boolean>((resolve) => response.once('close', () => resolve(false)))
  for await (const piece of pieces) {
    if (!(await Promise.race([wasSent(response, piece), closed]))) return false
    onSent(piece.length)
  }
  return true
}

/** Node 26 calls back immediately after a lost connection, before the event `close`. */
function wasSent(response: ServerResponse, piece: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => response.write(piece, (error) => resolve(error === undefined || error === null)))
}

async function* upTo(limit: number, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = limit
  if (rest <= 0) return
  for await (const piece of pieces) {
    yield piece.length <= rest ? piece : piece.subarray(0, rest)
    rest -= piece.length
    if (rest <= 0) return
  }
}
