import {
  authorizedFetch,
  type AuthorizedFetchOptions,
  type DpopKeyPair,
  type GrantEvent,
  memoryStore,
  type ProviderDefinition,
  Token,
} from '@grantkit/core'
import type { FaultyRequest, Reply } from '@grantkit/testing/server'
import { testClock } from './clock.ts'
import { boundToken, claimsOf, keyPair } from './dpop.ts'
import { confidential, eventLog, scene } from './scene.ts'
import { faultServer } from './servers.ts'

/** How the stage is set. */
export interface DpopStageOptions extends Omit<AuthorizedFetchOptions, 'dpop'> {
  readonly definition?: Partial<ProviderDefinition>
  readonly keys?: true | DpopKeyPair
  readonly tokenReplies?: readonly Reply[]
}

const hour = 3_600_000

/** An API with its authorization server, a provider with a key, and a source whose token is bound to that. */
export async function dpopStage(replies: readonly Reply[], options: DpopStageOptions = {}) {
  const { definition, keys = await keyPair(), tokenReplies, ...more } = options
  const api = await faultServer()
  await api.reply('/v1/me', ...replies)
  const answers = [1, 2, 3].map((n) => ({ json: boundToken(n, { refresh_token: `canary-refresh-${n}` }) }))
  const { provider: make, tokenRequests } = await scene(...(tokenReplies ?? answers))
  const { events, onEvent } = eventLog()
  const clock = testClock()
  const provider = make(confidential, { apiOrigins: [api.url], ...definition }, { clock, onEvent, dpop: keys })
  const tokens = provider.tokenSource({ store: memoryStore({ clock }), key: 'user:42' })
  const token = Token.from({
    accessToken: 'canary-bound-0',
    tokenType: 'DPoP',
    refreshToken: 'canary-refresh-0',
    expiresAt: clock.now() + hour,
    scope: ['read'],
  })
  await tokens.save(token)
  const requests = async (path = '/v1/me'): Promise<readonly FaultyRequest[]> =>
    (await api.requests()).filter((request) => request.path === path)
  return {
    api,
    url: `${api.url}/v1/me`,
    provider,
    tokens,
    token,
    clock,
    keys,
    fetch: authorizedFetch(tokens, more),
    types: () => events.map(({ type }: GrantEvent) => type).filter((type) => type !== 'request'),
    requests,
    proofs: async () => claimsOf(await requests()),
    presented: async () => (await requests()).map(({ headers }) => headers['authorization']),
    tokenRequests,
  }
}
