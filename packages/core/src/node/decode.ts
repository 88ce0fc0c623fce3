import { pipeline, type Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

/** Content codings (RFC 9110 §8.4.1), and what decodes them. */
const decoders: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

/** Each decoder takes memory, so a long list of codings is an attack. */
const mostCodings = 3

/** A body without its content codings; like `fetch`, one with an unknown coding is left as it is. Throws a TypeError for too many codings. */
export function decoded(body: Readable, headers: Headers): Readable {
  if (headers.get('content-length') === '0') return body // an empty body is not valid gzip, but servers send it
  const codings = (headers.get('content-encoding') ?? '').toLowerCase().split(',')
  const applied = codings.map((coding) => coding.trim()).filter((coding) => coding !== '' && coding !== 'identity')
  if (applied.length > mostCodings) throw new TypeError(`a response has more than ${mostCodings} content codings`)
  const known = applied.map((coding) => decoders.get(coding)).filter((create) => create !== undefined)
  if (known.length < applied.length) return body
  return known.toReversed().reduce<Readable>(through, body) // the last coding was applied last (RFC 9110 §8.4)
}

function through(body: Readable, create: () => Transform): Readable {
  return pipeline(body, create(), () => undefined) // an error on one side destroys the other, whose reader sees it
}
