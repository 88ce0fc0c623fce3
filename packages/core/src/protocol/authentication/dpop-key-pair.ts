import { algorithmsOf } from '../../definition/check/private-key.ts'
import type { PlatformKey } from '../../definition/platform-key.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { refuseUnknownFields } from '../../errors/unknown-fields.ts'
import { isObject } from '../../wire/json.ts'
import type { DpopKeyPair } from '../proof-of-possession.ts'

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
  if (algorithmsOf(privateKey).length === 0) throw invalid(`dpop.privateKey cannot sign a proof: ${write}`)
  if (kindOf(privateKey) !== kindOf(publicKey)) throw invalid('dpop.privateKey and dpop.publicKey are not a pair')
  return Object.freeze({ privateKey, publicKey })
}

function kindOf(key: PlatformKey): string {
  return `${key.algorithm.name} ${algorithmsOf(key).join(' ')}`
}

function isKey(value: unknown, type: 'private' | 'public'): value is PlatformKey {
  const { type: found, algorithm, usages } = (value ?? {}) as Partial<PlatformKey>
  return found === type && isObject(algorithm) && Array.isArray(usages)
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
