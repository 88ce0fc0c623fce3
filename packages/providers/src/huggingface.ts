/**
 * The Hugging Face preset of Grantkit: its endpoints and scopes, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Hugging Face. */
export type HuggingFaceScope =
  | 'openid'
  | 'profile'
  | 'email'
  | 'read-billing'
  | 'read-repos'
  | 'write-repos'
  | 'manage-repos'
  | 'inference-api'
  | 'write-discussions'
  | 'jobs'
  | 'webhooks'

const docs = 'https://github.com/huggingface/hub-docs/blob/main/docs/hub/oauth.md'
const discovery = 'https://huggingface.co/.well-known/openid-configuration'

/**
 * Hugging Face. Pass `orgIds` as a parameter of `authorize` for the resources of an organization.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { huggingface } from '@grantkit/providers/huggingface'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(huggingface, client).grant(Pkce)
 * const { url } = await login.authorize({ scope: ['openid', 'read-repos'] })
 * url.origin + url.pathname // => 'https://huggingface.co/oauth/authorize'
 * ```
 */
export const huggingface: ProviderDefinition<
  HuggingFaceScope,
  'authorization_endpoint' | 'userinfo_endpoint' | 'device_authorization_endpoint'
> = freeze({
  name: 'huggingface',
  metadata: {
    issuer: 'https://huggingface.co',
    authorization_endpoint: 'https://huggingface.co/oauth/authorize',
    token_endpoint: 'https://huggingface.co/oauth/token',
    device_authorization_endpoint: 'https://huggingface.co/oauth/device',
    userinfo_endpoint: 'https://huggingface.co/oauth/userinfo',
    jwks_uri: 'https://huggingface.co/oauth/jwks',
    scopes_supported: ['openid', 'profile', 'email'], // and those of `HuggingFaceScope`
  },
  apiOrigins: ['https://huggingface.co'],
  clientAuthentication: { method: 'client_secret_basic', source: docs },
  sources: [{ url: docs, read: '2026-08-22' }],
  unverified: [{ fact: 'metadata.jwks_uri', settles: discovery }],
})
