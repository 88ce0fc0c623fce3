import { GrantError } from '@grantkit/core'
import { fromBase64, toBase64 } from './base64.ts'

/** 32 random bytes, as they are or as base64: what {@link generateKey} makes. */
export type EncryptionKey = string | Uint8Array

const length = 32
const fewestDifferent = 16

/**
 * A new key for an {@link encryptedStore}: 32 random bytes as base64, for an environment variable or a secret manager.
 *
 * @example
 * ```ts
 * import { generateKey } from '@grantkit/stores/encrypted'
 *
 * generateKey().length // => 43
 * ```
 */
export function generateKey(): string {
  return toBase64(crypto.getRandomValues(new Uint8Array(length)))
}

/** The bytes of a key. What is none, or was not drawn at random, throws `config_invalid`; the message does not repeat it. */
export function bytesOf(key: EncryptionKey, name: string): Uint8Array<ArrayBuffer> {
  const bytes = typeof key === 'string' ? fromBase64(key) : key instanceof Uint8Array ? new Uint8Array(key) : undefined
  if (bytes?.length !== length) throw refused(name, 'is not 32 bytes, or base64 of them')
  if (isPhrase(bytes) || (typeof key === 'string' && isPhraseInBase64(key)))
    throw refused(name, 'was not drawn at random')
  return bytes
}

/** Text, or a pattern. Random bytes are the one or the other less than once in 10^13 times. */
function isPhrase(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) || new Set(bytes).size < fewestDifferent
}

/** Letters of one case only: less than once in 10^9 times in base64 of random bytes. */
function isPhraseInBase64(text: string): boolean {
  return text === text.toLowerCase() || text === text.toUpperCase()
}

function refused(name: string, why: string): GrantError {
  return new GrantError(
    'config_invalid',
    `${name} ${why}: a passphrase will not do, write what generateKey() or "openssl rand -base64 32" gave you once`,
  )
}
