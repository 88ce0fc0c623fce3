import { toBase64 } from '../keys/base64.ts'
import { type EncryptionKey, readKey } from '../keys/encryption-key.ts'

/** An encryption key and its ID, which is part of every value that it encrypts. */
export interface NamedKey {
  readonly id: string
  readonly key: CryptoKey
}

/** The keys of a store by ID. The ID reveals nothing about the key: both are derived separately (RFC 5869). */
export class Keyring {
  readonly #keys: Promise<ReadonlyMap<string, NamedKey>>

  /** @param keys - The current key, then older ones. */
  constructor(keys: readonly EncryptionKey[]) {
    const bytes = keys.map((key, index) => readKey(key, `keys[${index}]`))
    this.#keys = Promise.all(bytes.map(nameKey)).then((named) => new Map(named.map((key) => [key.id, key])))
    this.#keys.catch(() => {}) // reported when a key is used
  }

  /** The current key. */
  async current(): Promise<NamedKey> {
    const [first] = (await this.#keys).values()
    return first as NamedKey
  }

  /** The key with an ID; undefined if there is no such key. */
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

/** The key for hashing store keys. */
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
