/**
 * The LinkedIn preset of Grantkit: its endpoints, scopes and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of LinkedIn; the products of an app decide which it can request. */
export type LinkedInScope = 'openid' | 'profile' | 'email' | `${'r' | 'w' | 'rw'}_${string}`

const docs = 'https://learn.microsoft.com/en-us/linkedin/shared/authentication'
const codeFlow = `${docs}/authorization-code-flow`
const refreshing = `${docs}/programmatic-refresh-tokens`
const signIn = 'https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2'
const discovery = 'https://www.linkedin.com/oauth/.well-known/openid-configuration'
const reviewed = '2026-11-20'

/**
 * LinkedIn, for the three-legged flow of a client with a secret. Refresh tokens are for approved partners; they expire a
 * year after the login, and responses include the remaining lifetime. LinkedIn does not document the nonce, and users of
 * other libraries report ID tokens without it, so the definition allows that; a nonce that is present is still checked.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { linkedin } from '@grantkit/providers/linkedin'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(linkedin, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['profile', 'w_member_social'] })
 * url.origin + url.pathname // => 'https://www.linkedin.com/oauth/v2/authorization'
 * ```
 */
export const linkedin: ProviderDefinition<LinkedInScope, 'authorization_endpoint'> = freeze({
  name: 'linkedin',
  metadata: {
    issuer: 'https://www.linkedin.com/oauth',
    authorization_endpoint: 'https://www.linkedin.com/oauth/v2/authorization',
    token_endpoint: 'https://www.linkedin.com/oauth/v2/accessToken',
    jwks_uri: 'https://www.linkedin.com/oauth/openid/jwks',
    scopes_supported: ['openid', 'profile', 'email'],
    id_token_signing_alg_values_supported: ['RS256'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
  },
  apiOrigins: ['https://api.linkedin.com'],
  clientAuthentication: { method: 'client_secret_post', source: codeFlow },
  pkce: 'refused', // it has another authorization endpoint, for native apps only
  tokenResponse: { tokenType: 'Bearer', scopeSeparator: ',', source: codeFlow },
  idToken: { nonce: 'missing', source: signIn }, // undocumented, but reported by users of other libraries
  sources: [
    ...[codeFlow, refreshing].map((url) => ({ url, read: reviewed })),
    ...[signIn, discovery].map((url) => ({ url, read: '2026-11-21' })),
  ],
})
