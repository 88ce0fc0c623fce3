/**
 * The Yandex preset of Grantkit: its endpoints and rules, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

const refreshing = 'https://yandex.ru/dev/id/doc/en/tokens/refresh-client'
const codes = 'the page on requesting a code, beside that one'

/**
 * Yandex ID. A refresh returns a new access token and refresh token, or the old ones if they last long enough.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { yandex } from '@grantkit/providers/yandex'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(yandex, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['login:info'] })
 * url.origin + url.pathname // => 'https://oauth.yandex.com/authorize'
 * ```
 */
export const yandex: ProviderDefinition<string, 'authorization_endpoint'> = freeze({
  name: 'yandex',
  metadata: {
    authorization_endpoint: 'https://oauth.yandex.com/authorize',
    token_endpoint: 'https://oauth.yandex.com/token',
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  apiOrigins: ['https://login.yandex.ru'],
  refreshToken: { rotation: 'sometimes', source: refreshing },
  sources: [{ url: refreshing, read: '2026-11-21' }],
  unverified: [
    { fact: 'metadata.authorization_endpoint', settles: codes },
    { fact: 'apiOrigins', settles: 'Yandex’s page on user information' },
  ],
})
