/**
 * Encryption keys: making them, and reading them from where they are kept.
 *
 * @packageDocumentation
 */
export { type EncryptionKey, generateKey, readKey } from './keys/encryption-key.ts'
