import {
  type ClientRegistration,
  GrantError,
  Provider,
  type ProviderDefinition,
  type ProviderOptions,
} from '@grantkit/core'
import { type FaultServer, type FaultyRequest, type Reply, startFaultServer } from '@grantkit/testing/server'
import { expect, onTestFinished } from 'vitest'

/** A token answer that nothing is wrong with (RFC 6749 §5.1). */
export const goodToken: Readonly<Record<string, unknown>> = {
  access_token: '2YotnFZFEjr1zCsicMWpAA',
  token_type: 'Bearer',
  expires_in: 3600,
}

export const redirectUri = 'http://127.0.0.1:8888/callback'
export const confidential: ClientRegistration = { clientId: 'cid', clientSecret: 'sec', redirectUri }
export const publicClient: ClientRegistration = { clientId: 'cid', redirectUri }

/** A server whose token endpoint answers as it is told, and providers that point at it. */
export interface Scene {
  readonly server: FaultServer
  /** A provider of that server; what is given wins over the defaults. */
  provider(client?: ClientRegistration, definition?: Partial<ProviderDefinition>, options?: ProviderOptions): Provider
  /** The token requests so far. */
  tokenRequests(): Promise<readonly FaultyRequest[]>
  /** The last token request. */
  lastRequest(): Promise<FaultyRequest>
}

/** Starts a server whose `/token` gives these replies; the last one repeats. */
export async function scene(...replies: readonly Reply[]): Promise<Scene> {
  const server = await startFaultServer()
  onTestFinished(() => server.close())
  await server.reply('/token', ...(replies.length > 0 ? replies : [{ json: goodToken }]))
  const metadata = { authorization_endpoint: `${server.url}/authorize`, token_endpoint: `${server.url}/token` }
  const tokenRequests = async (): Promise<readonly FaultyRequest[]> =>
    (await server.requests()).filter(({ path }) => path === '/token')
  return {
    server,
    provider: (client = confidential, definition = {}, options = {}) =>
      new Provider(
        {
          name: 'acme',
          ...definition,
          metadata: { ...metadata, ...definition.metadata },
        },
        client,
        options,
      ),
    tokenRequests,
    lastRequest: async () => {
      const last = (await tokenRequests()).at(-1)
      expect(last).toBeDefined()
      return last as FaultyRequest
    },
  }
}

/** The `GrantError` that something rejects with or throws; fails the test if it does not, or with something else. */
export async function errorOf(action: Promise<unknown> | (() => unknown)): Promise<GrantError> {
  try {
    await (typeof action === 'function' ? action() : action)
  } catch (error) {
    expect(error).toBeInstanceOf(GrantError)
    return error as GrantError
  }
  return expect.fail('nothing was thrown')
}
