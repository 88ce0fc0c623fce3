import type { GrantErrorCode } from '../../errors/error-code.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { getJson } from '../../transport/get-json.ts'
import type { IdTokenClaims } from '../../token/id-token-claims.ts'
import { withDeadline } from '../../transport/deadline.ts'
import { placeOf } from '../../transport/place.ts'
import type { BackChannelContext } from '../back-channel.ts'
import { actionAfter } from '../oauth-error.ts'
import type { ExpectedIdToken } from '../port.ts'
import { Flaw } from './flaw.ts'
import { type RawClaims, verifyIdToken } from './id-token.ts'
import { judgeKeys, type PublishedKey } from './judge-keys.ts'
import { KeySet } from './key-set.ts'
import { verifySignature } from './signature.ts'

/** An ID token that was verified. */
export interface VerifiedIdToken {
  readonly idToken: string
  readonly claims: IdTokenClaims
}

/** What a signed response other than an ID token has to be. */
export interface SignedResponseRules {
  /** What it is, in a message, such as `the authorization response`. */
  readonly what: string
  /** The code of the error where it is not. */
  readonly code: GrantErrorCode
  /** The algorithms that may sign it. */
  readonly algorithms: readonly string[]
  /** The media types that its header may name (`typ`, RFC 8725 §3.11); it may have none unless `typed`. */
  readonly types: readonly string[]
  /** Whether it has to name one of the `types`. */
  readonly typed?: boolean
}

/** Verifies the ID tokens of one provider, for one client. */
export class IdTokenVerifier {
  readonly #context: BackChannelContext
  readonly #keys: KeySet

  constructor(context: BackChannelContext) {
    this.#context = context
    this.#keys = new KeySet(() => this.#fetchKeys(), context.transport.clock)
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
   * Verifies a signed response: its signature, its type, its issuer and that it is meant for the client. What its times
   * and other claims have to be is up to the caller. Rejects with the code of the rules, or with what went wrong when
   * the keys were fetched.
   */
  async signed(
    jwt: unknown,
    { what, code, algorithms, types, typed = false }: SignedResponseRules,
  ): Promise<RawClaims> {
    const { provider, client } = this.#context
    const { name, metadata } = provider
    try {
      if (typeof jwt !== 'string') throw new Flaw('is not a string')
      const { header, payload } = await verifySignature(jwt, {
        algorithms: this.#permitted(algorithms),
        keys: this.#keys,
      })
      const type = String(header['typ'] ?? '')
        .toLowerCase()
        .replace(/^application\//, '')
      if (type === '' ? typed : !types.includes(type)) throw new Flaw('is a token of another kind (typ)')
      if (metadata.issuer === undefined || payload['iss'] !== metadata.issuer)
        throw new Flaw('has another issuer (iss)')
      if (![payload['aud']].flat().includes(client.clientId)) throw new Flaw('is meant for another client (aud)')
      return payload
    } catch (error) {
      if (!(error instanceof Flaw)) throw error
      throw new GrantError(code, `${what} of ${name} ${error.message}`, { provider: name, cause: error.cause })
    }
  }

  async #verify(idToken: unknown, accessToken: string, expected: ExpectedIdToken): Promise<VerifiedIdToken> {
    const { provider, client, transport, emit } = this.#context
    const { issuer = '' } = provider.metadata
    const declared = provider.idToken ?? {}
    const claims = await verifyIdToken(idToken, expected, {
      provider: provider.name,
      issuer: declared.issuer ?? issuer,
      clientId: client.clientId,
      algorithms: this.#algorithms(),
      keys: this.#keys,
      now: transport.clock.now(),
      accessToken,
      authTime: declared.authTime ?? 'login',
      nonce: declared.nonce ?? 'required',
    })
    const { iss, auth_time, nonce } = claims
    if (declared.issuer !== undefined && iss !== issuer) emit({ type: 'normalised', deviation: 'idToken.issuer' })
    const { auth_time: before = auth_time } = expected.previous ?? {}
    if (auth_time !== undefined && auth_time !== before) emit({ type: 'normalised', deviation: 'idToken.authTime' })
    if (expected.nonce !== undefined && nonce === undefined) emit({ type: 'normalised', deviation: 'idToken.nonce' })
    return { idToken: idToken as string, claims: claims as unknown as IdTokenClaims } // those that are required were checked
  }

  /** Those of the registration, else those of the metadata, else RS256 (OpenID Connect Core §3.1.3.7); never a shared secret. */
  #algorithms(): readonly string[] {
    const { id_token_signing_alg_values_supported: listed = [] } = this.#context.provider.metadata
    const { idTokenSigningAlgorithm: registered } = this.#context.client
    const asymmetric = listed.filter((algorithm) => /^(?:RS|PS|ES|Ed)/.test(algorithm))
    if (registered) return this.#permitted([registered])
    return asymmetric.length > 0 ? this.#permitted(asymmetric) : (this.#context.signatureAlgorithms ?? ['RS256'])
  }

  /** Those that a profile permits. */
  #permitted(algorithms: readonly string[]): readonly string[] {
    const { signatureAlgorithms: permitted } = this.#context
    return permitted ? algorithms.filter((algorithm) => permitted.includes(algorithm)) : algorithms
  }

  async #fetchKeys(): Promise<readonly PublishedKey[]> {
    const { provider, transport } = this.#context
    const { name, metadata } = provider
    const { jwks_uri: url } = metadata
    if (url === undefined)
      throw new GrantError('config_invalid', `${name} has no jwks_uri in its metadata: add it to verify ID tokens`, {
        provider: name,
      })
    const { status, json } = await getJson(transport, { what: 'jwks_uri', url, maxBytes: transport.limits.keys })
    const keys = status === 200 ? judgeKeys(json) : undefined
    if (keys) return keys
    const wrong = status === 200 ? 'is not a JSON Web Key Set (RFC 7517 §5)' : `answered with status ${status}`
    throw new GrantError('id_token_invalid', `the jwks_uri of ${name}, ${placeOf(url)}, ${wrong}`, {
      provider: name,
      status,
      action: actionAfter(status) === 'retry' ? 'retry' : 'fix_configuration', // it says nothing about the ID token
    })
  }
}
