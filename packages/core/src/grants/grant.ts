import { GrantError } from '../errors/grant-error.ts'
import type { GrantPort, TokenRequest } from '../protocol/port.ts'
import type { RequestValues } from '../definition/parameters.ts'
import { checkScope } from '../token/scope.ts'
import type { Token } from '../token/token.ts'
import { checkResource } from './resource.ts'

/** What every token request may be given, last. */
export interface GrantOptions<Scope extends string = string> {
  /** The scopes to ask for (RFC 6749 §3.3). */
  readonly scope?: readonly Scope[] | undefined
  /** The resource, or resources, that the token is for: absolute URIs (RFC 8707 §2). */
  readonly resource?: string | readonly string[] | undefined
  /** Further parameters; none that the grant or the library sends itself, and what is empty is not sent. */
  readonly parameters?: RequestValues | undefined
  /** Ends the request; it then rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/**
 * A way to obtain a token (RFC 6749 §1.3). Your own is a class with a `grantType` and one method; it is run like those
 * that come with the library, with client authentication, every check and every error of theirs.
 *
 * @example
 * ```ts
 * import { Grant, type GrantOptions, Provider, type Token } from '@grantkit/core'
 *
 * class Saml2Bearer extends Grant {
 *   static readonly grantType = 'urn:ietf:params:oauth:grant-type:saml2-bearer'
 *
 *   requestToken(assertion: string, options?: GrantOptions): Promise<Token> {
 *     return this.tokenRequest({ assertion }, options)
 *   }
 * }
 *
 * const metadata = { token_endpoint: 'https://id.acme.example/token' }
 * const acme = new Provider({ name: 'acme', metadata }, { clientId: 'my-client' })
 * acme.grant(Saml2Bearer) instanceof Grant // => true
 * ```
 */
export abstract class Grant<Scope extends string = string> {
  /** What the grant sees of its provider. */
  protected readonly port: GrantPort<Scope>

  /** Grants are made by `provider.grant(Class)`. In a unit test, an object literal can be the port. */
  constructor(port: GrantPort<Scope>) {
    this.port = port
  }

  /** Obtains a token; what it takes first depends on the grant. Rejects with a `GrantError`. */
  abstract requestToken(...input: never[]): Promise<Token>

  /** Sends the parameters of the grant to the token endpoint, with `grant_type` and what the caller asks for (RFC 6749 §4.5). */
  protected async tokenRequest(
    parameters: RequestValues,
    options: GrantOptions<Scope> = {},
    expectations: Pick<TokenRequest, 'assumedScope' | 'idToken' | 'said'> = {},
  ): Promise<Token> {
    const scope = checkScope(options.scope)
    const { signal, parameters: extra } = options
    return this.port.requestToken({
      grantType: this.#grantType(),
      parameters,
      extra,
      scope,
      resource: checkResource(options.resource),
      signal,
      ...expectations,
    })
  }

  #grantType(): string {
    const { grantType, name } = this.constructor as { grantType?: unknown; name: string }
    if (typeof grantType === 'string' && grantType !== '') return grantType
    throw new GrantError(
      'config_invalid',
      `${name} has no grant type: write static readonly grantType = 'urn:…' into the class`,
    )
  }
}
