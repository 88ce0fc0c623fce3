import type { PlatformKey } from '../definition/platform-key.ts'

/** A key pair of WebCrypto that signs DPoP proofs (RFC 9449 §4). */
export interface DpopKeyPair {
  /** Signs; it need not be extractable. */
  readonly privateKey: PlatformKey
  /** Stands in every proof, so it has to be extractable, as public keys are. */
  readonly publicKey: PlatformKey
}

/** A request that is about to be sent, as a proof describes it. */
export interface ProvenRequest {
  readonly method: string
  /** With its query, which the proof leaves out. */
  readonly url: string
  /** The token that the request presents, whose hash is in the proof (RFC 9449 §4.2, `ath`). */
  readonly accessToken?: string | undefined
}

/** Proves that whoever makes a request holds the key that its tokens are bound to (RFC 9449). It is shared by all that one provider sends. */
export interface ProofOfPossession {
  /** A fresh proof for one attempt, with the last nonce of its origin. */
  proof(request: ProvenRequest): Promise<string>
  /** Keeps the nonce of a response for its origin; whether there was a new one (RFC 9449 §8 and §9). */
  remember(url: string, headers: Pick<Headers, 'get'>): boolean
  /** The thumbprint of the public key (RFC 7638), which `dpop_jkt` and the tokens name (RFC 9449 §6 and §10). */
  thumbprint(): Promise<string>
}
