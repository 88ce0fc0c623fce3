import {
  type ClientRegistration,
  GrantError,
  type GrantEvent,
  type OnEvent,
  Provider,
  type ProviderDefinition,
  type ProviderOptions,
} from '@grantkit/core'
import type { FaultServer, FaultyRequest, Reply } from '@grantkit/testing/server'
import { expect } from 'vitest'
import { see } from './oracle.ts'
import { faultServer } from './servers.ts'

/** A valid token response (RFC 6749 §5.1). */
export const goodToken: Readonly<Record<string, unknown>> = {
  access_token: '2YotnFZFEjr1zCsicMWpAA',
  token_type: 'Bearer',
  expires_in: 3600,
}

export const redirectUri = 'http://127.0.0.1:8888/callback'
/** A secret that nothing may show: the marker in it is what the leak oracle looks for. */
export const clientSecret = 'canary-client-secret'
export const confidential: ClientRegistration = { clientId: 'cid', clientSecret, redirectUri }
export const publicClient: ClientRegistration = { clientId: 'cid', redirectUri }

/** A server whose token endpoint responds as it is told, and providers that point at it. */
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
  const server = await faultServer()
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
        { ...options, onEvent: watched(options.onEvent) },
      ),
    tokenRequests,
    lastRequest: async () => {
      const last = (await tokenRequests()).at(-1)
      expect(last).toBeDefined()
      return last as FaultyRequest
    },
  }
}

/** A listener whose events the leak oracle sees, too. */
export function watched(onEvent?: OnEvent): OnEvent {
  return (event) => {
    see('event', event)
    return onEvent?.(event)
  }
}

/** Events as they come, and the listener that notes them down. */
export function eventLog(): { readonly events: GrantEvent[]; readonly onEvent: OnEvent } {
  const events: GrantEvent[] = []
  return { events, onEvent: watched((event) => events.push(event)) }
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
