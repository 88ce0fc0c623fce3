import { compactDecrypt } from 'jose/jwe/compact/decrypt'
import type { CheckedKey } from '../../definition/check/private-key.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { importPrivateKey } from '../authentication/private-key.ts'
import { Flaw } from './flaw.ts'

/** What an encrypted token holds. */
export interface Decrypted {
  readonly text: string
  /** Whether that is a signed token (RFC 7519 §5.2), and not plain claims. */
  readonly isSigned: boolean
}

const contentEncryptionAlgorithms = ['A128GCM', 'A192GCM', 'A256GCM', 'A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512']

/** Decrypts what the provider has encrypted for the client (RFC 7516). Rejects with a {@link Flaw}, or with `config_invalid` for a key that cannot decrypt. */
export async function decrypt(jwe: string, { privateKey, algorithms }: CheckedKey): Promise<Decrypted> {
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(
      jwe,
      ({ alg: algorithm }) => importPrivateKey({ privateKey, algorithm, field: 'decryptionKey' }),
      // what is compressed may unfold into far more than was sent
      { keyManagementAlgorithms: [...algorithms], contentEncryptionAlgorithms, maxDecompressedLength: 0 },
    )
    const text = new TextDecoder('utf-8', { fatal: true }).decode(plaintext)
    return { text, isSigned: /^(?:application\/)?jwt$/i.test(protectedHeader.cty ?? '') }
  } catch (error) {
    if (error instanceof GrantError) throw error
    throw new Flaw('could not be decrypted', { cause: error })
  }
}
