import {
  AuthorizationCode,
  type ClientRegistration,
  type Provider,
  type ProviderDefinition,
  Refresh,
  type Token,
} from '@grantkit/core'
import type { FaultyRequest, Reply } from '@grantkit/testing/server'
import { someTime, testClock } from './clock.ts'
import { confidential, eventLog, goodToken, type Scene, scene } from './scene.ts'

/** A provider that deviates, on a server that responds as it is told. */
export interface Deviant {
  readonly provider: Provider
  readonly server: Scene['server']
  /** The deviations that were used so far, by their places in the definition. */
  normalised(): readonly (string | undefined)[]
  /** The last request, to whatever path. */
  lastRequest(): Promise<FaultyRequest>
  /** Redeems a code. */
  login(options?: { readonly scope?: readonly string[] }): Promise<Token>
  /** Uses a refresh token. */
  refresh(token?: Token | string): Promise<Token>
}

export const now = someTime

/** Starts a server whose token endpoint gives these replies, and a provider of it that declares deviations. `{server}` in a string of the definition is the origin of the server. */
export async function deviant(
  definition: Partial<ProviderDefinition>,
  replies: readonly Reply[] = [{ json: goodToken }],
  client: ClientRegistration = confidential,
): Promise<Deviant> {
  const { server, provider } = await scene(...replies)
  const { events, onEvent } = eventLog()
  const declared = withOrigin(definition, server.url)
  const options = { clock: testClock(), onEvent }
  const acme = provider(client, declared, options)
  return {
    provider: acme,
    server,
    normalised: () => events.flatMap(({ type, deviation }) => (type === 'normalised' ? [deviation] : [])),
    lastRequest: async () => (await server.requests()).at(-1) as FaultyRequest,
    async login({ scope = [] } = {}) {
      const login = acme.grant(AuthorizationCode)
      const { transaction } = await login.authorize({ scope })
      return login.requestToken(`/callback?code=canary-code&state=${transaction.state}`, transaction)
    },
    refresh: (token = 'canary-refresh-token') => acme.grant(Refresh).requestToken(token),
  }
}

function withOrigin<T>(definition: T, origin: string): T {
  if (typeof definition === 'string') return definition.replaceAll('{server}', origin) as T
  if (Array.isArray(definition)) return definition.map((item: unknown) => withOrigin(item, origin)) as T
  if (typeof definition !== 'object' || definition === null) return definition
  return Object.fromEntries(
    Object.entries(definition).map(([name, member]) => [name, withOrigin(member as unknown, origin)]),
  ) as T
}
