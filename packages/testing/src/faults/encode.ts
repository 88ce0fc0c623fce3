import { pipeline, Readable } from 'node:stream'
import { constants, createBrotliCompress, createDeflate, createGzip } from 'node:zlib'
import type { Reply } from '../fault-server.ts'

const encoders = {
  gzip: () => createGzip(),
  deflate: () => createDeflate(),
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }), // the default of 11 takes minutes
}

/** Compresses pieces as they come. */
export function encode(pieces: AsyncIterable<Uint8Array>, encoding: Reply['encoding']): AsyncIterable<Uint8Array> {
  if (encoding === undefined) return pieces
  const encoder = encoders[encoding]()
  pipeline(Readable.from(pieces), encoder, () => {}) // the reader of the encoder gets its errors
  return encoder as AsyncIterable<Uint8Array>
}
