import { GrantError } from '../errors/grant-error.ts'
import { kindOf } from '../errors/quote.ts'
import { base64url } from '../wire/base64url.ts'

/**
 * A state: 43 characters of base64url, 258 random bits, which bind a callback to the browser that began the login
 * (RFC 6749 §10.12). `authorize` makes one by itself.
 *
 * @example
 * ```ts
 * import { generateState } from '@grantkit/core'
 *
 * generateState().length // => 43
 * ```
 */
export function generateState(): string {
  return randomString(43)
}

/**
 * A code verifier of exactly `length` unreserved characters, from 43 to 128 (RFC 7636 §4.1). Throws `config_invalid`
 * for another length.
 *
 * @example
 * ```ts
 * import { generateVerifier } from '@grantkit/core'
 *
 * generateVerifier().length // => 64
 * generateVerifier(128).length // => 128
 * ```
 */
export function generateVerifier(length = 64): string {
  if (!Number.isInteger(length) || length < 43 || length > 128)
    throw new GrantError(
      'config_invalid',
      `a code verifier must be between 43 and 128 characters long, not ${typeof length === 'number' ? length : kindOf(length)} (RFC 7636 §4.1)`,
    )
  return randomString(length)
}

/**
 * Characters of base64url, which RFC 7636 §4.1 allows, of six random bits each. The octets are drawn when they are asked
 * for: a process that is cloned from a snapshot must not repeat any.
 */
function randomString(length: number): string {
  return base64url(crypto.getRandomValues(new Uint8Array(Math.ceil((length * 6) / 8)))).slice(0, length)
}
