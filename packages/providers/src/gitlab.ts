/**
 * The GitLab preset of Grantkit: the endpoints of gitlab.com, or of your own instance, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of gitlab.com; an older instance may not support all of them. */
export type GitLabScope =
  | 'api'
  | 'read_api'
  | 'read_user'
  | `${'create' | 'manage'}_runner`
  | 'k8s_proxy'
  | 'self_rotate'
  | 'mcp'
  | 'mcp_orbit'
  | `${'read' | 'write'}_${'repository' | 'registry' | 'virtual_registry' | 'observability'}`
  | 'ai_features'
  | 'ai_workflows'
  | 'sudo'
  | 'admin_mode'
  | 'read_service_ping'
  | 'openid'
  | 'profile'
  | 'email'
  | `user:${string}`

const discovery = 'https://gitlab.com/.well-known/openid-configuration'
const docs = 'https://docs.gitlab.com'
const api = `${docs}/api/oauth2/`
const provider = `${docs}/integration/oauth_provider/`
const reviewed = '2026-11-20'

/**
 * GitLab: gitlab.com by default, or the URL of your own instance. Every refresh revokes the previous access token
 * and refresh token. Throws a `TypeError` for anything but an https URL.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { gitlab } from '@grantkit/providers/gitlab'
 *
 * const client = { clientId: 'my-client', redirectUri: 'https://app.example/callback' }
 * const { url } = await new Provider(gitlab('https://git.app.example'), client).grant(Pkce).authorize({ scope: ['read_user'] })
 * url.origin + url.pathname // => 'https://git.app.example/oauth/authorize'
 * gitlab().name // => 'gitlab'
 * ```
 */
export function gitlab(
  instance: string = 'https://gitlab.com',
): ProviderDefinition<GitLabScope, 'authorization_endpoint' | 'revocation_endpoint'> {
  const url = URL.canParse(instance) ? new URL(instance) : undefined
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new TypeError('a GitLab instance has to be an https URL, such as "https://gitlab.example"')
  const base = url.origin + url.pathname.replace(/\/$/, '')
  return freeze({
    name: base === 'https://gitlab.com' ? 'gitlab' : `gitlab-${base.slice(8)}`,
    metadata: {
      issuer: base,
      authorization_endpoint: `${base}/oauth/authorize`,
      token_endpoint: `${base}/oauth/token`,
      revocation_endpoint: `${base}/oauth/revoke`,
      jwks_uri: `${base}/oauth/discovery/keys`,
      scopes_supported: ['openid', 'profile', 'email'], // and all those of `GitLabScope`
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      code_challenge_methods_supported: ['plain', 'S256'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    },
    apiOrigins: [url.origin],
    refreshToken: { rotation: 'always', source: api },
    sources: [discovery, api, provider].map((page) => ({ url: page, read: reviewed })),
  })
}
