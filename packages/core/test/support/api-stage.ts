import {
  authorizedFetch,
  type AuthorizedFetchOptions,
  type GrantEvent,
  memoryStore,
  type Provider,
  type ProviderDefinition,
  Token,
  type TokenSource,
} from '@grantkit/core'
import type { FaultServer, FaultyRequest, Reply } from '@grantkit/testing/server'
import { testClock, type TestClock } from './clock.ts'
import { confidential, eventLog, scene } from './scene.ts'
import { faultServer } from './servers.ts'

/** An API with its authorization server, and a source whose token is valid for an hour of its clock. */
export interface ApiStage {
  readonly api: FaultServer
  /** `/v1/me` of the API. */
  readonly url: string
  readonly provider: Provider
  readonly tokens: TokenSource
  readonly clock: TestClock
  readonly events: readonly GrantEvent[]
  readonly fetch: typeof globalThis.fetch
  /** The requests to the API so far. */
  requests(): Promise<readonly FaultyRequest[]>
  /** The tokens that went to the API, by their numbers. */
  sent(): Promise<readonly string[]>
  /** How often a token was requested. */
  refreshes(): Promise<number>
}

/** How the stage is set. */
export interface ApiStageOptions extends AuthorizedFetchOptions {
  readonly api?: ProviderDefinition['api']
  /** What the token endpoint responds with; a new token each time unless given. */
  readonly answers?: readonly Reply[]
}

/** The nth token of a grant. */
export const tokenAnswer = (n: number): Reply => ({
  json: {
    access_token: `canary-token-${n}`,
    token_type: 'Bearer',
    expires_in: 3600,
    refresh_token: `canary-refresh-${n}`,
  },
})

const hour = 3_600_000

/** Sets a stage whose API gives these responses one after the other, and the last one again. */
export async function apiStage(replies: readonly Reply[], options: ApiStageOptions = {}): Promise<ApiStage> {
  const { api: rules, answers = [1, 2, 3, 4].map(tokenAnswer), ...fetchOptions } = options
  const api = await faultServer()
  await api.reply('/v1/me', ...replies)
  const { provider: make, tokenRequests } = await scene(...answers)
  const { events, onEvent } = eventLog()
  const clock = testClock()
  const provider = make(confidential, { apiOrigins: [api.url], ...(rules && { api: rules }) }, { clock, onEvent })
  const tokens = provider.tokenSource({ store: memoryStore({ clock }), key: 'user:42' })
  const first = { accessToken: 'canary-token-0', refreshToken: 'canary-refresh-0', scope: ['read'] }
  await tokens.save(Token.from({ ...first, expiresAt: clock.now() + hour }))
  const requests: ApiStage['requests'] = async () => (await api.requests()).filter(({ path }) => path === '/v1/me')
  return {
    api,
    url: `${api.url}/v1/me`,
    provider,
    tokens,
    clock,
    events,
    fetch: authorizedFetch(tokens, fetchOptions),
    requests,
    sent: async () =>
      (await requests()).map(({ headers }) => headers['authorization']?.replace('Bearer canary-', '') ?? 'none'),
    refreshes: async () => (await tokenRequests()).length,
  }
}
