import type { ProviderDefinition } from '@grantkit/core'
import type { SimulateProviderOptions } from '../simulated-provider.ts'
import type { IssuedTokens } from './ledger.ts'

/** Lifetime of a refresh token in seconds, where the responses tell it. */
const refreshLife = 86_400

/** The fields of a token response by RFC 6749 §5.1; the scope is still a list. */
export function standardMembers(
  { granted, accessToken, refreshToken }: IssuedTokens,
  definition: ProviderDefinition,
  { accessTokenLifetime = 3600, members }: SimulateProviderOptions,
  idToken: string | undefined,
): Record<string, unknown> {
  const { api, metadata } = definition
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: accessTokenLifetime,
    scope: granted.scope,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    ...(refreshToken !== undefined && tellsRefreshLife(definition) && { refresh_token_expires_in: refreshLife }),
    ...(idToken !== undefined && { id_token: idToken }),
    ...(api?.origin && { [api.origin.member]: new URL(metadata.token_endpoint).origin }),
    ...members,
  }
}

function tellsRefreshLife({ tokenResponse = {} }: ProviderDefinition): boolean {
  return (tokenResponse.refreshExpiresIn ?? tokenResponse.members?.refresh_token_expires_in) !== undefined
}
