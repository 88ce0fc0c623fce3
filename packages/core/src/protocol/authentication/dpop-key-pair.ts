import type { PlatformKey } from '../../definition/platform-key.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { refuseUnknownFields } from '../../errors/unknown-fields.ts'
import { isObject } from '../../wire/json.ts'
import type { DpopKeyPair } from '../proof-of-possession.ts'

/** What the kinds of keys sign with (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2). */
const algorithms: Readonly<Record<string, readonly string[]>> = {
  'ECDSA P-256': ['ES256'],
  'ECDSA P-384': ['ES384'],
  'ECDSA P-521': ['ES512'],
  Ed25519: ['Ed25519', 'EdDSA'],
  'RSA-PSS SHA-256': ['PS256'],
  'RSA-PSS SHA-384': ['PS384'],
  'RSA-PSS SHA-512': ['PS512'],
  'RSASSA-PKCS1-v1_5 SHA-256': ['RS256'],
  'RSASSA-PKCS1-v1_5 SHA-384': ['RS384'],
  'RSASSA-PKCS1-v1_5 SHA-512': ['RS512'],
}

/** The fewest bits of an RSA key (RFC 7518 §3.3 and §3.5). */
const fewestBits = 2048

const write = `write await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])`

/** Checks the key pair of DPoP proofs as far as its keys tell, and copies it. Throws `config_invalid`. */
export function checkDpopKeyPair(given: unknown): DpopKeyPair {
  if (!isObject(given)) throw invalid(`dpop is a key pair of WebCrypto: ${write}`)
  refuseUnknownFields(given, { what: 'dpop', fields: ['privateKey', 'publicKey'] })
  const { privateKey, publicKey } = given
  if (!isKey(privateKey, 'private') || !isKey(publicKey, 'public'))
    throw invalid(`dpop has a privateKey and a publicKey, both a CryptoKey: ${write}`)
  if (!privateKey.usages.includes('sign')) throw invalid(`dpop.privateKey may not sign: give it the usage 'sign'`)
  if (!publicKey.extractable) throw invalid('dpop.publicKey is part of every proof: make it extractable')
  const kind = kindOf(privateKey)
  if (!Object.hasOwn(algorithms, kind)) throw invalid(`dpop.privateKey cannot sign a proof: ${write}`)
  if (kind !== kindOf(publicKey)) throw invalid('dpop.privateKey and dpop.publicKey are not a pair')
  return Object.freeze({ privateKey, publicKey })
}

/** The algorithms that a key signs with, by their names; the first is the usual one. */
export function algorithmsOf(key: PlatformKey): readonly string[] {
  return algorithms[kindOf(key)] ?? []
}

interface KeyFacts {
  readonly name: string
  readonly namedCurve?: string
  readonly hash?: { readonly name: string }
  readonly modulusLength?: number
}

function kindOf(key: PlatformKey): string {
  const { name, namedCurve, hash, modulusLength = fewestBits } = key.algorithm as KeyFacts
  return [name, namedCurve ?? hash?.name, modulusLength < fewestBits && 'too short'].filter(Boolean).join(' ')
}

function isKey(value: unknown, type: 'private' | 'public'): value is PlatformKey {
  const { type: found, algorithm, usages } = (value ?? {}) as Partial<PlatformKey>
  return found === type && isObject(algorithm) && Array.isArray(usages)
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
