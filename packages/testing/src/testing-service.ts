import type { AuthorizationServer } from './authorization-server.ts'
import type { AuthorizationServerOptions } from './authorization-server-options.ts'
import type { FaultServer } from './fault-server.ts'

/** The servers that a browser can start. */
export interface RemoteTesting {
  /** Starts an authorization server in the serving process, without extension grants, which are functions. */
  startAuthorizationServer(options?: RemoteAuthorizationServerOptions): Promise<AuthorizationServer>
  /** Starts a fault server in the serving process; its replies are data. */
  startFaultServer(): Promise<FaultServer>
}

/** The options without functions. */
export type RemoteAuthorizationServerOptions = Omit<AuthorizationServerOptions, 'grants'>

/** A running testing service. */
export interface TestingService {
  /** The URL for `connectTesting`. It contains a secret: anyone who knows it can control the servers. */
  readonly url: string
  /** Stops the service and every server that was started through it. */
  close(): Promise<void>
  /** The same as {@link TestingService.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
