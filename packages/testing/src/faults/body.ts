import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply, ReplyChunk } from '../fault-server.ts'

/** A body before it is compressed. */
export interface Body {
  readonly type?: string
  /** Its length, if known. */
  readonly length?: number
  /** Its pieces. */
  readonly pieces: AsyncIterable<Uint8Array>
}

/** The body that a reply describes. */
export function bodyOf(reply: Reply): Body {
  if (reply.chunks !== undefined) return { pieces: chunked(reply.chunks) }
  if (reply.endless) return { type: 'application/octet-stream', pieces: filler(Infinity) }
  if (reply.bytes !== undefined)
    return { type: 'application/octet-stream', length: reply.bytes, pieces: filler(reply.bytes) }
  if (reply.json !== undefined) return whole('application/json', JSON.stringify(reply.json))
  if (reply.form !== undefined)
    return whole('application/x-www-form-urlencoded', new URLSearchParams(reply.form).toString())
  if (reply.text !== undefined) return whole('text/plain; charset=utf-8', reply.text)
  if (reply.base64 !== undefined) return whole('application/octet-stream', Buffer.from(reply.base64, 'base64'))
  return { length: 0, pieces: once(Buffer.alloc(0)) }
}

function whole(type: string, content: string | Buffer): Body {
  const bytes = Buffer.from(content)
  return { type, length: bytes.length, pieces: once(bytes) }
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}

async function* filler(length: number): AsyncGenerator<Uint8Array> {
  const piece = Buffer.alloc(16_384, 'x')
  for (let rest = length; rest > 0; rest -= piece.length) yield rest < piece.length ? piece.subarray(0, rest) : piece
}

async function* chunked(chunks: readonly ReplyChunk[]): AsyncGenerator<Uint8Array> {
  for (const { text = '', base64, repeat = 1, delay } of chunks) {
    const bytes = base64 === undefined ? Buffer.from(text) : Buffer.from(base64, 'base64')
    for (let count = 0; count < repeat; count += 1) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- pieces are sent one after another
      if (delay !== undefined) await sleep(delay, undefined, { ref: false })
      yield bytes
    }
  }
}
