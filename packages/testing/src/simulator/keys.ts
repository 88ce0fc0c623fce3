import { generateKeyPairSync, type KeyObject } from 'node:crypto'

/** A pair of keys. */
export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const pairs = new Map<string, KeyPair>()

/** The key pair of an algorithm: one for the whole process, because generating it takes as long as a test. */
export function keysFor(algorithm: 'ES256' | 'RS256'): KeyPair {
  const pair =
    pairs.get(algorithm) ??
    (algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 }))
  pairs.set(algorithm, pair)
  return pair
}
