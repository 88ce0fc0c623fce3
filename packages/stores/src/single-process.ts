/**
 * Tokens in any storage of strings, for one process.
 *
 * @packageDocumentation
 */
export {
  singleProcessStore,
  type SingleProcessOptions,
  type StringStorage,
} from './single-process/single-process-store.ts'
