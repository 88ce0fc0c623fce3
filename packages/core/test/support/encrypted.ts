import { CompactEncrypt, exportJWK, generateKeyPair, type JWK } from 'jose'
import { keepJwt } from './oracle.ts'

/** A key pair for encryption, whose private half is the client's. */
export interface EncryptionKey {
  readonly publicKey: CryptoKey
  readonly privateKey: CryptoKey
  readonly privateJwk: JWK & { readonly kty: string }
}

/** A new key pair for an algorithm of RFC 7518 §4.1. */
export async function encryptionKey(
  algorithm: string,
  options: { readonly crv?: string } = {},
): Promise<EncryptionKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { ...options, extractable: true })
  const privateJwk = (await exportJWK(privateKey)) as EncryptionKey['privateJwk']
  return { publicKey, privateKey, privateJwk }
}

/** Encrypts a token, or whatever else a provider encrypts: nothing may show what comes out. */
export async function encrypt(
  text: string,
  key: EncryptionKey['publicKey'] | Uint8Array,
  header: { readonly alg?: string; readonly [field: string]: unknown } = {},
): Promise<string> {
  const jwe = await new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A128CBC-HS256', cty: 'JWT', ...header })
    .encrypt(key)
  keepJwt(jwe)
  return jwe
}
