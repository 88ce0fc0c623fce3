/**
 * What core can do better on Node: HTTP that is faster and sees which address it connects to.
 *
 * @packageDocumentation
 */
export { nodeFetch } from './transport/node-fetch.ts'
export type { NodeFetchOptions, NodeTlsOptions } from './transport/node-request.ts'
export { type NodeOptions, onNode } from './transport/node-options.ts'
