import type { Token } from '../token/token.ts'
import { Grant, type GrantOptions } from './grant.ts'

/**
 * A token for the application itself, without a user (RFC 6749 §4.4). There is no refresh token: request a new token instead.
 *
 * @example
 * ```ts with provider, ClientCredentials
 * const token = await provider.grant(ClientCredentials).requestToken({ scope: ['reports'] })
 * ```
 */
export class ClientCredentials<Scope extends string = string> extends Grant<Scope> {
  /** RFC 6749 §4.4.2. */
  static readonly grantType = 'client_credentials'

  /** Requests a token for the application. Rejects with `token_error` when the server refuses. */
  async requestToken(options?: GrantOptions<Scope>): Promise<Token> {
    return this.tokenRequest({}, options)
  }
}
