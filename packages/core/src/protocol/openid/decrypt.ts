import { compactDecrypt } from 'jose/jwe/compact/decrypt'
import type { ClientDecryptionKey, PrivateKey } from '../../definition/client-registration.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { importPrivateKey } from '../authentication/private-key.ts'
import { Flaw } from './flaw.ts'

/** What an encrypted token holds. */
export interface Decrypted {
  readonly text: string
  /** Whether that is a signed token (RFC 7519 §5.2), and not plain claims. */
  readonly isSigned: boolean
}

// RFC 7518 §4.1, without what is broken (RSA1_5), shared with the provider (dir, A*KW), or derives a key for as long as
// the sender likes (PBES2)
const rsa = ['RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512']
const ecdh = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW']
const contentEncryptionAlgorithms = ['A128GCM', 'A192GCM', 'A256GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512']

/** Decrypts what the provider has encrypted for the client (RFC 7516). Rejects with a {@link Flaw}, or with `config_invalid` for a key that cannot decrypt. */
export async function decrypt(jwe: string, key: ClientDecryptionKey): Promise<Decrypted> {
  const keyManagementAlgorithms = algorithmsOf(key)
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(
      jwe,
      ({ alg: algorithm }) => importPrivateKey({ ...key, algorithm, field: 'decryptionKey' }),
      // what is compressed may unfold into far more than was sent
      { keyManagementAlgorithms, contentEncryptionAlgorithms, maxDecompressedLength: 0 },
    )
    const text = new TextDecoder('utf-8', { fatal: true }).decode(plaintext)
    return { text, isSigned: /^(?:application\/)?jwt$/i.test(protectedHeader.cty ?? '') }
  } catch (error) {
    if (error instanceof GrantError) throw error
    throw new Flaw('could not be decrypted', { cause: error })
  }
}

/** The algorithms that a key decrypts with: the one that it is for, where it says so, else those of its kind. */
function algorithmsOf({ algorithm, privateKey }: ClientDecryptionKey): string[] {
  const own = algorithm ?? algorithmIn(privateKey)
  const fitting = own === undefined ? kindOf(privateKey) : [...rsa, ...ecdh].filter((name) => name === own)
  if (fitting.length > 0) return fitting
  const names = [...rsa, ...ecdh].join(', ')
  throw new GrantError('config_invalid', `write decryptionKey: { privateKey, algorithm } with one of ${names}`)
}

function algorithmIn(key: PrivateKey): string | undefined {
  if (typeof key === 'string' || !('kty' in key)) return undefined
  return typeof key['alg'] === 'string' ? key['alg'] : undefined
}

function kindOf(key: PrivateKey): string[] {
  if (typeof key === 'string') return [] // PEM does not say what the key is for
  if ('kty' in key) return key.kty === 'RSA' ? rsa : ecdh
  const { name, hash } = key.algorithm as { readonly name: string; readonly hash?: { readonly name: string } }
  if (name !== 'RSA-OAEP') return ecdh
  return [hash?.name === 'SHA-1' ? name : `${name}-${hash?.name.slice('SHA-'.length)}`]
}
