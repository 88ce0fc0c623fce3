import type { KeyObject } from 'node:crypto'
import type { Cryptography } from './cryptography.ts'

let loaded: typeof import('node:crypto') | undefined

/** Loaded when something is first computed. */
function crypto(): typeof import('node:crypto') {
  return (loaded ??= process.getBuiltinModule('node:crypto'))
}

const digests: Readonly<Record<string, string>> = { 256: 'sha256', 384: 'sha384', 512: 'sha512' }
/** What Node is told of an algorithm; a key that comes with nothing to tell is verified at two thirds of the cost. */
const families: Readonly<Record<string, () => object | undefined>> = {
  RS: () => undefined,
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
    const family = families[algorithm.slice(0, 2)]
    const digest = edwards ? null : digests[algorithm.slice(2)]
    if (digest === undefined || !(edwards || family)) return undefined
    const known = keys.get(key) ?? crypto().KeyObject.from(key)
    keys.set(key, known)
    const options = family?.()
    const [text, octets] = [Buffer.from(signed), Buffer.from(signature, 'base64url')]
    return crypto().verify(digest, text, options ? { key: known, ...options } : known, octets)
  },
})
