import { constants, createHash, hash, KeyObject, verify } from 'node:crypto'
import type { Cryptography } from './cryptography.ts'

const { RSA_PKCS1_PADDING: pkcs1, RSA_PKCS1_PSS_PADDING: pss, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants
const digests: Readonly<Record<string, string>> = { 256: 'sha256', 384: 'sha384', 512: 'sha512' }
const families: Readonly<Record<string, object>> = {
  RS: { padding: pkcs1 },
  PS: { padding: pss, saltLength },
  ES: { dsaEncoding: 'ieee-p1363' },
}
const keys = new WeakMap<CryptoKey, KeyObject>()

/** Hashes and signatures of Node itself, on the thread that asks. */
export const nodeCryptography: Cryptography = Object.freeze({
  sha256: (text: string) =>
    typeof hash === 'function'
      ? hash('sha256', text, 'base64url')
      : createHash('sha256').update(text).digest('base64url'),
  verify(algorithm: string, key: CryptoKey, signed: string, signature: string) {
    const edwards = algorithm === 'EdDSA' || algorithm === 'Ed25519'
    const options = families[algorithm.slice(0, 2)]
    const digest = digests[algorithm.slice(2)]
    if (!edwards && !(options && digest)) return undefined
    const known = keys.get(key) ?? KeyObject.from(key)
    keys.set(key, known)
    const [text, octets] = [Buffer.from(signed), Buffer.from(signature, 'base64url')]
    return edwards ? verify(null, text, known, octets) : verify(digest, text, { key: known, ...options }, octets)
  },
})
