import { Token } from '../token/token.ts'
import type { TokenRequest } from './port.ts'
import type { TokenResponse } from './token-response.ts'

/** The token of a response. An ID token stays among the extras, unread, until it is verified. */
export function tokenOf(
  { accessToken, tokenType, expiresIn, refreshExpiresIn, idToken, extra, ...response }: TokenResponse,
  request: TokenRequest,
  sentAt: number,
): Token {
  return new Token({
    accessToken,
    tokenType,
    scope: response.scope ?? request.assumedScope ?? request.scope,
    requestedScope: request.scope?.length ? request.scope : undefined,
    resource: request.resource,
    expiresAt: expiresIn === undefined ? undefined : sentAt + expiresIn * 1000,
    refreshExpiresAt: refreshExpiresIn === undefined ? undefined : sentAt + refreshExpiresIn * 1000,
    refreshToken: response.refreshToken,
    authorizationDetails: response.authorizationDetails,
    extra: idToken === undefined ? extra : { ...extra, id_token: idToken },
  })
}
