/**
 * Tokens in files, for command line tools and small services.
 *
 * @packageDocumentation
 */
export { fileStore, type FileStore, type FileStoreOptions } from './file/file-store.ts'
