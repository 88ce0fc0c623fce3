import type { IdTokenClaims } from '../../token/id-token-claims.ts'
import { load } from '../../transport/load.ts'
import { withDeadline } from '../../transport/deadline.ts'
import { isObject, parseJson } from '../../wire/json.ts'
import type { BackChannelContext } from '../back-channel.ts'
import type { ExpectedIdToken } from '../port.ts'
import { asymmetricAlgorithms, idTokenSignature, permittedOf } from './algorithms.ts'
import type { decrypt, Decrypted } from './decrypt.ts'
import { fetchKeys } from './fetch-keys.ts'
import { Flaw, type Flawed, withoutFlaw } from './flaw.ts'
import { type RawClaims, verifyIdToken } from './id-token.ts'
import { KeySet } from './key-set.ts'
import { type SignatureContext, verifySignature } from './signature.ts'
import { checkExpiry, checkNotBefore, isTime } from './times.ts'
import { UsedTokens } from './used-tokens.ts'

/** An ID token that was verified. */
export interface VerifiedIdToken {
  /** The signed token, without the encryption that it may have come in: so it is sent back as a hint (OpenID Connect Core §3.1.2.1). */
  readonly idToken: string
  readonly claims: IdTokenClaims
}

/** What a signed response other than an ID token has to be: what it is in a message, such as `the authorization response`, and the code of the error where it is not. */
export interface SignedResponseRules extends Flawed {
  /** The algorithms that may sign it. */
  readonly algorithms: readonly string[]
  /** The media types that its header may name (`typ`, RFC 8725 §3.11); it may have none unless `typed`. */
  readonly types: readonly string[]
  /** Whether it has to name one of the `types`. */
  readonly typed?: boolean
  /** Whether an encrypted one may hold claims that are not signed. */
  readonly unsigned?: boolean
}

/** Verifies the ID tokens of one provider, for one client, and whatever else the provider signs. */
export class IdTokenVerifier {
  /** The logout tokens that were used, where the caller does not remember them. */
  readonly used: UsedTokens
  readonly #context: BackChannelContext
  readonly #keys: KeySet
  readonly #idTokens: SignatureContext
  #decrypt: typeof decrypt | undefined

  /** Throws `config_invalid` for a secret that cannot verify ID tokens as the definition declares. */
  constructor(context: BackChannelContext) {
    const { client, provider, transport } = context
    this.#context = context
    this.#keys = new KeySet(() => fetchKeys(context), transport.clock)
    this.#idTokens = idTokenSignature(client, provider, { keys: this.#keys, permitted: context.signatureAlgorithms })
    this.used = new UsedTokens(transport.clock)
  }

  /** Loads what a client with a decryption key needs, before anything is sent. */
  async ready(): Promise<this> {
    if (this.#context.client.decryptionKey) this.#decrypt = (await load(() => import('./decrypt.ts'))).decrypt
    return this
  }

  /** The asymmetric algorithms that a list of the metadata names; those of ID tokens where it names none. */
  algorithms(list: string): readonly string[] {
    const { provider, client } = this.#context
    const listed = asymmetricAlgorithms(provider.metadata[list])
    const registered = client.idTokenSigningAlgorithm ?? 'RS256'
    return listed.length > 0 ? listed : [registered]
  }

  /** Verifies an ID token that came with an access token, within the deadline of a request. Rejects with `id_token_invalid`, or with what went wrong when the keys were fetched. */
  verify(idToken: unknown, accessToken: string, expected: ExpectedIdToken): Promise<VerifiedIdToken> {
    const { provider, transport } = this.#context
    const { clock, timeout } = transport
    const late = `the ID token of ${provider.name} was not verified`
    return withDeadline({ clock, timeout, late, provider: provider.name }, () =>
      this.#verify(idToken, accessToken, expected),
    )
  }

  /**
   * Verifies a signed response: its signature, its type, its issuer, that it is meant for the client, and that it is
   * valid now. Which times it has to have, and what else, is up to the caller. Rejects with the code of the rules, or with what went wrong when
   * the keys were fetched.
   */
  signed(jwt: unknown, rules: SignedResponseRules): Promise<RawClaims> {
    const { types, typed = false, unsigned = false } = rules
    const { provider, client, transport, signatureAlgorithms } = this.#context
    const algorithms = permittedOf(rules.algorithms, signatureAlgorithms)
    const { name, metadata } = provider
    const verified = async (): Promise<RawClaims> => {
      const { text, isSigned } = await this.#opened(jwt)
      if (!isSigned && unsigned) return claimsIn(text)
      const { header, payload } = await verifySignature(text, { algorithms, keys: this.#keys })
      const kind = header['typ'] === undefined ? undefined : mediaTypeOf(header['typ'])
      if (kind === undefined ? typed : !types.includes(kind)) throw new Flaw('is a token of another kind (typ)')
      if (metadata.issuer === undefined || payload['iss'] !== metadata.issuer)
        throw new Flaw('has another issuer (iss)')
      if (![payload['aud']].flat().includes(client.clientId)) throw new Flaw('is meant for another client (aud)')
      checkValidity(payload, transport.clock.now() / 1000)
      return payload
    }
    return withoutFlaw(name, verified, rules)
  }

  async #verify(idToken: unknown, accessToken: string, expected: ExpectedIdToken): Promise<VerifiedIdToken> {
    const { provider, client, transport, emit } = this.#context
    const { issuer = '' } = provider.metadata
    const declared = provider.idToken ?? {}
    const { text } = await withoutFlaw(provider.name, () => this.#opened(idToken))
    const claims = await verifyIdToken(text, expected, {
      ...this.#idTokens,
      provider: provider.name,
      issuer: declared.issuer ?? issuer,
      clientId: client.clientId,
      now: transport.clock.now(),
      accessToken,
      authTime: declared.authTime ?? 'login',
      nonce: declared.nonce ?? 'required',
    })
    const { iss, auth_time, nonce } = claims
    const used = (field: string): void => emit({ type: 'normalised', deviation: `idToken.${field}` })
    if (declared.issuer !== undefined && iss !== issuer) used('issuer')
    const { auth_time: before = auth_time } = expected.previous ?? {}
    if (auth_time !== undefined && auth_time !== before) used('authTime')
    if (expected.nonce !== undefined && nonce === undefined) used('nonce')
    if (this.#idTokens.keys !== this.#keys) used('algorithm')
    return { idToken: text, claims: claims as unknown as IdTokenClaims } // those that are required were checked
  }

  /** What is signed; of an encrypted token, that is what it holds. */
  async #opened(jwt: unknown): Promise<Decrypted> {
    if (typeof jwt !== 'string') throw new Flaw('is not a string')
    if (jwt.split('.', 6).length !== 5) return { text: jwt, isSigned: true }
    const { decryptionKey } = this.#context.client
    if (!decryptionKey || !this.#decrypt) throw new Flaw('is encrypted, and the client has no decryptionKey')
    return this.#decrypt(jwt, decryptionKey)
  }
}

/** The kind of a token, without what may be left out of it (RFC 7515 §4.1.9). */
function mediaTypeOf(typ: unknown): string {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : ''
}

/** Whether a token is valid now, as far as it says so (RFC 7519 §4.1.4 to §4.1.6). Throws a {@link Flaw}. */
function checkValidity({ iat, exp, nbf }: RawClaims, now: number): void {
  if (iat !== undefined && !isTime(iat)) throw new Flaw('does not say when it was issued (iat)')
  if (exp !== undefined) checkExpiry(exp, { now })
  checkNotBefore(nbf, { now })
}

function claimsIn(text: string): RawClaims {
  const claims = parseJson(text)
  if (isObject(claims)) return claims
  throw new Flaw('holds no claims')
}
