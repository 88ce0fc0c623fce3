import { GrantError } from '../errors/grant-error.ts'
import { base64url, digest } from '../wire/base64url.ts'
import { generateVerifier } from './random.ts'

/** A code verifier with its challenge (RFC 7636 §4.1 and §4.2). */
export interface PkceProof {
  /** The secret that stays here until the code is redeemed. */
  readonly verifier: string
  /** What travels in the authorization URL. */
  readonly challenge: string
  /** Always `'S256'`: `plain` gives no protection if the URL leaks. */
  readonly method: 'S256'
}

/**
 * The `S256` challenge of a verifier (RFC 7636 §4.2). This bare function takes any string; everything else insists on the
 * length and the characters of RFC 7636 §4.1.
 *
 * @example
 * ```ts
 * import { pkceChallenge } from '@grantkit/core'
 *
 * await pkceChallenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk') // => 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
 * ```
 */
export async function pkceChallenge(verifier: string): Promise<string> {
  return base64url(await digest('SHA-256', verifier))
}

/**
 * A verifier and its challenge in one call: a new verifier, of a length of yours if you like, or your own verifier.
 * Rejects with `config_invalid` when the length or the characters are not those of RFC 7636 §4.1.
 *
 * @example
 * ```ts
 * import { generatePkce } from '@grantkit/core'
 *
 * const { verifier, challenge, method } = await generatePkce({ length: 120 })
 * verifier.length // => 120
 * challenge.length // => 43
 * method // => 'S256'
 * ```
 */
export async function generatePkce(
  options: { readonly length?: number; readonly verifier?: string } = {},
): Promise<PkceProof> {
  const verifier = options.verifier === undefined ? generateVerifier(options.length) : checkVerifier(options.verifier)
  return { verifier, challenge: await pkceChallenge(verifier), method: 'S256' }
}

/** Checks a verifier that came from elsewhere. Throws `config_invalid`. */
export function checkVerifier(verifier: unknown): string {
  if (typeof verifier === 'string' && /^[\w.~-]{43,128}$/.test(verifier)) return verifier
  throw new GrantError(
    'config_invalid',
    'a code verifier must be between 43 and 128 characters of A-Z a-z 0-9 - . _ ~ (RFC 7636 §4.1): generateVerifier() makes one',
  )
}

/** Checks a challenge that came from elsewhere: a SHA-256 hash in base64url. Throws `config_invalid`. */
export function checkChallenge(challenge: unknown): string {
  if (typeof challenge === 'string' && /^[\w-]{43}$/.test(challenge)) return challenge
  throw new GrantError(
    'config_invalid',
    'a code challenge is a SHA-256 hash in base64url, 43 characters: pkceChallenge(verifier) makes one',
  )
}
