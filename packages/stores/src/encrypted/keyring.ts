import { toBase64 } from '../keys/base64.ts'
import { type EncryptionKey, readKey } from '../keys/encryption-key.ts'

/** A key, and the name by which what was encrypted with it says so. */
export interface NamedKey {
  readonly id: string
  readonly key: CryptoKey
}

/** The keys of a store, by name. The name tells nothing of the key: both are derived from it, apart (RFC 5869). */
export class Keyring {
  readonly #keys: Promise<ReadonlyMap<string, NamedKey>>

  /** @param keys - The one to write with, and older ones to read with. */
  constructor(keys: readonly EncryptionKey[]) {
    const bytes = keys.map((key, index) => readKey(key, `keys[${index}]`))
    this.#keys = Promise.all(bytes.map(nameKey)).then((named) => new Map(named.map((key) => [key.id, key])))
    this.#keys.catch(() => {}) // whoever needs one will hear of it
  }

  /** The key to write with. */
  async current(): Promise<NamedKey> {
    const [first] = (await this.#keys).values()
    return first as NamedKey
  }

  /** The key with a name; undefined if it is not among them. */
  async find(id: string): Promise<NamedKey | undefined> {
    return (await this.#keys).get(id)
  }
}

async function nameKey(bytes: Uint8Array<ArrayBuffer>): Promise<NamedKey> {
  const material = await materialOf(bytes)
  const [id, key] = await Promise.all([
    crypto.subtle.deriveBits(derivation('key id'), material, 64),
    crypto.subtle.deriveKey(derivation('encryption'), material, { name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]),
  ])
  return { id: toBase64(new Uint8Array(id)), key }
}

/** The key that store keys are hashed with. */
export async function hashingKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const material = await materialOf(bytes)
  const algorithm = { name: 'HMAC', hash: 'SHA-256', length: 256 }
  return crypto.subtle.deriveKey(derivation('names'), material, algorithm, false, ['sign'])
}

function materialOf(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveBits', 'deriveKey'])
}

function derivation(purpose: string): HkdfParams {
  const info = new TextEncoder().encode(`grantkit encrypted store 1, ${purpose}`)
  return { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
}
