/**
 * What a provider computes beside its requests. WebCrypto does it unless given: it works everywhere, and hands each
 * computation to another thread. The one that `onNode()` of `@grantkit/core/node` brings answers at once.
 */
export interface Cryptography {
  /** The SHA-256 hash of an ASCII text, in base64url without padding (RFC 7636 §4.2). */
  sha256(text: string): string
  /** Whether a signature is that of a key over a text, by an algorithm of RFC 7518 §3.1; undefined for an algorithm that it does not know. */
  verify(algorithm: string, key: CryptoKey, signed: string, signature: string): boolean | undefined
}
