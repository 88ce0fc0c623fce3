import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import type { Exchange, GrantPort, TokenRequest } from '../protocol/port.ts'
import type { RequestValues } from '../wire/form.ts'
import { isObject } from '../wire/json.ts'
import type { AuthorizationDetail } from '../token/authorization-detail.ts'
import { checkScope } from '../token/scope.ts'
import type { Token } from '../token/token.ts'
import { authorizationDetailsParameter } from './authorization-details.ts'
import { checkResource } from './resource.ts'

/** What every token request may be given, last. */
export interface GrantOptions<Scope extends string = string> {
  /** The scopes to request (RFC 6749 §3.3). */
  readonly scope?: readonly Scope[] | undefined
  /** The resource, or resources, that the token is for: absolute URIs (RFC 8707 §2). */
  readonly resource?: string | readonly string[] | undefined
  /** The permissions that the token is for, in detail: after a login, all that was granted or less (RFC 9396 §6). */
  readonly authorizationDetails?: readonly AuthorizationDetail[] | undefined
  /** Further parameters; none that the grant or the library sends itself, and what is empty is not sent. */
  readonly parameters?: RequestValues | undefined
  /** Aborts the request, which then rejects with `aborted`. */
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
export abstract class Grant<Scope extends string = string, Detail extends AuthorizationDetail = AuthorizationDetail> {
  /** What the grant sees of its provider. */
  protected readonly port: GrantPort<Scope, Detail>

  /** Grants are made by `provider.grant(Class)`. In a unit test, an object literal can be the port. */
  constructor(port: GrantPort<Scope, Detail>) {
    this.port = port
  }

  /** Obtains a token; what it takes first depends on the grant. Rejects with a `GrantError`. */
  abstract requestToken(...input: never[]): Promise<Token>

  /** Sends the parameters of the grant to the token endpoint, with `grant_type` and what the caller asks for (RFC 6749 §4.5). Rejects with `config_invalid` for an option that does not exist. */
  protected async tokenRequest(
    parameters: RequestValues,
    options: GrantOptions<Scope> = {},
    expectations: Partial<TokenRequest> = {},
  ): Promise<Token> {
    return this.port.requestToken(this.#request(parameters, options, expectations))
  }

  /** The same in two steps, where the port has them: the response, then its ID token. @internal */
  protected async tokenExchange(
    parameters: RequestValues,
    options: GrantOptions<Scope>,
    expectations: Partial<TokenRequest>,
  ): Promise<Exchange> {
    const request = this.#request(parameters, options, expectations)
    if (this.port.exchange) return this.port.exchange(request)
    try {
      const token = await this.port.requestToken(request)
      return { token, verified: async () => token }
    } catch (error) {
      if (error instanceof GrantError) return { error }
      throw error
    }
  }

  /**
   * Makes an authenticated POST to an endpoint of the provider's metadata, by its name and never by a URL, and resolves to
   * the JSON object of the response: for a grant that asks more than the token endpoint. Rejects with `config_invalid` for
   * an endpoint that the metadata does not have, with `token_response_invalid` for anything but a JSON object, else as
   * {@link tokenRequest} does.
   *
   * @example
   * ```ts
   * import { Grant, type Token } from '@grantkit/core'
   *
   * class DeviceCode extends Grant {
   *   static readonly grantType = 'urn:ietf:params:oauth:grant-type:device_code' // RFC 8628
   *
   *   authorize(scope: readonly string[]): Promise<Record<string, unknown>> {
   *     return this.request('device_authorization_endpoint', { scope: scope.join(' ') })
   *   }
   *
   *   requestToken(deviceCode: string): Promise<Token> {
   *     return this.tokenRequest({ device_code: deviceCode })
   *   }
   * }
   * ```
   */
  protected async request(
    endpoint: string,
    parameters: RequestValues,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Record<string, unknown>> {
    refuseUnknownFields(options, { what: 'the options of a request', fields: ['signal'] })
    if (this.port.request) return this.port.request(endpoint, parameters, options)
    throw new GrantError(
      'config_invalid',
      'the port of this grant has no request(): add it to the object that is the port',
    )
  }

  /** Refuses options that do not exist, so that a misspelt one is not ignored silently, and a scope that is not one: before anything is sent. */
  protected checkOptions(options: GrantOptions<Scope>): void {
    const given: unknown = options
    if (!isObject(given)) throw new GrantError('config_invalid', `options are an object: write { scope: ['read'] }`)
    refuseUnknownFields(options, grantOptions)
    checkScope(options.scope)
  }

  #request(parameters: RequestValues, options: GrantOptions<Scope>, expectations: Partial<TokenRequest>): TokenRequest {
    this.checkOptions(options)
    const { signal, parameters: extra } = options
    const scope = checkScope(options.scope)
    const resource = checkResource(options.resource)
    const own = { ...parameters, ...this.#authorizationDetails(options) }
    return { grantType: this.#grantType(), parameters: own, extra, scope, resource, signal, ...expectations }
  }

  #authorizationDetails({ authorizationDetails: details }: GrantOptions): RequestValues | undefined {
    if (details === undefined) return undefined
    return { authorization_details: authorizationDetailsParameter(details, this.port.provider) }
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

/** What a grant sees of its provider, for whoever runs grants inside this library: the index does not export it. */
export function grantPort<Scope extends string>(grant: Grant<Scope>): GrantPort<Scope> {
  return grant['port']
}

const grantOptions = {
  what: 'the options of a grant',
  fields: ['scope', 'resource', 'authorizationDetails', 'parameters', 'signal'],
  instead: {
    redirectUri: 'the login has it from authorize({ redirectUri })',
    redirect_uri: 'the login has it from authorize({ redirectUri })',
    timeout: 'write it into the options of new Provider(definition, client, { timeout })',
  },
}
