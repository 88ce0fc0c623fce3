/**
 * The test servers, without a test framework.
 *
 * @packageDocumentation
 */
/// <reference types="node" />
export { startAuthorizationServer } from './authorization/start.ts'
export { serveTesting } from './control/serve.ts'
export { startFaultServer } from './faults/start.ts'
export { simulateProvider } from './simulate-provider.ts'
export type {
  AdaptableDefinition,
  AuthorizationServer,
  AuthorizationServerMetadata,
  BackchannelApproval,
  ConfidentialTestClient,
  LogInOptions,
  LogOutOptions,
  PublicTestClient,
  TestClients,
} from './authorization-server.ts'
export type {
  AccountProfile,
  AuthorizationServerOptions,
  DescribedScope,
  ExtensionGrant,
  ExtensionGrantResult,
  RefreshTokenRotation,
  RequiredExtensions,
  TestClientAuthentication,
  TestClientOptions,
  TlsOptions,
} from './authorization-server-options.ts'
export type { FaultServer, FaultyRequest, LocalFaultServer, Reply, ReplyChunk, ReplyFunction } from './fault-server.ts'
export type { RecordedRequest } from './recorded-request.ts'
export type {
  SimulatedClients,
  SimulatedHooks,
  SimulatedProvider,
  SimulatedRequest,
  SimulatedResponse,
  SimulatedUser,
  SimulateProviderOptions,
} from './simulated-provider.ts'
export type { TestingService } from './testing-service.ts'
