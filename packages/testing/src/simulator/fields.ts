import type { ProviderDefinition } from '@grantkit/core'
import type { SimulationContext } from './context.ts'
import type { IssuedTokens } from './ledger.ts'

/** Lifetime of a refresh token in seconds, if the responses include it. */
const refreshLifetime = 86_400

/** The fields of a token response by RFC 6749 §5.1, with the scope as an array. */
export function standardFields(
  { granted, accessToken, refreshToken }: IssuedTokens,
  idToken: string | undefined,
  { definition, options }: SimulationContext,
): Record<string, unknown> {
  const { api, metadata } = definition
  const { accessTokenLifetime = 3600, members } = options
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: accessTokenLifetime,
    scope: granted.scope,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    ...(refreshToken !== undefined &&
      reportsRefreshLifetime(definition) && { refresh_token_expires_in: refreshLifetime }),
    ...(idToken !== undefined && { id_token: idToken }),
    ...(api?.origin && { [api.origin.member]: new URL(metadata.token_endpoint).origin }),
    ...members,
  }
}

function reportsRefreshLifetime({ tokenResponse = {} }: ProviderDefinition): boolean {
  return (tokenResponse.refreshExpiresIn ?? tokenResponse.members?.refresh_token_expires_in) !== undefined
}
