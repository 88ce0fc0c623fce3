import type { GrantPort } from '../protocol/port.ts'
import type { Token } from '../token/token.ts'
import { refreshEnd } from './refresh-end.ts'

/** The token of a grant that the user has authorized now, with the scopes that were requested. */
export function issued(token: Token, requestedScope: readonly string[] | undefined, port: GrantPort): Token {
  const authorizedAt = port.clock.now()
  const { refreshExpiresAt } = token
  return token.with({
    requestedScope,
    authorizedAt,
    refreshExpiresAt: refreshEnd({ refreshExpiresAt, authorizedAt }, port.provider.refreshToken, authorizedAt),
  })
}
