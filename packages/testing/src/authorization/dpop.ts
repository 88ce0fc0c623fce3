import { createHash, randomBytes } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify, type JWTVerifyResult } from 'jose'

/** The algorithms of a proof. */
export const proofAlgorithms: readonly string[] = ['ES256', 'Ed25519', 'EdDSA', 'PS256']
const window = 300 // seconds

/** What a proof has to prove. */
export interface ProvenRequest {
  readonly method: string
  /** The URL of the request; its query does not matter. */
  readonly url: string
  /** The access token in the request, if there is one. */
  readonly accessToken?: string
}

/** Why a proof is refused. */
export class ProofRefused extends Error {
  readonly error: 'invalid_dpop_proof' | 'use_dpop_nonce'

  constructor(error: ProofRefused['error'], description: string) {
    super(description)
    this.error = error
  }
}

/** Checks DPoP proofs (RFC 9449 §4.3) where the engine does not: at the API, and for grants of our own. */
export class Proofs {
  readonly #nonceRequired: boolean
  readonly #used = new Set<string>()
  /** The newest last. The engine's are among them, so a client can use one nonce everywhere. */
  #nonces: readonly string[] = []

  constructor(nonceRequired: boolean) {
    this.#nonceRequired = nonceRequired
  }

  /** The nonce for the next proof; undefined if none is required. */
  get nonce(): string | undefined {
    if (!this.#nonceRequired) return undefined
    if (this.#nonces.length === 0) this.learn(randomBytes(16).toString('base64url'))
    return this.#nonces.at(-1)
  }

  /** Remembers a nonce that was sent to a client. */
  learn(nonce: string): void {
    if (!this.#nonces.includes(nonce)) this.#nonces = [...this.#nonces.slice(-2), nonce]
  }

  /** The thumbprint of the key that a proof proves. Rejects with {@link ProofRefused}. */
  async thumbprint(proof: string, request: ProvenRequest): Promise<string> {
    const { payload, protectedHeader } = await verified(proof)
    const wrong = wrongClaim(payload, request)
    if (wrong !== undefined) throw new ProofRefused('invalid_dpop_proof', `DPoP proof ${wrong} mismatch`)
    if (this.#nonceRequired && !this.#nonces.includes(String(payload['nonce'])))
      throw new ProofRefused('use_dpop_nonce', 'a nonce of the server is required in the DPoP proof')
    const thumbprint = await calculateJwkThumbprint(protectedHeader.jwk ?? {})
    const use = `${thumbprint} ${payload.jti}`
    if (this.#used.has(use)) throw new ProofRefused('invalid_dpop_proof', 'the DPoP proof was already used')
    this.#used.add(use)
    return thumbprint
  }
}

async function verified(proof: string): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(proof, EmbeddedJWK, { algorithms: [...proofAlgorithms], typ: 'dpop+jwt' })
  } catch {
    throw new ProofRefused('invalid_dpop_proof', 'the DPoP proof is not a valid JWT of a key of its own')
  }
}

function wrongClaim(claims: JWTVerifyResult['payload'], { method, url, accessToken }: ProvenRequest) {
  const { iat = 0, jti, htm, htu, ath } = claims
  const checks = {
    iat: Math.abs(Date.now() / 1000 - iat) <= window,
    jti: typeof jti === 'string' && jti !== '',
    htm: htm === method,
    htu: withoutQuery(String(htu)) === withoutQuery(url),
    ath: accessToken === undefined || ath === createHash('sha256').update(accessToken).digest('base64url'),
  }
  return Object.entries(checks).find(([, fits]) => !fits)?.[0]
}

function withoutQuery(url: string): string {
  const { origin, pathname } = URL.parse(url) ?? {}
  return `${origin}${pathname}`
}
