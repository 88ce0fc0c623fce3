import { brotliCompressSync, gzipSync } from 'node:zlib'
import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { type RawReply, rawServer, response } from '../support/raw-server.ts'
import { watchStrays } from '../support/strays.ts'
import { fetchOn, releases } from '../support/undici.ts'

const gzipped = gzipSync('hello')
const fourfold = gzipSync(gzipSync(gzipSync(gzipped)))
const line = 'x-filler: '.padEnd(1000, 'y')
const many = (count: number): string[] => Array.from({ length: count }, (_, i) => `x-${i}: 1`)
const once = (first: string | Uint8Array, then: 'end' | 'resetAndDestroy'): RawReply => {
  return (socket) => void socket.write(first, () => setImmediate(() => socket[then]()))
}

/** Responses that nobody should send, and that are invalid. */
const refused: readonly (readonly [string, RawReply])[] = [
  ['status 999', response('999 Odd')],
  ['status 600', response('600 Odd')],
  ['status 000', response('000 Odd')],
  ['status 99', response('99 Odd')],
  ['no status', 'HTTP/1.1 \r\n\r\n'],
  ['a control character in the reason phrase', response('200 O\u0001K')],
  ['a NUL in the reason phrase', response('200 O\u0000K')],
  ['a control character in a header', response('200 OK', ['x-a: \u0001'])],
  ['a NUL in a header', response('200 OK', ['x-a: \u0000'])],
  ['101 without a word', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ['101 to another protocol', 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nhello'],
  ['101 before the response', Buffer.concat([Buffer.from('HTTP/1.1 101 Switching\r\n\r\n'), response('200 OK')])],
  ['100 that nobody asked for', Buffer.concat([Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'), response('200 OK')])],
  ['a flood of headers', `HTTP/1.1 200 OK\r\n${`${line}\r\n`.repeat(100)}`],
  ['four content codings', response('200 OK', ['content-encoding: gzip, gzip, gzip, gzip'], fourfold)],
  ['truncated gzip', response('200 OK', ['content-encoding: gzip'], gzipped.subarray(0, 12))],
  ['gzip that is not gzip', response('200 OK', ['content-encoding: gzip'], 'hello')],
  ['a length that is not a number', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nhello'],
  ['two lengths', response('200 OK', ['content-length: 4'], 'hello')],
  ['a length and chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n'],
  ['a broken chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.9\r\n'],
  ['a connection that ends', (socket) => socket.end()],
  ['a connection that is reset', (socket) => socket.resetAndDestroy()],
  ['a reset in the headers', once('HTTP/1.1 200 OK\r\nx-a: ', 'resetAndDestroy')],
  ['a reset in the body', once('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello', 'resetAndDestroy')],
  ['an end in the body', once('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello', 'end')],
  [
    'a reset in a compressed body',
    once(Buffer.from(response('200 OK', ['content-encoding: gzip'], gzipped)).subarray(0, -9), 'resetAndDestroy'),
  ],
]

/** Odd responses that can be read, and what comes back. */
const read: readonly (readonly [string, RawReply, string])[] = [
  ['content-encoding: constructor', response('200 OK', ['content-encoding: constructor'], 'hello'), '200 hello'],
  ['content-encoding: __proto__', response('200 OK', ['content-encoding: __proto__'], 'hello'), '200 hello'],
  ['content-encoding: toString', response('200 OK', ['content-encoding: toString'], 'hello'), '200 hello'],
  ['an unknown coding', response('200 OK', ['content-encoding: x-unknown'], 'hello'), '200 hello'],
  ['an unknown coding before gzip', response('200 OK', ['content-encoding: x-unknown, gzip'], 'hello'), '200 hello'],
  ['the coding identity', response('200 OK', ['content-encoding: Identity'], 'hello'), '200 hello'],
  ['a coding in capitals', response('200 OK', ['content-encoding: GZip '], gzipped), '200 hello'],
  ['two codings', response('200 OK', ['content-encoding: gzip, br'], brotliCompressSync(gzipped)), '200 hello'],
  [
    'two codings in two headers',
    response('200 OK', ['content-encoding: gzip', 'content-encoding: br'], brotliCompressSync(gzipped)),
    '200 hello',
  ],
  ['gzip without a byte', response('200 OK', ['content-encoding: gzip']), '200 '],
  ['a header called __proto__', response('200 OK', ['__proto__: a', '__proto__: b', 'constructor: c'], 'x'), '200 x'],
  ['many headers', response('200 OK', many(900), 'x'), '200 x'],
  ['no reason phrase', response('200', [], 'x'), '200 x'],
  ['a reason phrase in no encoding', response('200 \u00E9\u00FF', [], 'x'), '200 x'],
  ['204 with a body', response('204 No Content', [], 'hello'), '204 '],
  ['205 with a body', response('205 Reset Content', [], 'hello'), '205 '],
  ['304 with a body', response('304 Not Modified', [], 'hello'), '304 '],
  ['early hints', Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'), response('200 OK')]), '200 '],
  ['two responses', Buffer.concat([response('200 OK', [], 'a'), response('200 OK', [], 'b')]), '200 a'],
  ['a body without a length', once('HTTP/1.1 200 OK\r\n\r\nhello', 'end'), '200 hello'],
  ['an upgrade that nobody asked for', response('200 OK', ['connection: upgrade', 'upgrade: h2c'], 'x'), '200 x'],
]

describe.each(releases)('whatever a server sends, on %s,', (_, undici) => {
  const visit = async (reply: RawReply): Promise<string> => {
    const result = await fetchOn(undici)(await rawServer(reply))
    return `${result.status} ${await result.text()}`
  }

  test.each(refused)('%s is a TypeError', async (_name, reply) => {
    const strays = watchStrays()
    await expect(visit(reply)).rejects.toThrow(TypeError)
    expect(await strays()).toEqual([])
  })

  test.each(read)('%s is read', async (_name, reply, expected) => {
    const strays = watchStrays()
    expect(await visit(reply)).toBe(expected)
    expect(await strays()).toEqual([])
  })

  const framing = [
    'HTTP/1.1 ',
    '200 OK',
    '101 ',
    '204 ',
    '999',
    '\r\n',
    '\r\n\r\n',
    '\n',
    ': ',
    '5\r\nhello\r\n',
    '0\r\n\r\n',
  ]
  const headers = [
    'content-length: 3',
    'content-encoding: ',
    'transfer-encoding: chunked',
    'connection: upgrade',
    'upgrade: x',
  ]
  const words = ['__proto__', 'gzip', 'br', 'deflate', 'trailer: x', '\u0000', '\u0001', '\u00FF']
  const piece = fc.oneof(fc.constantFrom(...framing, ...headers, ...words), fc.string({ unit: 'binary', maxLength: 5 }))
  const noise = fc.array(piece, { maxLength: 30 }).map((list) => `HTTP/1.1 ${list.join('')}`)
  property.prop(
    [
      fc.oneof(
        noise,
        noise.map((text) => text.replace(' ', ' 200 OK\r\n')),
      ),
    ],
    { numRuns: 150 },
  )('noise settles as a response or an error', async (text) => {
    const strays = watchStrays()
    const settled = await visit(once(Buffer.from(text, 'latin1'), 'end')).catch((error: unknown) => error)
    expect(settled instanceof TypeError || typeof settled === 'string').toBe(true)
    expect(await strays()).toEqual([])
  })
})
