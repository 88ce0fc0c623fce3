import type { TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client'
import { readTokenResponse } from '../protocol/token-response.ts'
import { boundedExtra } from '../token/extra.ts'
import { Token } from '../token/token.ts'

/** What openid-client does not know of a token. */
export interface TokenFromOptions {
  /** The scopes that were asked for, and are granted if the response does not say otherwise. */
  readonly scope?: readonly string[] | undefined
  /** The token that was refreshed: what the response leaves out stays as it was. */
  readonly previous?: Token | undefined
  /** When the response came, in milliseconds since the epoch; now unless given. */
  readonly now?: number | undefined
}

/**
 * The `Token` of a token response of openid-client, read as strictly as any other: what openid-client accepts may be
 * refused here with `token_response_invalid`. Claims are those that it has verified.
 */
export function tokenFrom(
  response: TokenEndpointResponse & Partial<TokenEndpointResponseHelpers>,
  { scope, previous, now = Date.now() }: TokenFromOptions = {},
): Token {
  const read = readTokenResponse(
    { status: 200, headers: new Headers(), body: JSON.stringify(response) },
    { provider: 'openid-client', purpose: '', endpoint: 'the token endpoint', authentication: '', now, secrets: [] },
  )
  const claims = response.claims?.()
  const { refreshToken = previous?.refreshToken, idToken } = read
  return new Token({
    ...previous,
    accessToken: read.accessToken,
    tokenType: read.tokenType,
    scope: read.scope ?? scope ?? previous?.scope,
    requestedScope: scope ?? previous?.requestedScope,
    expiresAt: read.expiresIn === undefined ? undefined : now + read.expiresIn * 1000,
    refreshExpiresAt:
      read.refreshExpiresIn === undefined ? previous?.refreshExpiresAt : now + read.refreshExpiresIn * 1000,
    refreshToken,
    ...(claims && { claims, idToken: idToken as string }),
    extra: boundedExtra(read.extra, previous?.extra ?? {}),
  })
}
