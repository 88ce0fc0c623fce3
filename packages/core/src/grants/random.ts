import { GrantError } from '../errors/grant-error.ts'
import { kindOf } from '../errors/quote.ts'

/** 64 of the 66 characters that RFC 7636 §4.1 allows, those of base64url: six random bits are one character. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

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

/** Random octets are drawn when they are asked for: a process that is cloned from a snapshot must not repeat any. */
function randomString(length: number): string {
  const octets = crypto.getRandomValues(new Uint8Array(length))
  return Array.from(octets, (octet) => alphabet[octet & 63]).join('')
}
