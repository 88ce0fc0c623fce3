/**
 * The Discord preset of Grantkit: its endpoints, scopes and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Discord; some need its approval. */
export type DiscordScope =
  | 'activities.read'
  | 'activities.write'
  | 'applications.builds.read'
  | 'applications.builds.upload'
  | 'applications.commands'
  | 'applications.commands.update'
  | 'applications.commands.permissions.update'
  | 'applications.entitlements'
  | 'applications.store.update'
  | 'bot'
  | 'connections'
  | 'dm_channels.read'
  | 'email'
  | 'gdm.join'
  | 'guilds'
  | 'guilds.join'
  | 'guilds.members.read'
  | 'identify'
  | 'identify.premium'
  | 'messages.read'
  | 'relationships.read'
  | 'role_connections.write'
  | 'rpc'
  | 'rpc.activities.write'
  | 'rpc.notifications.read'
  | 'rpc.voice.read'
  | 'rpc.voice.write'
  | 'voice'
  | 'webhook.incoming'

const docs = 'https://docs.discord.com/developers'
const oauth2 = `${docs}/topics/oauth2`
const limits = `${docs}/topics/rate-limits`
const reviewed = '2026-08-06' // the date of the reviewed copy

/**
 * Discord. Revoking one token of a grant revokes all of them.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { discord } from '@grantkit/providers/discord'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const { url } = await new Provider(discord, client).grant(AuthorizationCode).authorize({ scope: ['identify'] })
 * url.origin + url.pathname // => 'https://discord.com/oauth2/authorize'
 * ```
 */
export const discord: ProviderDefinition<DiscordScope, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'discord',
  metadata: {
    authorization_endpoint: 'https://discord.com/oauth2/authorize',
    token_endpoint: 'https://discord.com/api/oauth2/token',
    revocation_endpoint: 'https://discord.com/api/oauth2/token/revoke',
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
  },
  apiOrigins: ['https://discord.com'],
  revocation: { tokens: 'either', source: oauth2 },
  api: { rateLimit: { reset: 'x-ratelimit-reset-after' }, source: limits },
  sources: [oauth2, limits].map((url) => ({ url, read: reviewed })),
})
