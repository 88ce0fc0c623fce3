import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import type { AuthorizationDetail } from '../token/authorization-detail.ts'
import { AuthorizationCode } from './authorization-code.ts'
import { authorizationFields, type AuthorizationOptions } from './authorization-options.ts'
import { type AuthorizationRequest, authorizationRequest } from './authorization-request.ts'
import { checkChallenge, checkVerifier, pkceChallenge } from './pkce-proof.ts'
import { generateVerifier } from './random.ts'

/** What a login with PKCE may be begun with. */
export interface PkceOptions<
  Scope extends string = string,
  Detail extends AuthorizationDetail = AuthorizationDetail,
> extends AuthorizationOptions<Scope, Detail> {
  /** A code verifier of your own (RFC 7636 §4.1); a random one unless given. */
  readonly codeVerifier?: string | undefined
  /** A challenge whose verifier is kept elsewhere: finish with `{ ...transaction, codeVerifier }`. */
  readonly codeChallenge?: string | undefined
}

/**
 * The authorization code grant with proof key for code exchange (RFC 6749 §4.1, RFC 7636), always with `S256`. It is the
 * way to log a user in, for public and confidential clients alike: a configured secret still authenticates the client.
 *
 * @example
 * ```ts with provider, Pkce, request
 * const login = provider.grant(Pkce)
 * const { url, transaction } = await login.authorize({ scope: ['read'] })
 * // redirect the user to url; keep transaction in their session; then, at the redirect URI:
 * const token = await login.requestToken(request.url, transaction)
 * ```
 */
export class Pkce<
  Scope extends string = string,
  Detail extends AuthorizationDetail = AuthorizationDetail,
> extends AuthorizationCode<Scope, Detail> {
  /** Begins a login: the URL to redirect the user to, and the transaction to keep until they come back. Rejects with `config_invalid` or `pkce_unsupported`, and where the request is pushed with what the provider said. */
  override async authorize(options: PkceOptions<Scope, Detail> = {}): Promise<AuthorizationRequest> {
    this.#checkSupport()
    refuseUnknownFields(options, pkceOptions)
    const { codeChallenge, codeVerifier, ...rest } = options
    if (codeChallenge !== undefined && codeVerifier !== undefined)
      throw new GrantError(
        'config_invalid',
        'write codeVerifier or codeChallenge, not both: the challenge is made of the verifier',
      )
    if (codeChallenge !== undefined)
      return authorizationRequest(this.port, rest, { codeChallenge: checkChallenge(codeChallenge) })
    const verifier = codeVerifier === undefined ? generateVerifier() : checkVerifier(codeVerifier)
    const proof = { codeVerifier: verifier, codeChallenge: await pkceChallenge(verifier) }
    return authorizationRequest(this.port, rest, proof)
  }

  /** Without its verifier, a code would be redeemed as if there were no PKCE. */
  protected override checkProof(codeVerifier: string | undefined): void {
    if (codeVerifier === undefined)
      throw new GrantError(
        'config_invalid',
        'the code verifier is missing: pass { ...transaction, codeVerifier } with the one whose challenge you sent',
      )
    checkVerifier(codeVerifier)
  }

  #checkSupport(): void {
    const { name, pkce, metadata } = this.port.provider
    if (pkce === 'refused')
      throw new GrantError(
        'pkce_unsupported',
        `${name} refuses PKCE: use provider.grant(AuthorizationCode) with a client secret`,
      )
    const methods = metadata.code_challenge_methods_supported
    if (methods && !methods.includes('S256'))
      throw new GrantError(
        'pkce_unsupported',
        `${name} does not support the S256 code challenge (it lists ${methods.join(', ') || 'none'}), and "plain" proves nothing`,
      )
  }
}

const pkceOptions = {
  what: 'the options of authorize',
  fields: [...authorizationFields, 'codeVerifier', 'codeChallenge'],
}
