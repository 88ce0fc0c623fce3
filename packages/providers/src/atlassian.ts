/**
 * The Atlassian preset of Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const apps = 'https://developer.atlassian.com/cloud/jira/software/oauth-2-3lo-apps/'
const staff = 'https://community.developer.atlassian.com/t/60806/2'
const day = 24 * 60 * 60

/**
 * Atlassian Cloud (Jira, Confluence), with OAuth 2.0 (3LO). The default scope is `offline_access`, for a refresh token,
 * which every refresh replaces: write `scope: { add: […] }` for the scopes of your app.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { atlassian } from '@grantkit/providers/atlassian'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(atlassian, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: { add: ['read:me'] } })
 * url.searchParams.get('scope') // => 'offline_access read:me'
 * ```
 */
export const atlassian: ProviderDefinition<string, 'authorization_endpoint'> = freeze({
  name: 'atlassian',
  metadata: {
    authorization_endpoint: 'https://auth.atlassian.com/authorize',
    token_endpoint: 'https://auth.atlassian.com/oauth/token',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  defaultScope: ['offline_access'],
  apiOrigins: ['https://api.atlassian.com'],
  clientAuthentication: { method: 'client_secret_post' },
  refreshToken: { rotation: 'always', idleLifetime: 90 * day, absoluteLifetime: 365 * day, source: staff },
  parameters: { authorization: { audience: 'api.atlassian.com', prompt: 'consent' } },
  sources: [apps, staff].map((url) => ({ url, read: '2026-11-21' })),
  unverified: [
    { fact: 'apiOrigins', settles: apps },

    { fact: 'defaultScope', settles: apps },
    { fact: 'clientAuthentication.method', settles: apps },
    { fact: 'parameters.authorization.prompt', settles: apps },
  ],
})
