/**
 * Test servers, and the contracts of provider presets and token stores. The contracts need vitest; the servers alone are
 * at `@grantkit/testing/server`.
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
