import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'

/** 64 of the 66 characters that RFC 7636 §4.1 allows, those of base64url: six random bits are one character. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * A state: 43 characters of base64url, 258 random bits, which bind a callback to the browser that began (RFC 6749 §10.12). `authorize` makes one by
 * itself.
 *
 * @example
 * ```ts
 * import { generateState } from '@grantkit/core'
 *
 * generateState().length // => 43
 * ```
 */
export function generateState(): string {
  return randomText(43) // 258 bits
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
      `a code verifier must be between 43 and 128 characters long, not ${quote(length)} (RFC 7636 §4.1)`,
    )
  return randomText(length)
}

/** A character for the octet that lies so far before the end of the pool. */
function take(distance: number): number {
  const octet = pool[unused - distance] as number
  pool[unused - distance] = 0
  return alphabet.charCodeAt(octet & 63)
}

/** Random octets that were drawn ahead: one draw for many texts. What was used is wiped. */
const pool = new Uint8Array(4096)
let unused = 0

function randomText(length: number): string {
  if (unused < length) {
    crypto.getRandomValues(pool)
    unused = pool.length
  }
  let text = ''
  for (; text.length + 8 <= length; unused -= 8)
    text += String.fromCharCode(take(1), take(2), take(3), take(4), take(5), take(6), take(7), take(8))
  for (; text.length < length; unused--) text += String.fromCharCode(take(1))
  return text
}
