/**
 * Encryption for any store.
 *
 * @packageDocumentation
 */
export { encryptedStore, type EncryptedStore, type EncryptedStoreOptions } from './encrypted/encrypted-store.ts'
export { type EncryptionKey, generateKey } from './keys/encryption-key.ts'
