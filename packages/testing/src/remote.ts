/**
 * The test servers, controlled from a browser.
 *
 * @packageDocumentation
 */
export { connectTesting } from './control/connect.ts'
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
  DescribedScope,
  RefreshTokenRotation,
  RequiredExtensions,
  TestClientAuthentication,
  TestClientOptions,
  TlsOptions,
} from './authorization-server-options.ts'
export type { FaultServer, FaultyRequest, Reply, ReplyChunk } from './fault-server.ts'
export type { RecordedRequest } from './recorded-request.ts'
export type { RemoteAuthorizationServerOptions, RemoteTesting } from './testing-service.ts'
