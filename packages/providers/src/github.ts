/**
 * The GitHub preset of Grantkit: its endpoints, scopes and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of GitHub's OAuth apps; a GitHub App has permissions instead. */
export type GitHubScope =
  | 'repo'
  | 'repo:status'
  | 'repo_deployment'
  | 'public_repo'
  | 'repo:invite'
  | 'security_events'
  | `${'admin' | 'write' | 'read'}:${'repo_hook' | 'org' | 'public_key' | 'gpg_key'}`
  | 'admin:org_hook'
  | 'gist'
  | 'notifications'
  | 'user'
  | 'read:user'
  | 'user:email'
  | 'user:follow'
  | 'project'
  | 'read:project'
  | 'delete_repo'
  | `${'write' | 'read' | 'delete'}:packages`
  | 'codespace'
  | 'workflow'
  | 'read:audit_log'
  | `${'admin' | 'manage_runners' | 'manage_billing' | 'read'}:enterprise`

const docs = 'https://docs.github.com/en'
const authorizing = `${docs}/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps`
const errors = `${docs}/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors`
const refreshing = `${docs}/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens`
const revoking = `${docs}/rest/apps/oauth-applications`
const discovery = `${docs}/apps/github-authentication-discovery-endpoints`
const limits = `${docs}/rest/using-the-rest-api/rate-limits-for-the-rest-api`
const reviewed = '2026-11-20'

/**
 * GitHub, for OAuth apps and GitHub Apps. The tokens of a GitHub App expire after eight hours and are refreshed; those of
 * an OAuth app do not expire.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { github } from '@grantkit/providers/github'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const { url } = await new Provider(github, client).grant(Pkce).authorize({ scope: ['read:user', 'gist'] })
 * url.origin + url.pathname // => 'https://github.com/login/oauth/authorize'
 * ```
 */
export const github: ProviderDefinition<GitHubScope, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'github',
  metadata: {
    issuer: 'https://github.com/login/oauth', // without OpenID Connect: GitHub issues no ID tokens
    authorization_endpoint: 'https://github.com/login/oauth/authorize',
    token_endpoint: 'https://github.com/login/oauth/access_token',
    code_challenge_methods_supported: ['S256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://api.github.com'],
  redirectUri: { paths: 'below', source: authorizing },
  clientAuthentication: { method: 'client_secret_post', source: authorizing },
  refreshToken: { rotation: 'always', source: refreshing },
  tokenResponse: {
    formEncoded: true, // unless the request accepts JSON; some proxies drop that header
    scopeSeparator: ',',
    error: {
      status: 200,
      codes: { bad_refresh_token: 'invalid_grant', incorrect_client_credentials: 'invalid_client' },
    },
    source: errors,
  },
  revocation: {
    endpoint: 'https://api.github.com/applications/{client_id}/token',
    method: 'DELETE',
    encoding: 'json',
    authentication: 'client_secret_basic',
    renamed: { token: 'access_token' },
    omitted: ['token_type_hint'],
    statuses: [204],
    tokens: 'access_token',
    source: revoking,
  },
  api: {
    rateLimit: {
      reset: 'x-ratelimit-reset',
      format: 'epoch_seconds',
      remaining: 'x-ratelimit-remaining',
      statuses: [403],
    },
    source: limits,
  },
  sources: [
    ...[authorizing, errors, refreshing, revoking, limits].map((url) => ({ url, read: reviewed })),
    { url: discovery, read: '2026-11-21' },
  ],
})
