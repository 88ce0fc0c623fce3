import { GrantError } from '../../errors/grant-error.ts'
import { quote } from '../../errors/quote.ts'
import { frozenCopy } from '../../token/plain.ts'
import type { PrivateJwk, PrivateKey } from '../client-registration.ts'
import type { PlatformKey } from '../platform-key.ts'

/** A private key of the registered application, as it was written. */
interface WrittenKey {
  readonly privateKey: PrivateKey
  readonly keyId?: string | undefined
  readonly algorithm?: string | undefined
}

/** A private key, and the algorithms that it may be used with: the one that was written or that it is for, else all of its kind. */
export interface CheckedKey {
  readonly privateKey: PrivateKey
  readonly keyId?: string
  readonly algorithms: readonly string[]
}

/** What a key is for, and the field that holds it. */
export interface KeyPurpose {
  readonly field: 'signingKey' | 'decryptionKey'
  readonly algorithms: Readonly<Record<string, readonly string[]>>
}

const agreement = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW']

/** Keys that sign, by their kind: RSA, or a curve. The first algorithm of a curve is its default. */
export const signing: KeyPurpose = {
  field: 'signingKey',
  algorithms: {
    RSA: ['PS256', 'RS256', 'PS384', 'RS384', 'PS512', 'RS512'],
    'P-256': ['ES256'],
    'P-384': ['ES384'],
    'P-521': ['ES512'],
    Ed25519: ['EdDSA', 'Ed25519'],
  },
}

/**
 * Keys that decrypt, by their kind (RFC 7518 §4.1): without RSA1_5, whose padding tells too much (RFC 8725 §3.2), keys that are
 * shared with the provider, and PBES2, which computes for as long as the sender likes.
 */
export const decrypting: KeyPurpose = {
  field: 'decryptionKey',
  algorithms: {
    RSA: ['RSA-OAEP-256', 'RSA-OAEP', 'RSA-OAEP-384', 'RSA-OAEP-512'],
    'P-256': agreement,
    'P-384': agreement,
    'P-521': agreement,
    X25519: agreement,
  },
}

/** What a key says of itself without being imported; what a PEM holds that cannot be read shows when it is. */
interface KeyFacts {
  /** `RSA`, or the curve. */
  readonly kind?: string | undefined
  readonly algorithm?: string | undefined
  readonly keyId?: string | undefined
  /** The size of an RSA key. */
  readonly bits?: number | undefined
}

/** Checks that a key is private and strong enough, and that its algorithm is one for its kind (RFC 8725 §3.1). Throws `config_invalid`. */
export function checkPrivateKey(
  { privateKey, keyId, algorithm: wanted }: WrittenKey,
  { field, algorithms }: KeyPurpose,
): CheckedKey {
  const facts = factsOf(privateKey, field)
  const { kind, bits = smallestRsa } = facts
  const fitting = kind === undefined ? Object.values(algorithms).flat() : algorithms[kind]
  if (!fitting)
    throw invalid(field, `${quote(kind)} is not a kind of key for this: write one of ${namesOf(algorithms)}`)
  if (bits < smallestRsa) throw invalid(field, tooSmall(bits))
  const algorithm = wanted ?? facts.algorithm
  if (algorithm === undefined && kind === undefined) throw notValid(field)
  const fixed = kind === 'RSA' && facts.algorithm !== undefined ? [facts.algorithm] : fitting
  if (algorithm !== undefined && !(fixed.includes(algorithm) && fitting.includes(algorithm))) {
    const possible = fixed.some((name) => fitting.includes(name)) ? fixed : fitting
    throw invalid(field, `a key of the kind ${kind} is not for ${quote(algorithm)}: it is for ${possible.join(', ')}`)
  }
  const id = keyId ?? facts.keyId
  const copy = typeof privateKey === 'object' && isJwk(privateKey) ? frozenCopy(privateKey) : privateKey
  const keyed = { privateKey: copy, ...(id !== undefined && { keyId: id }) }
  return { ...keyed, algorithms: algorithm === undefined ? fitting : [algorithm] }
}

/** The size in bits that an RSA key has at least (RFC 7518 §3.3). */
export const smallestRsa = 2048

/** What is wrong with a smaller one. */
export function tooSmall(bits: number): string {
  return `an RSA key of ${bits} bits is too small: it needs ${smallestRsa}`
}

/** Whether a key is a JSON Web Key. */
export function isJwk(key: Exclude<PrivateKey, string>): key is PrivateJwk {
  return 'kty' in key
}

function factsOf(key: unknown, field: string): KeyFacts {
  if (typeof key === 'string' && key.startsWith('-----BEGIN PRIVATE KEY-----')) return { kind: kindOfPem(key) }
  if (typeof key !== 'object' || key === null) throw notValid(field)
  if ('kty' in key) return factsOfJwk(key as PrivateJwk, field)
  if ('algorithm' in key && 'usages' in key) return factsOfCryptoKey(key as PlatformKey, field)
  throw notValid(field)
}

function factsOfJwk({ kty, crv, alg, kid, n, d }: PrivateJwk, field: string): KeyFacts {
  if (typeof d !== 'string') throw notPrivate(field)
  return {
    kind: kty === 'RSA' ? kty : String(crv),
    algorithm: typeof alg === 'string' ? alg : undefined,
    keyId: typeof kid === 'string' ? kid : undefined,
    bits: typeof n === 'string' ? Math.floor((n.length * 6) / 8) * 8 : undefined,
  }
}

function factsOfCryptoKey(key: PlatformKey, field: string): KeyFacts {
  if (key.type !== 'private') throw notPrivate(field)
  if (key.usages.includes('sign') === (field === 'decryptionKey'))
    throw invalid(field, `it is a key for something else: its usages are ${key.usages.join(', ') || 'none'}`)
  return factsOfAlgorithm(key)
}

/** The beginnings of what RSA keys of WebCrypto are for in JOSE, which end with the size of the hash (RFC 7518 §3.1 and §4.1). */
const rsaAlgorithms: Readonly<Record<string, string>> = {
  'RSA-PSS': 'PS',
  'RSASSA-PKCS1-v1_5': 'RS',
  'RSA-OAEP': 'RSA-OAEP-',
}

function factsOfAlgorithm({ algorithm }: PlatformKey): KeyFacts {
  const { name = '', namedCurve, hash, modulusLength } = algorithm as Partial<RsaHashedKeyAlgorithm & EcKeyAlgorithm>
  if (modulusLength === undefined) return { kind: namedCurve ?? name }
  const written = `${rsaAlgorithms[name]}${hash?.name.replace('SHA-', '')}`
  return { kind: 'RSA', algorithm: written === 'RSA-OAEP-1' ? 'RSA-OAEP' : written, bits: modulusLength }
}

/** The algorithms that a key of WebCrypto signs with, the usual one first; none, where it is for something else or too small. */
export function algorithmsOf(key: PlatformKey): readonly string[] {
  const { kind = '', algorithm, bits = smallestRsa } = factsOfAlgorithm(key)
  const fitting = signing.algorithms[kind] ?? []
  return bits < smallestRsa ? [] : fitting.filter((name) => algorithm === undefined || name === algorithm)
}

/** Object identifiers of keys, with their tag and length, in hexadecimal digits (RFC 5480 §2.1.1, RFC 8410 §3, RFC 8017 App. A). */
const identifiers: Readonly<Record<string, string>> = {
  '06092a864886f70d010101': 'RSA',
  '06082a8648ce3d030107': 'P-256',
  '06052b81040022': 'P-384',
  '06052b81040023': 'P-521',
  '06032b6570': 'Ed25519',
  '06032b656e': 'X25519',
}

/** The kind of a key in PKCS #8, whose beginning names it (RFC 5958 §2). */
function kindOfPem(pem: string): string | undefined {
  const beginning = pem.replaceAll(/-----[^-]*-----|\s/g, '').slice(0, 40)
  if (!/^[A-Za-z0-9+/]{40}$/.test(beginning)) return undefined
  const digits = [...atob(beginning)].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
  return identifiers[Object.keys(identifiers).find((identifier) => digits.includes(identifier)) ?? '']
}

function namesOf(algorithms: KeyPurpose['algorithms']): string {
  return Object.keys(algorithms).join(', ')
}

function notValid(field: string): GrantError {
  return invalid(field, 'this is not a valid key: write PKCS #8 in PEM, a private JSON Web Key or a CryptoKey')
}

function notPrivate(field: string): GrantError {
  return invalid(field, 'this is not a private key: write the private one of the pair')
}

function invalid(field: string, what: string): GrantError {
  return new GrantError('config_invalid', `${field}.privateKey: ${what}`)
}
