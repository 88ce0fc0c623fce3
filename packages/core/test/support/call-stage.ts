import { authorizedFetch, type AuthorizedFetchOptions, type GrantEvent, memoryStore, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { testClock } from './clock.ts'
import { confidential, scene } from './scene.ts'
import { faultServer } from './servers.ts'

const tokenAnswer = (n: number): Reply => ({
  json: {
    access_token: `access-token-${n}`,
    token_type: 'Bearer',
    expires_in: 3600,
    refresh_token: `refresh-token-${n}`,
  },
})

/** An API with its authorization server, and a source whose token is fresh as far as its clock tells. */
export async function stage(
  api: readonly Reply[],
  options: AuthorizedFetchOptions = {},
  tokenReplies: readonly Reply[] = [tokenAnswer(1), tokenAnswer(2), tokenAnswer(3)],
) {
  const server = await faultServer()
  await server.reply('/v1/me', ...api)
  const { provider: make, tokenRequests } = await scene(...tokenReplies)
  const events: GrantEvent[] = []
  const clock = testClock()
  const provider = make(confidential, { apiOrigins: [server.url] }, { clock, onEvent: (event) => events.push(event) })
  const tokens = provider.tokenSource({ store: memoryStore({ clock }), key: 'user:42' })
  await tokens.save(
    Token.from({
      accessToken: 'access-token-0',
      refreshToken: 'refresh-token-0',
      expiresAt: clock.now() + 3_600_000,
      scope: ['read'],
    }),
  )
  const requests = async () => (await server.requests()).filter(({ path }) => path === '/v1/me')
  const sent = async () =>
    (await requests()).map(({ headers }) => headers['authorization']?.replace('Bearer access-token-', 'token '))
  return {
    server,
    url: `${server.url}/v1/me`,
    fetch: authorizedFetch(tokens, options),
    tokens,
    provider,
    clock,
    events,
    requests,
    sent,
    tokenRequests,
  }
}
