import { type Duplex, pipeline, Readable } from 'node:stream'

const decoders: Readonly<Record<string, 'createGunzip' | 'createBrotliDecompress' | 'createInflate'>> = {
  gzip: 'createGunzip',
  'x-gzip': 'createGunzip',
  br: 'createBrotliDecompress',
  deflate: 'createInflate',
}

/** What decompresses an encoding (RFC 9110 §8.4); undefined for one that is none, or not known. */
export function decoderOf(encoding: string | null): Duplex | undefined {
  const create = encoding === null ? undefined : decoders[encoding.trim().toLowerCase()]
  return create && process.getBuiltinModule('node:zlib')[create]() // loaded when something is compressed
}

/** The stream of a body, decompressed where its encoding is one that is known (RFC 9110 §8.4). */
export function decoded(body: Readable, encoding: string | null): ReadableStream<Uint8Array> {
  const decoder = decoderOf(encoding)
  if (!decoder) return Readable.toWeb(body) as ReadableStream<Uint8Array>
  // what ends the one ends the other: a reader who gives up, a connection that breaks, bytes that are not what they claim
  pipeline(body, decoder, () => undefined)
  return streamOf(decoder)
}

/** Unlike `Readable.toWeb`, which in Deno throws at nobody when a reader gives up in the middle. */
function streamOf(decoder: Duplex): ReadableStream<Uint8Array> {
  const chunks = decoder[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: () => void decoder.destroy(),
  })
}
