/**
 * What core can do better on Node: HTTP that is faster and sees which address it connects to.
 *
 * @packageDocumentation
 */
export { nodeFetch, type NodeFetchOptions, type NodeTlsOptions } from './transport/node-fetch.ts'
