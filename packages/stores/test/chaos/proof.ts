import type { DpopKeyPair } from '@grantkit/core'

/** A key pair as it travels to the processes of a fleet. */
export interface ExportedKeys {
  readonly privateKey: JsonWebKey
  readonly publicKey: JsonWebKey
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** Makes the key pair of a fleet. */
export async function makeKeys(): Promise<ExportedKeys> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const [secret, known] = await Promise.all([privateKey, publicKey].map((key) => crypto.subtle.exportKey('jwk', key)))
  return { privateKey: secret as JsonWebKey, publicKey: known as JsonWebKey }
}

/** Imports the key pair of a fleet. */
export async function importKeys({ privateKey, publicKey }: ExportedKeys): Promise<DpopKeyPair> {
  return {
    privateKey: await crypto.subtle.importKey('jwk', privateKey, algorithm, false, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', publicKey, algorithm, true, ['verify']),
  }
}

/** The proofs that a server has seen. */
export class Proofs {
  readonly #keys: ExportedKeys
  readonly #url: string
  readonly #seen = new Set<string>()

  constructor(keys: ExportedKeys, url: string) {
    this.#keys = keys
    this.#url = url
  }

  /** The nonce of a proof. Rejects for a proof of another key, for another request, or that was seen before. */
  async nonceOf(proof: string): Promise<string | undefined> {
    const [header = '', claims = '', signature = ''] = proof.split('.')
    const key = await crypto.subtle.importKey('jwk', this.#keys.publicKey, algorithm, false, ['verify'])
    const signed = new TextEncoder().encode(`${header}.${claims}`)
    if (!(await crypto.subtle.verify(algorithm, key, Buffer.from(signature, 'base64url'), signed)))
      throw new Error('a proof is not of the key of the fleet')
    const { jti, htm, htu, nonce } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, string>
    if (htm !== 'POST' || htu !== this.#url) throw new Error(`a proof is for ${htm} ${htu}`)
    if (jti === undefined || this.#seen.has(jti)) throw new Error('a proof was sent twice')
    this.#seen.add(jti)
    return nonce
  }
}
