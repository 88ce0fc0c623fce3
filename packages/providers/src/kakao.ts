/**
 * The Kakao preset of Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const docs = 'https://developers.kakao.com/docs/latest/kakaologin/rest-api'

/**
 * Kakao Login. Responses tell the lifetime of the refresh token.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { kakao } from '@grantkit/providers/kakao'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(kakao, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['profile_nickname'] })
 * url.origin + url.pathname // => 'https://kauth.kakao.com/oauth/authorize'
 * ```
 */
export const kakao: ProviderDefinition<string, 'authorization_endpoint'> = freeze({
  name: 'kakao',
  metadata: {
    authorization_endpoint: 'https://kauth.kakao.com/oauth/authorize',
    token_endpoint: 'https://kauth.kakao.com/oauth/token',
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://kapi.kakao.com'],
  clientAuthentication: { method: 'client_secret_post' },
  sources: [{ url: docs, read: '2026-11-21' }],
  unverified: [
    { fact: 'metadata.token_endpoint', settles: 'the section of the page on requesting a token' },
    { fact: 'apiOrigins', settles: 'the section of the page on user information' },
    { fact: 'clientAuthentication.method', settles: 'the section of the page on requesting a token' },
  ],
})
