import { GrantError } from '../../errors/grant-error.ts'
import { refuseUnknownFields } from '../../errors/unknown-fields.ts'
import { isObject } from '../../wire/json.ts'
import type { ClientDecryptionKey, ClientSigningKey } from '../client-registration.ts'
import type { ProviderDefinition } from '../provider-definition.ts'
import { type CheckedKey, checkPrivateKey, decrypting, type KeyPurpose, signing } from './private-key.ts'

/** A signing key whose algorithm is known. */
export interface CheckedSigningKey extends Omit<CheckedKey, 'algorithms'> {
  readonly algorithm: string
  readonly issuer?: string | undefined
}

const fields = ['privateKey', 'keyId', 'algorithm']

/** Checks the key that signs, for assertions or for a secret that is a JWT. Throws `config_invalid`. */
export function checkSigningKey(
  { clientAuthentication }: ProviderDefinition,
  key: ClientSigningKey | undefined,
): CheckedSigningKey | undefined {
  if (key === undefined) return undefined
  const written = checkFields(key, signing)
  const { secretJwt } = clientAuthentication ?? {}
  if (secretJwt && !(key.keyId && key.issuer))
    throw invalid(
      'write signingKey: { privateKey, keyId, issuer }: the key as PEM, and what the provider calls it and you',
    )
  const wanted = { ...written, algorithm: secretJwt?.algorithm ?? key.algorithm }
  const { algorithms, ...checked } = checkPrivateKey(wanted, signing)
  const { issuer } = key
  return Object.freeze({ ...checked, algorithm: onlyOne(algorithms), ...(issuer && { issuer }) })
}

/** A curve has one algorithm, whatever its names; an RSA key could sign with any of six. */
function onlyOne([algorithm = '', ...others]: readonly string[]): string {
  if (others.length === 0 || signing.algorithms['Ed25519']?.includes(algorithm)) return algorithm
  throw invalid(`signingKey needs its algorithm: write algorithm: '${algorithm}', or the one it is registered with`)
}

/** Checks the key that decrypts. Throws `config_invalid`. */
export function checkDecryptionKey(key: ClientDecryptionKey | undefined): CheckedKey | undefined {
  return key && Object.freeze(checkPrivateKey(checkFields(key, decrypting), decrypting))
}

function checkFields<Key extends ClientSigningKey | ClientDecryptionKey>(key: Key, { field }: KeyPurpose): Key {
  if (!isObject(key)) throw invalid(`write ${field}: { privateKey }, with the key as PEM, JSON Web Key or CryptoKey`)
  refuseUnknownFields(key, {
    what: `the ${field}`,
    fields: field === 'signingKey' ? [...fields, 'issuer'] : fields,
    instead: { kid: 'write "keyId"', alg: 'write "algorithm"', key: 'write "privateKey"' },
  })
  for (const name of ['keyId', 'algorithm', 'issuer'])
    if (!['string', 'undefined'].includes(typeof Reflect.get(key, name))) throw invalid(`${field}.${name} is a string`)
  return key
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
