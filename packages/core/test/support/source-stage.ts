import {
  type GrantEvent,
  type GrantSource,
  memoryStore,
  type ProviderDefinition,
  type ProviderOptions,
  type StoredSource,
  Token,
} from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { someTime, testClock } from './clock.ts'
import { confidential, scene } from './scene.ts'

export const answer = (n: number, more: object = {}) => ({
  json: { access_token: `at-${n}`, token_type: 'Bearer', expires_in: 3600, refresh_token: `rt-${n}`, ...more },
})

/** A token that was obtained now and is valid for an hour. */
export const fresh = (more: object = {}) =>
  Token.from({
    accessToken: 'at-0',
    refreshToken: 'rt-0',
    expiresAt: someTime + 3_600_000,
    scope: ['read', 'write'],
    ...more,
  })

/** A provider whose token endpoint gives these responses, and a source over a store that holds a token. */
export async function stage(
  replies: readonly Reply[] = [answer(1), answer(2), answer(3)],
  definition: Partial<ProviderDefinition> = {},
  options: ProviderOptions = {},
) {
  const { provider: make, tokenRequests, lastRequest, server } = await scene(...replies)
  const clock = testClock()
  const events: GrantEvent[] = []
  const provider = make(confidential, definition, {
    clock,
    onEvent: (event) => event.type !== 'request' && events.push(event),
    ...options,
  })
  const store = memoryStore({ clock })
  const source = (more: Partial<StoredSource & GrantSource> = {}) =>
    provider.tokenSource({ store, key: 'user:42', ...more })
  const types = () => events.map(({ type }) => type)
  return { provider, store, source, clock, events, types, tokenRequests, lastRequest, server }
}
