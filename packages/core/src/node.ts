/**
 * What core can do better on Node: HTTP that is faster and sees which address it connects to.
 *
 * @packageDocumentation
 */
export { nodeFetch } from './node/node-fetch.ts'
export type { NodeDispatcher, NodeFetchOptions, NodeTlsOptions } from './node/options.ts'
