import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownOptions } from '../errors/unknown-fields.ts'
import { Token } from '../token/token.ts'
import type { RequestValues } from '../wire/form.ts'
import type { BackChannel, BackChannelRequest } from './back-channel.ts'
import type { Used } from './deviations/used.ts'
import { tokenError } from './oauth-error.ts'
import { revocationEndpoint } from './revocation-endpoint.ts'

/** The tokens of a grant that is to be revoked. */
export interface RevocableGrant {
  readonly accessToken?: string | undefined
  readonly refreshToken?: string | undefined
  /** Extra fields of the token response. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

/** What {@link Provider.revoke} may be given. */
export interface RevokeOptions {
  /** Ends the request; it then rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** The tokens to revoke: a string is a refresh token. Throws `config_invalid`. */
export function revocable(token: unknown, options: RevokeOptions): RevocableGrant {
  refuseUnknownOptions(options, { what: 'the options of revoke', fields: ['signal'] })
  if (token instanceof Token) return token
  if (typeof token === 'string' && token !== '') return { refreshToken: token }
  throw new GrantError('config_invalid', 'revoke takes a Token, or a refresh token as a string')
}

/** How the tokens of a grant are revoked. */
export interface Revocation {
  readonly channel: BackChannel
  readonly provider: ProviderDefinition
  readonly clientId: string
  readonly used: Used
  readonly signal?: AbortSignal | undefined
}

interface Revoked {
  readonly token: string
  readonly token_type_hint: 'refresh_token' | 'access_token'
}

/**
 * Tells the provider that the tokens of a grant are no longer needed (RFC 7009 §2.1). One that it does not know is
 * revoked already, and that is success. Rejects with `config_invalid` if the metadata names no endpoint, else
 * with what the provider said.
 */
export async function revokeGrant(grant: RevocableGrant, revocation: Revocation): Promise<void> {
  for (const revoked of tokensToRevoke(grant, revocation)) await revoke(revoked, grant.extra, revocation)
}

/** What has to be revoked to revoke a grant: the refresh token, then the access token, unless the provider does it otherwise. */
function tokensToRevoke(
  { refreshToken, accessToken }: RevocableGrant,
  { provider: { name, revocation: { tokens = 'both' } = {} }, used }: Revocation,
): readonly Revoked[] {
  const access = accessToken === undefined ? [] : [{ token: accessToken, token_type_hint: 'access_token' } as const]
  if (refreshToken === undefined) return access
  const refresh = { token: refreshToken, token_type_hint: 'refresh_token' } as const
  if (tokens === 'access_token' && access.length === 0)
    throw new GrantError('config_invalid', `${name} revokes access tokens only: pass the Token`, { provider: name })
  if (tokens === 'access_token') {
    used('revocation.tokens')
    return access
  }
  return tokens === 'either' ? [refresh] : [refresh, ...access]
}

async function revoke(revoked: Revoked, said: RevocableGrant['extra'], revocation: Revocation): Promise<void> {
  const { channel, signal } = revocation
  const response = await channel.request({ ...revocationRequest({ ...revoked }, revocation), said, signal })
  if (response.status !== 200) throw tokenError(response, response.request)
}

/** The request that revokes one token, as the provider expects it. Throws `config_invalid` where there is no endpoint for it. */
export function revocationRequest(
  form: RequestValues,
  { provider, clientId, used }: Pick<Revocation, 'provider' | 'clientId' | 'used'>,
): BackChannelRequest {
  const bearer = provider.revocation?.authentication === 'bearer'
  if (bearer) used('revocation.authentication')
  const presented = `Bearer ${String(form['token'])}`
  return {
    purpose: 'revocation',
    url: new URL(revocationEndpointOf(provider, clientId)),
    parameters: { ...provider.revocation?.parameters, ...(!bearer && form) },
    // at Dropbox and Slack, the token itself proves that it may be revoked
    ...(bearer && { authenticate: ({ headers }) => headers.set('authorization', presented) }),
  }
}

function revocationEndpointOf(provider: ProviderDefinition, clientId: string): string {
  const endpoint = revocationEndpoint(provider, clientId)
  if (endpoint !== undefined) return endpoint
  const { name } = provider
  const message = `${name} has no revocation_endpoint in its metadata: add it, or let the tokens expire`
  throw new GrantError('config_invalid', message, { provider: name })
}
