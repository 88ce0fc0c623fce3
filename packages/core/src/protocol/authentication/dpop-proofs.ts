import type { JWK } from 'jose'
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint'
import { SignJWT } from 'jose/jwt/sign'
import { exportJWK } from 'jose/key/export'
import type { PlatformKey } from '../../definition/platform-key.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { base64url, digest } from '../../wire/base64url.ts'
import type { DpopKeyPair, ProvenRequest } from '../proof-of-possession.ts'
import type { DpopSetup } from './dpop.ts'
import { DpopNonces } from './dpop-nonces.ts'

/** The key of a provider, as its proofs need it. */
interface ProofKey {
  readonly privateKey: PlatformKey
  readonly jwk: JWK
  readonly thumbprint: string
}

/** Makes the proofs of one provider (RFC 9449 §4), all with one key. */
export class DpopProofs {
  readonly #setup: DpopSetup & { readonly algorithm: string }
  readonly #nonces = new DpopNonces()
  #key: Promise<ProofKey> | undefined

  constructor(setup: DpopSetup & { readonly algorithm: string }) {
    this.#setup = setup
  }

  async proof({ method, url, accessToken, nonce = this.#nonces.of(url) }: ProvenRequest): Promise<string> {
    const { algorithm, clock } = this.#setup
    const { origin, pathname } = new URL(url)
    const claims = {
      jti: base64url(crypto.getRandomValues(new Uint8Array(16))),
      htm: method,
      htu: origin + pathname,
      iat: Math.floor(clock.now() / 1000),
      ...(accessToken !== undefined && { ath: base64url(await digest('SHA-256', accessToken)) }),
      ...(nonce !== undefined && { nonce }),
    }
    return this.#withKey(({ privateKey, jwk }) =>
      new SignJWT(claims).setProtectedHeader({ typ: 'dpop+jwt', alg: algorithm, jwk }).sign(privateKey),
    )
  }

  remember(url: string, headers: Pick<Headers, 'get'>): boolean {
    return this.#nonces.remember(url, headers)
  }

  thumbprint(): Promise<string> {
    return this.#withKey(async ({ thumbprint }) => thumbprint)
  }

  /** Uses the key, which is made or read once; each caller gets its own error where that fails. */
  async #withKey<T>(use: (key: ProofKey) => Promise<T>): Promise<T> {
    try {
      return await use(await (this.#key ??= keyOf(this.#setup.dpop)))
    } catch (error) {
      const message = 'the key pair of dpop cannot sign a proof here: pass one that WebCrypto of this runtime can use'
      throw new GrantError('config_invalid', message, { cause: error })
    }
  }
}

/** A key that is made here cannot be read, so it never leaves the process (RFC 9449 §11.4). */
async function keyOf(dpop: true | DpopKeyPair): Promise<ProofKey> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const pair = dpop === true ? await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']) : dpop
  const jwk = await exportJWK(pair.publicKey)
  return { privateKey: pair.privateKey, jwk, thumbprint: await calculateJwkThumbprint(jwk) }
}
