/**
 * Encryption keys: generating them, and reading them from the environment.
 *
 * @packageDocumentation
 */
export { type EncryptionKey, generateKey, readKey } from './keys/encryption-key.ts'
