import { GrantError } from '@grantkit/core'
import { fromBase64, toBase64 } from './base64.ts'

/** 32 random bytes, as they are or as base64: what {@link generateKey} makes. */
export type EncryptionKey = string | Uint8Array

const length = 32
const fewestDifferent = 16

/**
 * Makes a new encryption key: 32 random bytes as base64, for an environment variable or a secret manager.
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
 * Reads a key from what an environment variable or a secret manager holds: 32 random bytes as base64, in either alphabet,
 * with or without padding. Whitespace around it is ignored, since files and shells add it. Throws `config_invalid` if it
 * is not set, is not a key, or was not drawn at random; the message names the variable, and never repeats what is in it.
 *
 * @param value - What the variable holds.
 * @param name - What the variable is called.
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
  if (bytes?.length !== length) throw refused(name, 'is not 32 bytes, or base64 of them')
  if (isPhrase(bytes) || (typeof given === 'string' && isPhraseInBase64(given)))
    throw refused(name, 'was not drawn at random')
  return bytes
}

function bytesOf(key: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof key === 'string') return fromBase64(key)
  return key instanceof Uint8Array ? new Uint8Array(key) : undefined
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
