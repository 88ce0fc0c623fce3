import type { GrantError } from '../errors/grant-error.ts'
import { memberOf } from './oauth-error.ts'

/** Beside the errors, not in them: no log, no JSON and no inspection reaches it. */
const salvaged = new WeakMap<GrantError, string>()

/**
 * Remembers the new refresh token of an answer that was refused for another reason. The server has rotated, so it is
 * the only live one: whoever keeps the grant stores it, and nobody else sees it.
 */
export function rememberRefreshToken(error: GrantError, refreshToken: unknown): void {
  if (typeof refreshToken === 'string' && /^[\u0020-\u007E]+$/.test(refreshToken)) salvaged.set(error, refreshToken)
}

/** The same for an answer that could not be read as a token at all. */
export function rememberRefreshTokenOf(error: GrantError, body: string): void {
  rememberRefreshToken(error, memberOf(body, 'refresh_token'))
}

/** The refresh token that came with a refused answer, for the token source. */
export function salvagedRefreshToken(error: GrantError): string | undefined {
  return salvaged.get(error)
}
