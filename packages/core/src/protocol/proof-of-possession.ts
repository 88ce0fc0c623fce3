import type { PlatformKey } from '../definition/platform-key.ts'

/**
 * A key pair of WebCrypto that signs DPoP proofs (RFC 9449 §4). Processes that share a store share one.
 *
 * @example
 * ```ts
 * import { type DpopKeyPair, Provider } from '@grantkit/core'
 *
 * const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
 * const dpop: DpopKeyPair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
 * const metadata = { token_endpoint: 'https://id.acme.example/token' }
 * new Provider({ name: 'acme', metadata }, { clientId: 'my-client' }, { dpop }).name // => 'acme'
 * ```
 */
export interface DpopKeyPair {
  /** Signs; it need not be extractable. */
  readonly privateKey: PlatformKey
  /** Part of every proof, so it has to be extractable, as public keys are. */
  readonly publicKey: PlatformKey
}

/** A request that is about to be sent, as a proof describes it. */
export interface ProvenRequest {
  /** The HTTP method. */
  readonly method: string
  /** With its query, which the proof leaves out. */
  readonly url: string
  /** The token that the request presents, whose hash is in the proof (RFC 9449 §4.2, `ath`). */
  readonly accessToken?: string | undefined
  /** The nonce of the response that asked for this request; the last one of the origin unless given. */
  readonly nonce?: string | undefined
}

/** Proves that whoever makes a request holds the key that its tokens are bound to (RFC 9449). It is shared by all that one provider sends. */
export interface ProofOfPossession {
  /** Whether the key is lost when the process exits. */
  readonly volatile: boolean
  /** The algorithm that signs the proofs, such as `ES256`. */
  readonly algorithm: string
  /** A fresh proof for one attempt, with the last nonce of its origin. Rejects with `config_invalid` for a key that cannot sign. */
  proof(request: ProvenRequest): Promise<string>
  /** Keeps the nonce of a response for its origin; whether there was one (RFC 9449 §8 and §9). */
  remember(url: string, headers: Pick<Headers, 'get'>): boolean
  /** The thumbprint of the public key (RFC 7638), which `dpop_jkt` and the tokens name (RFC 9449 §6 and §10). */
  thumbprint(): Promise<string>
}
