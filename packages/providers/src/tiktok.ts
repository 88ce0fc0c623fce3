/**
 * The TikTok presets of Grantkit: for web and desktop apps, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of TikTok. */
export type TikTokScope =
  | `user.info.${'basic' | 'profile' | 'stats'}`
  | `video.${'list' | 'publish' | 'upload'}`
  | `${'research' | 'portability' | 'local'}.${string}`

const docs = 'https://developers.tiktok.com/doc'
const web = `${docs}/login-kit-web`
const desktop = `${docs}/login-kit-desktop/`
const tokens = `${docs}/oauth-user-access-token-management`
const reviewed = '2026-11-20'

/** TikTok calls the client identifier a key. */
const renamed = { client_id: 'client_key' } as const

const common = {
  metadata: {
    authorization_endpoint: 'https://www.tiktok.com/v2/auth/authorize/',
    token_endpoint: 'https://open.tiktokapis.com/v2/oauth/token/',
    revocation_endpoint: 'https://open.tiktokapis.com/v2/oauth/revoke/',
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
  },
  apiOrigins: ['https://open.tiktokapis.com'],
  clientAuthentication: { method: 'client_secret_post', source: tokens },
  refreshToken: { rotation: 'sometimes', source: tokens },
  scopeSeparator: ',',
  tokenRequest: { renamed, source: tokens },
  tokenResponse: {
    members: { refresh_token_expires_in: 'refresh_expires_in' },
    scopeSeparator: ',',
    source: tokens,
  },
  revocation: { renamed, omitted: ['token_type_hint'], tokens: 'access_token', source: tokens },
  sources: [web, desktop, tokens].map((url) => ({ url, read: reviewed })),
} as const satisfies Partial<ProviderDefinition>

/**
 * TikTok, for web apps. A redirect URI has to be https without a query; the user is `token.extra.open_id`.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { tiktok } from '@grantkit/providers/tiktok'
 *
 * const client = { clientId: 'my-key', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(tiktok, client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['user.info.basic', 'video.list'] })
 * url.searchParams.get('client_key') // => 'my-key'
 * url.searchParams.get('scope') // => 'user.info.basic,video.list'
 * ```
 */
export const tiktok: ProviderDefinition<TikTokScope, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'tiktok',
  ...common,
  redirectUri: { loopback: 'refused', customScheme: 'refused', source: web },
  authorizationRequest: { renamed, source: web },
})

/**
 * TikTok, for desktop apps: the redirect URI is on this machine, and the code challenge is hexadecimal.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { tiktokDesktop } from '@grantkit/providers/tiktok'
 *
 * const client = { clientId: 'my-key', clientSecret: 'my-secret', redirectUri: 'http://127.0.0.1:3455/callback/' }
 * const { url } = await new Provider(tiktokDesktop, client).grant(Pkce).authorize({ scope: ['user.info.basic'] })
 * url.searchParams.get('code_challenge')?.length // => 64
 * ```
 */
export const tiktokDesktop: ProviderDefinition<TikTokScope, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'tiktok-desktop',
  ...common,
  pkce: 'required',
  redirectUri: { customScheme: 'refused', source: desktop },
  authorizationRequest: { renamed, codeChallenge: 'hex', source: desktop },
})
