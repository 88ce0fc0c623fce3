/**
 * The Notion preset of Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const reference = 'https://developers.notion.com/reference'
const create = `${reference}/create-a-token`
const refresh = `${reference}/refresh-a-token`
const revoke = `${reference}/revoke-token`
const versions = `${reference}/versioning`
const reviewed = '2026-11-20'

/** Every request has an API version; your own request can set another one. */
const headers = { 'notion-version': '2026-03-11' } as const

/**
 * Notion. It has no scopes: the settings of an integration define its capabilities, and the user chooses the pages. The
 * workspace and its bot are in `token.extra`.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { notion } from '@grantkit/providers/notion'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const { url } = await new Provider(notion, client).grant(AuthorizationCode).authorize()
 * url.searchParams.get('owner') // => 'user'
 * ```
 */
export const notion: ProviderDefinition<never, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'notion',
  metadata: {
    authorization_endpoint: 'https://api.notion.com/v1/oauth/authorize',
    token_endpoint: 'https://api.notion.com/v1/oauth/token',
    revocation_endpoint: 'https://api.notion.com/v1/oauth/revoke',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.notion.com'],
  clientAuthentication: { method: 'client_secret_basic', source: create },
  refreshToken: { rotation: 'always', source: refresh },
  parameters: { authorization: { owner: 'user' } },
  tokenRequest: { encoding: 'json', headers, source: create },
  revocation: { encoding: 'json', headers, omitted: ['token_type_hint'], tokens: 'access_token', source: revoke },
  api: { headers, source: versions },
  sources: [
    ...[create, refresh, revoke].map((url) => ({ url, read: reviewed })),
    { url: versions, read: '2026-11-21' },
  ],
})
