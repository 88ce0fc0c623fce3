import { GrantError } from '@grantkit/core'
import { fromBase64, toBase64 } from './base64.ts'

/** 32 random bytes, raw or as base64, as {@link generateKey} returns them. */
export type EncryptionKey = string | Uint8Array

const length = 32
const fewestDifferent = 16

/**
 * Generates an encryption key: 32 random bytes as base64, for an environment variable or a secret manager.
 *
 * @example
 * ```ts
 * import { generateKey } from '@grantkit/stores/keys'
 *
 * generateKey().length // => 43
 * ```
 */
export function generateKey(): string {
  return toBase64(crypto.getRandomValues(new Uint8Array(length)))
}

/**
 * Reads a key from an environment variable or a secret manager: 32 random bytes as base64, in either alphabet, with or
 * without padding. Surrounding whitespace is ignored. Throws `config_invalid` if the value is missing, is not a key, or is
 * not random; the message contains the name of the variable but never its value.
 *
 * @param value - The value of the variable.
 * @param name - The name of the variable.
 * @returns The bytes of the key.
 *
 * @example
 * ```ts
 * import { generateKey, readKey } from '@grantkit/stores/keys'
 *
 * const key = readKey(process.env['TOKEN_KEY'] ?? generateKey(), 'TOKEN_KEY')
 * key.length // => 32
 * readKey('correct horse battery staple', 'TOKEN_KEY') // throws config_invalid
 * ```
 */
export function readKey(value: EncryptionKey | undefined, name: string): Uint8Array<ArrayBuffer> {
  const given = typeof value === 'string' ? value.trim() : value
  if (given === undefined || given.length === 0) throw refused(name, 'is not set')
  const bytes = bytesOf(given)
  if (bytes?.length !== length) throw refused(name, 'is not 32 bytes, raw or as base64')
  if (isPhrase(bytes) || (typeof given === 'string' && isPhraseInBase64(given))) throw refused(name, 'is not random')
  return bytes
}

function bytesOf(key: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof key === 'string') return fromBase64(key)
  return key instanceof Uint8Array ? new Uint8Array(key) : undefined
}

/** Whether bytes are printable or repetitive; for random bytes, the probability is below 10^-13. */
function isPhrase(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) || new Set(bytes).size < fewestDifferent
}

/** Whether base64 has letters of one case only; for random bytes, the probability is below 10^-9. */
function isPhraseInBase64(base64: string): boolean {
  return base64 === base64.toLowerCase() || base64 === base64.toUpperCase()
}

function refused(name: string, why: string): GrantError {
  return new GrantError(
    'config_invalid',
    `${name} ${why}: a passphrase is not enough, use a key from generateKey() or "openssl rand -base64 32"`,
  )
}
