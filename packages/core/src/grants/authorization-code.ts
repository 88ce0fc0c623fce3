import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import type { Exchange, ExpectedIdToken, TokenRequest } from '../protocol/port.ts'
import type { IdTokenClaims } from '../token/id-token-claims.ts'
import type { AuthorizationDetail } from '../token/authorization-detail.ts'
import type { Token } from '../token/token.ts'
import { isObject } from '../wire/json.ts'
import { joined, refuseAborted } from '../transport/deadline.ts'
import type { AuthorizationOptions } from './authorization-options.ts'
import { type AuthorizationRequest, authorizationRequest } from './authorization-request.ts'
import { checkCode, readCallback } from './callback.ts'
import type { Callback } from './callback-parameters.ts'
import { completeOnce } from './completion.ts'
import { Grant, type GrantOptions } from './grant.ts'
import { issued } from './issued.ts'
import { checkTransaction, type Transaction } from './transaction.ts'

/** A code that you took from a callback whose state you compared yourself. */
export interface CheckedCode {
  /** The authorization code. */
  readonly code: string
  /** The verifier whose challenge was in the authorization URL. */
  readonly codeVerifier?: string | undefined
  /** The redirect URI of the authorization URL; the client's first unless given. */
  readonly redirectUri?: string | undefined
  /** The nonce of the authorization URL, where the scope had `openid`: an ID token is required then, and verified. */
  readonly nonce?: string | undefined
}

/** The parameters to redeem a code, and what is known about its login. */
interface Redemption extends CheckedCode {
  readonly scope?: readonly string[] | undefined
  readonly resource?: string | readonly string[] | undefined
  readonly maxAge?: number | undefined
  readonly acrValues?: readonly string[] | undefined
  readonly acrRequired?: boolean | undefined
  /** The claims of the ID token that came with the code. */
  readonly claims?: IdTokenClaims | undefined
  /** The callback parameters that are kept. */
  readonly kept?: Readonly<Record<string, string>> | undefined
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
export class AuthorizationCode<
  Scope extends string = string,
  Detail extends AuthorizationDetail = AuthorizationDetail,
> extends Grant<Scope, Detail> {
  /** RFC 6749 §4.1.3. */
  static readonly grantType: string = 'authorization_code'
  /** Where a login begins (RFC 6749 §3.1). */
  readonly endpoint = 'authorization_endpoint'

  /** Begins a login: the URL to redirect the user to, and the transaction to keep until they come back. Rejects with `config_invalid`, and where the request is pushed with what the provider said. */
  async authorize(options: AuthorizationOptions<Scope, Detail> = {}): Promise<AuthorizationRequest> {
    this.#refuseWherePkceIsRequired()
    if (!this.port.client.confidential)
      throw new GrantError('config_invalid', 'a client without a secret needs PKCE: use provider.grant(Pkce)')
    return authorizationRequest(this.port, options, {})
  }

  /**
   * Finishes a login: checks the callback against the transaction before anything is sent, and redeems the code. Only
   * the parameters of the callback are read; the redirect URI that is sent is the transaction's. Rejects with a
   * `GrantError` for each thing that does not fit.
   */
  async requestToken(
    callback: Callback,
    transaction: Transaction | undefined,
    options: GrantOptions<Scope> = {},
  ): Promise<Token> {
    this.checkOptions(options)
    const login = checkTransaction(transaction, this.port)
    this.checkProof(login.codeVerifier)
    const { code, kept, claims } = await readCallback(callback, login, this.port)
    refuseAborted(options.signal)
    const exchange = completeOnce({
      clock: this.port.clock,
      key: this.#keyOf(login),
      code,
      redeem: () => this.#redeem({ ...login, code, kept, claims }, { ...options, signal: undefined }),
    })
    return joined(exchange, options.signal)
  }

  /**
   * Redeems a code whose state, issuer and age you checked yourself, as older libraries leave it to you. Use
   * {@link requestToken} instead wherever you can: nothing is compared here but the ID token. With a `nonce`, or the
   * scope `openid`, an ID token is required and verified. Rejects with `config_invalid` for an argument with a `state`.
   *
   * @example
   * ```ts with login, request, transaction
   * const { code, codeVerifier } = { code: new URL(request.url).searchParams.get('code') ?? '', ...transaction }
   * const token = await login.exchangeCode({ code, codeVerifier })
   * ```
   */
  async exchangeCode(checked: CheckedCode, options: GrantOptions<Scope> = {}): Promise<Token> {
    this.checkOptions(options)
    const { code } = checkCheckedCode(checked)
    const { scope } = options
    const exchange = await this.#redeem({ ...checked, code: checkCode(code), scope }, options)
    if ('error' in exchange) throw exchange.error
    return exchange.verified()
  }

  /** Checks the code verifier; this grant has none. */
  protected checkProof(codeVerifier: string | undefined): void {
    this.#refuseWherePkceIsRequired()
    if (codeVerifier !== undefined)
      throw new GrantError('config_invalid', 'the login was begun with PKCE: finish it with provider.grant(Pkce)')
  }

  #refuseWherePkceIsRequired(): void {
    const { name, pkce } = this.port.provider
    if (pkce === 'required') throw new GrantError('config_invalid', `${name} requires PKCE: use provider.grant(Pkce)`)
  }

  /** Tells a login from every other of this process: a state of the caller's own may come again, and two tenants may give their providers one name. */
  #keyOf({ provider, issuer, redirectUri, state, codeVerifier, nonce, createdAt }: Transaction): string {
    const { client, provider: definition } = this.port
    const { authorization_endpoint, token_endpoint } = definition.metadata
    const server = [provider, issuer, authorization_endpoint, token_endpoint, client.clientId]
    return JSON.stringify([...server, redirectUri, state, codeVerifier, nonce, createdAt])
  }

  async #redeem(redemption: Redemption, options: GrantOptions<Scope>): Promise<Exchange> {
    const { code, codeVerifier, redirectUri = this.port.client.redirectUris[0], scope, kept } = redemption
    this.checkProof(codeVerifier)
    const resource = options.resource ?? redemption.resource // RFC 8707 §2.2 wants it in both requests
    const request: Partial<TokenRequest> = { assumedScope: scope, said: kept, idToken: expectedIdToken(redemption) }
    const exchange = await this.tokenExchange(
      { code, redirect_uri: redirectUri, code_verifier: codeVerifier },
      { ...options, resource, scope: undefined },
      request,
    )
    if ('error' in exchange) return exchange
    const fresh = this.#issued(exchange.token, redemption)
    const verified = async (): Promise<Token> => {
      const token = await exchange.verified()
      if (redemption.claims) checkSameUser(token, redemption.claims)
      return token.idToken === undefined ? fresh : this.#issued(token, redemption)
    }
    return { token: fresh, verified }
  }

  /** The token of a login that took place now. */
  #issued(token: Token, { scope, kept }: Redemption): Token {
    const fresh = issued(token, scope, this.port)
    return kept ? fresh.with({ extra: { ...kept, ...token.extra } }) : fresh
  }
}

/** Checks the argument of `exchangeCode`: nothing may skip a check by a slip. Throws `config_invalid`. */
function checkCheckedCode(checked: CheckedCode): CheckedCode {
  if (isObject(checked)) refuseUnknownFields(checked, checkedCode)
  if (isObject(checked) && typeof checked.code === 'string' && checked.code !== '') return checked
  throw new GrantError('config_invalid', 'there is no code: write exchangeCode({ code, codeVerifier })')
}

const checkedCode = {
  what: 'the argument of exchangeCode',
  fields: ['code', 'codeVerifier', 'redirectUri', 'nonce'],
  instead: {
    state: 'use requestToken(callback, transaction), which compares the state',
    scope: 'pass it in the options, exchangeCode({ code, codeVerifier }, { scope })',
  },
}

/** OpenID Connect applies when the scope has `openid`, or there is a nonce (OpenID Connect Core §3.1.2.1). */
function expectedIdToken({ scope, ...redemption }: Redemption): ExpectedIdToken | undefined {
  const { code, nonce, maxAge, acrValues, acrRequired } = redemption
  const openid = nonce !== undefined || scope?.includes('openid')
  return openid ? { required: true, code, nonce, maxAge, acrValues, acrRequired } : undefined
}

/** Both ID tokens of a login are about the same user (OpenID Connect Core §3.3.3.6). Throws `id_token_invalid`. */
function checkSameUser({ claims }: Token, { iss, sub }: IdTokenClaims): void {
  if (claims?.iss === iss && claims.sub === sub) return
  throw new GrantError('id_token_invalid', 'the ID token is about another user than the one that came in the callback')
}
