/**
 * Encryption around any store.
 *
 * @packageDocumentation
 */
export { type EncryptionKey, generateKey } from './encrypted/encryption-key.ts'
export { encryptedStore, type EncryptedStore, type EncryptedStoreOptions } from './encrypted/encrypted-store.ts'
