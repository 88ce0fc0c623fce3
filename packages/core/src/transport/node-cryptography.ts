import type { KeyObject } from 'node:crypto'
import type { Cryptography } from './cryptography.ts'

let loaded: typeof import('node:crypto') | undefined

/** Loaded when something is first computed. */
function crypto(): typeof import('node:crypto') {
  return (loaded ??= process.getBuiltinModule('node:crypto'))
}

const digests: Readonly<Record<string, string>> = { 256: 'sha256', 384: 'sha384', 512: 'sha512' }
const families: Readonly<Record<string, () => object>> = {
  RS: () => ({ padding: crypto().constants.RSA_PKCS1_PADDING }),
  PS: () => ({
    padding: crypto().constants.RSA_PKCS1_PSS_PADDING,
    saltLength: crypto().constants.RSA_PSS_SALTLEN_DIGEST,
  }),
  ES: () => ({ dsaEncoding: 'ieee-p1363' }),
}
const keys = new WeakMap<CryptoKey, KeyObject>()

/** Hashes and signatures of Node itself, on the thread that asks. */
export const nodeCryptography: Cryptography = Object.freeze({
  sha256: (text: string) => crypto().hash('sha256', text, 'base64url'),
  verify(algorithm: string, key: CryptoKey, signed: string, signature: string) {
    const edwards = algorithm === 'EdDSA' || algorithm === 'Ed25519'
    const options = families[algorithm.slice(0, 2)]?.()
    const digest = digests[algorithm.slice(2)]
    if (!edwards && !(options && digest)) return undefined
    const known = keys.get(key) ?? crypto().KeyObject.from(key)
    keys.set(key, known)
    const [text, octets] = [Buffer.from(signed), Buffer.from(signature, 'base64url')]
    return edwards
      ? crypto().verify(null, text, known, octets)
      : crypto().verify(digest, text, { key: known, ...options }, octets)
  },
})
