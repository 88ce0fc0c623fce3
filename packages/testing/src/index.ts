/**
 * Everything to test with: servers to run a client against, and the contract of a provider preset. The contract is
 * written for vitest; without it, the servers are at `@grantkit/testing/server`.
 *
 * @packageDocumentation
 */
export * from './server.ts'
export {
  describeProvider,
  providerChecks,
  type DescribeProviderOptions,
  type ProviderCheck,
} from './describe-provider.ts'
export {
  describeTokenStore,
  storeChecks,
  type StoreCheck,
  type StoreWorker,
  type TokenStoreFixture,
} from './describe-token-store.ts'
