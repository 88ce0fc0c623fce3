/**
 * The Slack presets of Grantkit: for the tokens of bots and of users, and for Sign in with Slack, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Slack, such as `channels:read`; a few are a single word. */
export type SlackScope = `${string}:${string}` | 'admin' | 'bot' | 'commands' | 'identify' | 'incoming-webhook'

/** A scope of Sign in with Slack. */
export type SlackSignInScope = 'openid' | 'email' | 'profile'

const docs = 'https://docs.slack.dev'
const access = `${docs}/reference/methods/oauth.v2.access`
const rotation = `${docs}/authentication/using-token-rotation`
const pkce = `${docs}/changelog/2026/03/30/pkce`
const revoke = `${docs}/reference/methods/auth.revoke`
const signIn = `${docs}/authentication/sign-in-with-slack`
const openidToken = `${docs}/reference/methods/openid.connect.token`
const discovery = 'https://slack.com/.well-known/openid-configuration'
const reviewed = '2026-11-20'

/** The common part of the bot and user presets. */
const common = {
  metadata: {
    authorization_endpoint: 'https://slack.com/oauth/v2/authorize',
    token_endpoint: 'https://slack.com/api/oauth.v2.access',
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://slack.com'],
  scopeSeparator: ',',
  refreshToken: { rotation: 'always', source: rotation },
  revocation: {
    endpoint: 'https://slack.com/api/auth.revoke',
    authentication: 'bearer',
    tokens: 'access_token',
    source: revoke,
  },
  sources: [access, rotation, pkce, revoke].map((url) => ({ url, read: reviewed })),
} as const satisfies Partial<ProviderDefinition>

const tokenResponse = {
  tokenType: 'Bearer', // Slack sends "bot" or "user"
  scopeSeparator: ',',
  error: { status: 200, codes: { invalid_refresh_token: 'invalid_grant' } },
  source: access,
} as const satisfies ProviderDefinition['tokenResponse']

/**
 * Slack, for the token of a bot. Tokens expire and can be refreshed if token rotation is on in the app's settings. PKCE
 * has to be enabled there too, which makes the app public for good, so a server should use `AuthorizationCode`.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { slack } from '@grantkit/providers/slack'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(slack, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['channels:read', 'chat:write'] })
 * url.searchParams.get('scope') // => 'channels:read,chat:write'
 * ```
 */
export const slack: ProviderDefinition<SlackScope, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'slack',
  ...common,
  tokenResponse,
})

/**
 * Slack, for the token of a user. The scopes are sent as `user_scope`, and the token is returned in `authed_user`.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { slackUser } from '@grantkit/providers/slack'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(slackUser, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['users:read'] })
 * url.searchParams.get('user_scope') // => 'users:read'
 * ```
 */
export const slackUser: ProviderDefinition<SlackScope, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'slack-user',
  ...common,
  authorizationRequest: { renamed: { scope: 'user_scope' }, source: access },
  tokenResponse: {
    ...tokenResponse,
    members: {
      access_token: 'authed_user.access_token',
      refresh_token: 'authed_user.refresh_token',
      expires_in: 'authed_user.expires_in',
      scope: 'authed_user.scope',
    },
  },
})

/**
 * Sign in with Slack (OpenID Connect): the identity of the user, in `token.claims`, without access to a workspace. It has
 * separate endpoints, and its scopes cannot be combined with those of {@link slack} and {@link slackUser}.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { slackSignIn } from '@grantkit/providers/slack'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(slackSignIn, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['openid', 'profile'] })
 * url.origin + url.pathname // => 'https://slack.com/openid/connect/authorize'
 * ```
 */
export const slackSignIn: ProviderDefinition<SlackSignInScope, 'authorization_endpoint' | 'userinfo_endpoint'> = freeze(
  {
    name: 'slack-sign-in',
    metadata: {
      issuer: 'https://slack.com',
      authorization_endpoint: 'https://slack.com/openid/connect/authorize',
      token_endpoint: 'https://slack.com/api/openid.connect.token',
      userinfo_endpoint: 'https://slack.com/api/openid.connect.userInfo',
      jwks_uri: 'https://slack.com/openid/connect/keys',
      scopes_supported: ['openid', 'profile', 'email'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
      id_token_signing_alg_values_supported: ['RS256'],
      grant_types_supported: ['authorization_code'],
    },
    apiOrigins: ['https://slack.com'],
    tokenResponse: { error: { status: 200 }, source: openidToken },
    sources: [signIn, openidToken, discovery].map((url) => ({ url, read: '2026-11-21' })),
  },
)
