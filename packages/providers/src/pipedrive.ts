/**
 * The Pipedrive preset of Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const sdk = 'https://github.com/pipedrive/client-nodejs'
const docs = 'the page on OAuth authorization at pipedrive.readme.io'

/**
 * Pipedrive. The settings of an app define its scopes, and the host of the API is in `token.extra.api_domain`.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { pipedrive } from '@grantkit/providers/pipedrive'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(pipedrive, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['base'] })
 * url.origin + url.pathname // => 'https://oauth.pipedrive.com/oauth/authorize'
 * ```
 */
export const pipedrive: ProviderDefinition<string, 'authorization_endpoint'> = freeze({
  name: 'pipedrive',
  metadata: {
    authorization_endpoint: 'https://oauth.pipedrive.com/oauth/authorize',
    token_endpoint: 'https://oauth.pipedrive.com/oauth/token',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  clientAuthentication: { method: 'client_secret_basic' },
  pkce: 'refused',
  api: { origin: { member: 'api_domain', domains: ['pipedrive.com'] } },
  sources: [{ url: sdk, read: '2026-04-20' }],
  unverified: [
    { fact: 'metadata', settles: docs },
    { fact: 'clientAuthentication.method', settles: docs },
    { fact: 'pkce', settles: 'a login with PKCE' },
    { fact: 'api.origin', settles: docs },
  ],
})
