import type { AuthorizationServer } from './authorization-server.ts'
import type { AuthorizationServerOptions } from './authorization-server-options.ts'
import type { FaultServer } from './fault-server.ts'

/** What can be started from afar. */
export interface RemoteTesting {
  /** Starts an authorization server in the process that serves; extension grants are functions and cannot go there. */
  startAuthorizationServer(options?: RemoteAuthorizationServerOptions): Promise<AuthorizationServer>
  /** Starts a fault server in the process that serves; its replies are data. */
  startFaultServer(): Promise<FaultServer>
}

/** The options that are data. */
export type RemoteAuthorizationServerOptions = Omit<AuthorizationServerOptions, 'grants'>

/** Where a testing service listens. */
export interface TestingService {
  /** What to give to `connectTesting`. It holds a secret: who knows it can drive the servers. */
  readonly url: string
  /** Stops the service and every server that was started through it. */
  close(): Promise<void>
  /** The same as {@link TestingService.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
