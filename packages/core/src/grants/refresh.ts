import { GrantError } from '../errors/grant-error.ts'
import type { Exchange, ExpectedIdToken } from '../protocol/port.ts'
import { boundedExtra } from '../token/extra.ts'
import { requiredFor } from '../token/required.ts'
import { checkScope } from '../token/scope.ts'
import { Token } from '../token/token.ts'
import { Grant, type GrantOptions } from './grant.ts'
import { refreshEnd } from './refresh-end.ts'

const secondsOfDay = 24 * 60 * 60

/**
 * Trades a refresh token for a fresh access token (RFC 6749 §6).
 *
 * @example
 * ```ts with provider, Refresh, token
 * const fresh = await provider.grant(Refresh).requestToken(token) // a Token, or a refresh token
 * ```
 */
export class Refresh<Scope extends string = string> extends Grant<Scope> {
  /** RFC 6749 §6. */
  static readonly grantType = 'refresh_token'

  /**
   * Refreshes a token, given as a {@link Token} or as its refresh token. What the response leaves out stays as it was:
   * the refresh token, the scope, the provider's extras. Rejects with `reauthorization_required` when the server says
   * `invalid_grant`.
   */
  async requestToken(token: Token | string, options: GrantOptions<Scope> = {}): Promise<Token> {
    const exchange = await this.exchange(token, options)
    if ('error' in exchange) throw exchange.error
    return exchange.verified()
  }

  /**
   * The same in two steps, for callers that store tokens: the new refresh token can be stored as soon as it is there,
   * whatever the verdict on the ID token that came with it. Rejects with `config_invalid` alone.
   *
   * @internal
   */
  async exchange(token: Token | string, options: GrantOptions<Scope> = {}): Promise<Exchange> {
    this.checkOptions(options)
    const { refreshToken, previous } = read(token)
    const scope = checkScope(options.scope)
    if (previous) checkWithin(previous, scope)
    const assumedScope = scope.length > 0 ? scope : previous?.scope
    const resource = options.resource ?? previous?.resource
    const expectations = { assumedScope, said: previous?.extra, idToken: expectedIdToken(previous) }
    const exchange = await this.tokenExchange({ refresh_token: refreshToken }, { ...options, resource }, expectations)
    if ('error' in exchange) return { ...exchange, error: this.#explained(exchange.error, previous) }
    const refreshed = this.#merge(exchange.token, refreshToken, previous)
    const verified = async (): Promise<Token> => {
      const fresh = await exchange.verified()
      return fresh.idToken === undefined ? refreshed : this.#merge(fresh, refreshToken, previous)
    }
    return { token: refreshed, verified }
  }

  /** What the response leaves out stays as it was. */
  #merge(fresh: Token, used: string, previous: Token | undefined): Token {
    const { clock, provider } = this.port
    const { refreshToken = used, expiresAt } = fresh
    const extended = provider.refreshToken?.idleLifetime !== undefined // by being used
    const kept = extended || refreshToken !== used ? undefined : previous?.refreshExpiresAt
    const { authorizedAt } = previous ?? fresh
    const end = { authorizedAt, refreshExpiresAt: fresh.refreshExpiresAt ?? kept }
    return new Token({
      ...previous,
      ...fresh,
      expiresAt,
      refreshToken,
      refreshExpiresAt: refreshEnd(end, provider.refreshToken, clock.now()),
      ...(previous && { extra: boundedExtra(fresh.extra, previous.extra) }),
    })
  }

  /** Adds what the next login has to ask for, and explains a grant that has reached its absolute lifetime: nobody revoked it. */
  #explained(error: GrantError, previous: Token | undefined): GrantError {
    if (error.code !== 'reauthorization_required' || !previous) return error
    const { provider, clock } = this.port
    const { absoluteLifetime = Infinity } = provider.refreshToken ?? {}
    const { authorizedAt = Infinity } = previous
    const required = requiredFor(previous)
    if (clock.now() < authorizedAt + absoluteLifetime * 1000)
      return new GrantError(error.code, error.message, { ...error, required, cause: error.cause })
    const days = Math.round(absoluteLifetime / secondsOfDay)
    const message = `${provider.name} ends every grant some ${days} days after its login, however often it is refreshed: the user has to log in again`
    return new GrantError(error.code, message, { ...error, required, cause: error })
  }
}

function read(token: Token | string): { refreshToken: string; previous?: Token } {
  if (typeof token === 'string' && token !== '') return { refreshToken: token }
  const previous = typeof token === 'string' ? undefined : Token.from(token)
  if (previous?.refreshToken !== undefined) return { refreshToken: previous.refreshToken, previous }
  throw new GrantError(
    'config_invalid',
    'there is no refresh token to use: the provider issued none, so ask the user to log in again',
    { action: 'reauthorize', required: previous && requiredFor(previous) },
  )
}

/** A refresh can narrow the scope, never widen it (RFC 6749 §6). */
function checkWithin(token: Token, wanted: readonly string[]): void {
  const beyond = token.scope.length > 0 ? wanted.filter((scope) => !token.hasScope(scope)) : []
  if (beyond.length > 0)
    throw new GrantError(
      'config_invalid',
      `a refresh cannot add the scope ${beyond.join(' ')}: authorize again with it`,
      { action: 'reauthorize', required: requiredFor(token, { scope: wanted }) },
    )
}

/** A refreshed ID token has to speak of the same login as the one before; none is needed (OpenID Connect Core §12.2). */
function expectedIdToken(previous: Token | undefined): ExpectedIdToken | undefined {
  return previous?.claims && { required: false, previous: previous.claims }
}
