import type { JWK } from 'jose'
import { importJWK, importPKCS8 } from 'jose/key/import'
import { isJwk, smallestRsa, tooSmall } from '../../definition/check/private-key.ts'
import type { PrivateKey } from '../../definition/client-registration.ts'
import type { PlatformKey } from '../../definition/platform-key.ts'
import { GrantError } from '../../errors/grant-error.ts'

/** A private key of the client, and what its field is called. */
export interface KeyToImport {
  readonly privateKey: PrivateKey
  readonly algorithm: string
  /** Such as `signingKey`. */
  readonly field: string
}

/** Imports a private key, so that it cannot be read any more. Rejects with `config_invalid`. */
export async function importPrivateKey({ privateKey, algorithm, field }: KeyToImport): Promise<PlatformKey> {
  const key = await imported({ privateKey, algorithm, field })
  const { modulusLength = smallestRsa } = key.algorithm as Partial<RsaKeyAlgorithm>
  if (modulusLength >= smallestRsa) return key
  throw new GrantError('config_invalid', `${field}.privateKey: ${tooSmall(modulusLength)}`)
}

async function imported({ privateKey, algorithm, field }: KeyToImport): Promise<PlatformKey> {
  try {
    if (typeof privateKey === 'string') return await importPKCS8(privateKey, algorithm)
    if (!isJwk(privateKey)) return privateKey
    return (await importJWK(privateKey as JWK, algorithm)) as CryptoKey
  } catch (error) {
    throw new GrantError(
      'config_invalid',
      `${field}.privateKey is not a valid ${algorithm} key: write PKCS #8 in PEM, a private JSON Web Key or a CryptoKey`,
      { cause: error, secrets: secretsIn(privateKey) },
    )
  }
}

/** The private fields of a JSON Web Key (RFC 7518 §6.2.2 and §6.3.2). */
const privateFields = ['d', 'p', 'q', 'dp', 'dq', 'qi']

function secretsIn(key: PrivateKey): readonly string[] {
  if (typeof key === 'string') return [key]
  return isJwk(key) ? privateFields.map((name) => key[name]).filter((value) => typeof value === 'string') : []
}
