import { compactDecrypt } from 'jose/jwe/compact/decrypt'
import { CompactEncrypt } from 'jose/jwe/compact/encrypt'
import { type EncryptionKey, readKey } from '@grantkit/stores/keys'
import { GrantError } from '@grantkit/core'
import { base64url } from './base64url.ts'

/** What a sealed cookie is for; each purpose has keys of its own. */
export type Purpose = 'login' | 'session'

/** A key of one purpose, and the name that the header of a cookie gives it. */
interface NamedKey {
  readonly id: string
  readonly key: CryptoKey
}

type Ring = Readonly<Record<Purpose, readonly NamedKey[]>>

/** No browser stores a longer cookie. */
const longest = 4096

/** Encrypts and authenticates the contents of cookies (JWE with `dir` and `A256GCM`, RFC 7516). The first key seals, all of them open. */
export class Seals {
  readonly #ring: Promise<Ring>

  constructor(keys: readonly EncryptionKey[]) {
    if (!Array.isArray(keys) || keys.length === 0)
      throw new GrantError('config_invalid', 'keys has to be a list: { keys: [current, ...older] }')
    this.#ring = ringOf(keys.map((key: EncryptionKey, index) => readKey(key, `keys[${index}]`)))
    this.#ring.catch(() => {}) // reported when a key is used
  }

  /** Seals a value that JSON can hold. */
  async seal(purpose: Purpose, value: unknown): Promise<string> {
    const [{ id, key }] = (await this.#ring)[purpose] as readonly [NamedKey]
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: id, typ: typeOf(purpose) })
      .encrypt(key)
  }

  /** What was sealed for this purpose; undefined for anything else, whatever is wrong with it. */
  async open(purpose: Purpose, sealed: string): Promise<unknown> {
    if (sealed.length > longest) return undefined
    const ring = (await this.#ring)[purpose]
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(sealed, ({ kid }) => keyNamed(ring, kid), {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      })
      return protectedHeader.typ === typeOf(purpose) ? JSON.parse(new TextDecoder().decode(plaintext)) : undefined
    } catch {
      return undefined
    }
  }
}

function typeOf(purpose: Purpose): string {
  return `grantkit-${purpose}`
}

function keyNamed(ring: readonly NamedKey[], id: unknown): CryptoKey {
  const named = ring.find((key) => key.id === id)
  if (!named) throw new Error('unknown key')
  return named.key
}

async function ringOf(keys: readonly Uint8Array<ArrayBuffer>[]): Promise<Ring> {
  const ringFor = (purpose: Purpose) => Promise.all(keys.map((key) => derive(key, purpose)))
  const [login, session] = await Promise.all([ringFor('login'), ringFor('session')])
  return { login, session }
}

/** A key and its ID, derived separately, so that the ID reveals nothing about the key (RFC 5869). */
async function derive(bytes: Uint8Array<ArrayBuffer>, purpose: Purpose): Promise<NamedKey> {
  const material = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveBits', 'deriveKey'])
  const from = (use: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: new TextEncoder().encode(`grantkit web 1, ${purpose}, ${use}`),
  })
  const aes = { name: 'AES-GCM', length: 256 }
  const [id, key] = await Promise.all([
    crypto.subtle.deriveBits(from('key id'), material, 64),
    crypto.subtle.deriveKey(from('encryption'), material, aes, false, ['encrypt', 'decrypt']),
  ])
  return { id: base64url(new Uint8Array(id)), key }
}
