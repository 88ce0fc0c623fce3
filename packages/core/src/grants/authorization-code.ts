import { GrantError } from '../errors/grant-error.ts'
import type { ExpectedIdToken } from '../protocol/port.ts'
import type { RequestValues } from '../definition/parameters.ts'
import type { Token } from '../token/token.ts'
import { detachable, refuseAborted } from '../transport/deadline.ts'
import { type AuthorizationOptions, type AuthorizationRequest, authorizationRequest } from './authorization-request.ts'
import { type Callback, type CallbackValues, readCallback } from './callback.ts'
import { completeOnce } from './completion.ts'
import { Grant, type GrantOptions } from './grant.ts'
import { refreshEnd } from './refresh-end.ts'
import { checkTransaction, type Transaction } from './transaction.ts'

/** A code that you took from a callback whose state you compared yourself. */
export interface CheckedCode {
  /** The authorization code. */
  readonly code: string
  /** The verifier whose challenge was in the authorization URL. */
  readonly codeVerifier?: string | undefined
  /** The redirect URI of the authorization URL; the client's first unless given. */
  readonly redirectUri?: string | undefined
  /** The nonce of the authorization URL, where the scope had `openid`. */
  readonly nonce?: string | undefined
}

/**
 * The authorization code grant (RFC 6749 §4.1) without PKCE: for confidential clients of providers that refuse it.
 * Everywhere else, use {@link Pkce}.
 *
 * @example
 * ```ts with provider, AuthorizationCode, request
 * const login = provider.grant(AuthorizationCode)
 * const { url, transaction } = await login.authorize({ scope: ['read'] })
 * // redirect the user to url; keep transaction in their session; then, at the redirect URI:
 * const token = await login.requestToken(request.url, transaction)
 * ```
 */
export class AuthorizationCode<Scope extends string = string> extends Grant<Scope> {
  /** RFC 6749 §4.1.3. */
  static readonly grantType: string = 'authorization_code'

  /** Begins a login: the URL to redirect the user to, and the transaction to keep until they come back. Rejects with `config_invalid`. */
  async authorize(options: AuthorizationOptions<Scope> = {}): Promise<AuthorizationRequest> {
    const { name, pkce } = this.port.provider
    if (pkce === 'required') throw new GrantError('config_invalid', `${name} requires PKCE: use provider.grant(Pkce)`)
    if (!this.port.client.confidential)
      throw new GrantError('config_invalid', 'a client without a secret needs PKCE: use provider.grant(Pkce)')
    return authorizationRequest(this.port, options, {})
  }

  /**
   * Finishes a login: checks the callback against the transaction before anything is sent, and redeems the code. Only
   * the parameters of the callback are read; the redirect URI that is sent is the transaction's. In place of a
   * callback, a code that you checked yourself will do. Rejects with a `GrantError` for each thing that does not fit.
   */
  async requestToken(
    callback: Callback,
    transaction: Transaction | undefined,
    options?: GrantOptions<Scope>,
  ): Promise<Token>
  async requestToken(code: CheckedCode, options?: GrantOptions<Scope>): Promise<Token>
  async requestToken(
    callback: Callback | CheckedCode,
    second?: Transaction | GrantOptions<Scope>,
    third?: GrantOptions<Scope>,
  ): Promise<Token> {
    if (isCheckedCode(callback)) return this.#redeem(callback, second as GrantOptions<Scope> | undefined)
    const transaction = checkTransaction(second, this.port)
    this.checkProof(transaction.codeVerifier)
    const { code, kept } = await readCallback(callback, transaction, this.port)
    refuseAborted(third?.signal)
    const { provider, state, nonce, createdAt } = transaction
    const key = JSON.stringify([provider, this.port.client.clientId, state, transaction.codeVerifier, nonce, createdAt]) // a state of the caller's own may come again
    const exchange = completeOnce(this.port.clock, key, code, () =>
      this.#redeem({ ...transaction, code }, { ...third, signal: undefined }, { ...transaction, kept }),
    )
    return detachable(exchange, third?.signal)
  }

  /** Checks the code verifier; this grant has none. */
  protected checkProof(codeVerifier: string | undefined): void {
    if (codeVerifier !== undefined)
      throw new GrantError('config_invalid', 'the login was begun with PKCE: finish it with provider.grant(Pkce)')
  }

  async #redeem(
    checked: CheckedCode,
    options: GrantOptions<Scope> = {},
    transaction?: Transaction & Pick<CallbackValues, 'kept'>,
  ): Promise<Token> {
    const { code, codeVerifier, redirectUri = this.port.client.redirectUris[0] } = checked
    this.checkProof(codeVerifier)
    const parameters: RequestValues = { code, redirect_uri: redirectUri, code_verifier: codeVerifier }
    const asked = transaction?.scope ?? options.scope
    const resource = options.resource ?? transaction?.resource // RFC 8707 §2.2 wants it in both requests
    const token = await this.tokenRequest(
      parameters,
      { ...options, resource, scope: undefined },
      {
        assumedScope: asked,
        said: transaction?.kept,
        idToken: expectedIdToken(checked, asked, transaction?.maxAge),
      },
    )
    const { clock, provider } = this.port
    const authorizedAt = clock.now()
    const { refreshExpiresAt } = token
    return token.with({
      requestedScope: asked,
      authorizedAt,
      refreshExpiresAt: refreshEnd({ refreshExpiresAt, authorizedAt }, provider.refreshToken, authorizedAt),
      ...(transaction?.kept && { extra: { ...transaction.kept, ...token.extra } }),
    })
  }
}

function isCheckedCode(value: Callback | CheckedCode): value is CheckedCode {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string'
}

/** OpenID Connect applies when the scope has `openid` (OpenID Connect Core §3.1.2.1). */
function expectedIdToken(
  { code, nonce }: CheckedCode,
  scope: readonly string[] | undefined,
  maxAge?: number,
): ExpectedIdToken | undefined {
  return scope?.includes('openid') ? { required: true, code, nonce, maxAge } : undefined
}
