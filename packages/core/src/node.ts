/**
 * What core can do on Node alone: HTTP that is faster and sees which address it connects to, and logins of command line
 * programs.
 *
 * @packageDocumentation
 */
export { loopbackLogin } from './node/loopback-login/loopback-login.ts'
export type { LoopbackLoginOptions, LoopbackOptions } from './node/loopback-login/options.ts'
export type { LoginOutcome } from './node/loopback-login/pending-login.ts'
export { nodeFetch } from './node/node-fetch.ts'
export type { NodeDispatcher, NodeFetchOptions, NodeTlsOptions } from './node/options.ts'
