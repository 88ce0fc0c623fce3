import { isObject } from '../../wire/json.ts'

/** A public key as it is published (RFC 7517 §4): the fields that a signature is verified with, and no other. */
export type PublishedKey = Readonly<Record<string, unknown>> & { readonly kty: string }

const mostKeys = 100
/** Octets of an RSA modulus: below, it signs nothing (RFC 7518 §3.3); beyond, verifying takes too long. */
const [shortestModulus, longestModulus] = [256, 1024]
/** Octets of an RSA exponent: 65537 has three, and time grows with each of them. */
const longestExponent = 4
const fields = ['kty', 'kid', 'use', 'alg', 'key_ops', 'n', 'e', 'crv', 'x', 'y']
const curves: Readonly<Record<string, readonly string[]>> = {
  EC: ['P-256', 'P-384', 'P-521'],
  OKP: ['Ed25519'],
}

/**
 * The keys of a set (RFC 7517 §5) that may verify a signature, 100 at most. Whoever publishes a set chooses how long it
 * takes to use it, so each key is judged by its size before anything is computed with it. Undefined for what is not a key set.
 */
export function judgeKeys(document: unknown): readonly PublishedKey[] | undefined {
  if (!isObject(document) || !Array.isArray(document['keys'])) return undefined
  return document['keys'].filter(isUsable).slice(0, mostKeys).map(copyOf)
}

function isUsable(key: unknown): key is PublishedKey {
  if (!isObject(key)) return false
  const { kty, crv, n, e } = key
  if (kty === 'RSA') {
    const [modulus, exponent] = [octetsOf(n), octetsOf(e)]
    return modulus >= shortestModulus && modulus <= longestModulus && exponent > 0 && exponent <= longestExponent
  }
  return typeof kty === 'string' && Object.hasOwn(curves, kty) && curves[kty]!.includes(crv as string)
}

/** How many octets a number in base64url has (RFC 7518 §2); 0 for what is not one, or far too long. */
function octetsOf(number: unknown): number {
  if (typeof number !== 'string' || !/^[\w-]{1,1400}$/.test(number) || number.length % 4 === 1) return 0
  return atob(number.replaceAll('-', '+').replaceAll('_', '/')).replace(/^\0+/, '').length
}

function copyOf(key: PublishedKey): PublishedKey {
  return Object.fromEntries(
    fields.filter((name) => key[name] !== undefined).map((name) => [name, key[name]]),
  ) as PublishedKey
}
