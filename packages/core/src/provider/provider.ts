import { checkClient } from '../definition/check/client.ts'
import { checkDefinition } from '../definition/check/definition.ts'
import type { ClientRegistration } from '../definition/client-registration.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import type { EndpointName } from '../definition/server-metadata.ts'
import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'
import { Grant } from '../grants/grant.ts'
import { proofsOf } from '../protocol/authentication/dpop.ts'
import { ProviderPort } from '../protocol/provider-port.ts'
import type { GrantPort } from '../protocol/port.ts'
import type { Introspection } from '../protocol/introspection-response.ts'
import type { IntrospectionOptions } from '../protocol/introspection.ts'
import { logoutUrl, type LogoutUrlOptions } from '../protocol/end-session.ts'
import type { LogoutTokenClaims, LogoutTokenOptions } from '../protocol/openid/logout-token.ts'
import type { RevokeOptions } from '../protocol/revocation.ts'
import type { UserinfoOptions } from '../protocol/userinfo.ts'
import type { AuthorizationDetail } from '../token/authorization-detail.ts'
import type { UserClaims } from '../token/id-token-claims.ts'
import { showInstead } from '../token/plain.ts'
import type { Token } from '../token/token.ts'
import { load } from '../transport/load.ts'
import { DeferredTokenSource } from '../refresh/deferred-token-source.ts'
import type { SourceProvider } from '../refresh/open-token-source.ts'
import type { TokenSourceOptions } from '../refresh/source-options.ts'
import type { TokenSource } from '../refresh/token-source.ts'
import type { DiscoverOptions } from './discover.ts'
import type { GrantAt, HasEndpoint } from './has-endpoint.ts'
import { checkOptions, emitter, plainHosts, type ProviderOptions, transportOf } from './options.ts'
import { underProfile } from './profile.ts'
import { sourceProvider } from './source-provider.ts'

/** Set once, by the class, which alone can see its port. */
let reveal: (provider: Provider) => ProviderPort

/** The port of a provider, for entries of this package: the index does not export it. */
export function portOf(provider: Provider): ProviderPort {
  return reveal(provider)
}

/**
 * An authorization server as one client sees it. Making one does no I/O, and refuses at once what cannot work.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 *
 * const acme = new Provider(
 *   {
 *     name: 'acme',
 *     metadata: {
 *       issuer: 'https://id.acme.example',
 *       authorization_endpoint: 'https://id.acme.example/authorize',
 *       token_endpoint: 'https://id.acme.example/token',
 *     },
 *   },
 *   { clientId: 'my-client', redirectUri: 'https://app.example/callback' },
 * )
 * const { url, transaction } = await acme.grant(Pkce).authorize({ scope: ['read'] })
 * url.origin // => 'https://id.acme.example'
 * transaction.redirectUri // => 'https://app.example/callback'
 * ```
 */
export class Provider<
  Scope extends string = string,
  Endpoint extends EndpointName = EndpointName,
  Detail extends AuthorizationDetail = AuthorizationDetail,
> {
  static {
    reveal = (provider) => provider.#port
  }

  /** The provider as data, checked and frozen. */
  readonly definition: ProviderDefinition<Scope, Endpoint, Detail>
  readonly #port: ProviderPort<Scope, Detail>
  readonly #sources: SourceProvider<Scope>

  /** Throws `config_invalid`, `metadata_invalid` or `insecure_url`, with what to write instead. */
  constructor(
    definition: ProviderDefinition<Scope, Endpoint, Detail>,
    client: ClientRegistration,
    options: ProviderOptions = {},
  ) {
    const { onEvent, ...checked } = checkOptions(options)
    this.definition = checkDefinition(definition, checked.httpHosts)
    const registration = checkClient(this.definition, client)
    const emit = emitter(this.definition.name, checked.clock, onEvent)
    const transport = transportOf(this.definition.name, checked, emit)
    const { warnings, ...profiled } = underProfile(this.definition, registration, checked)
    const proofs = proofsOf(checked, profiled.provider.metadata)
    this.#port = new ProviderPort({ ...profiled, client: registration, transport, emit, proofs })
    this.#sources = sourceProvider(this.#port, { transport, emit, proofs })
    for (const message of [...registration.warnings, ...warnings, ...plainHosts(checked)])
      emit({ type: 'discouraged', message })
  }

  /**
   * Makes a provider from what its issuer publishes: the RFC 8414 document and, only after a 401, 403 or 404, that of
   * OpenID Connect Discovery. The issuer is compared character by character. Rejects with `discovery_failed`,
   * `issuer_mismatch`, or what the constructor throws.
   */
  static async discover(issuer: string, client: ClientRegistration, options: DiscoverOptions = {}): Promise<Provider> {
    const { discoverDefinition } = await load(() => import('./discover.ts'))
    const discovered = await discoverDefinition(issuer, options)
    return new Provider(discovered.definition, client, discovered.options)
  }

  /** The name of the provider. */
  get name(): string {
    return this.definition.name
  }

  /** The redirect URIs of the client; the first is the default. */
  get redirectUris(): readonly string[] {
    return this.#port.client.redirectUris
  }

  /**
   * A grant of this provider: an instance of the class that you pass, which may be your own. A class whose `endpoint` is
   * not among those of the definition's type does not compile. Throws `config_invalid` for a class that is not a `Grant`.
   */
  grant<G extends GrantAt<Endpoint>>(GrantClass: new (port: GrantPort<Scope, Detail>) => G): G {
    if (typeof GrantClass === 'function' && GrantClass.prototype instanceof Grant) return new GrantClass(this.#port)
    throw new GrantError(
      'config_invalid',
      `${describe(GrantClass)} is not a grant: pass a class that extends Grant, such as Pkce`,
    )
  }

  /**
   * A token that stays fresh: from a store and a key, from a token alone, or from a grant that can be asked again. Making
   * one does no I/O. Throws `config_invalid`.
   *
   * @example
   * ```ts with provider, ClientCredentials
   * const tokens = provider.tokenSource({ grant: ClientCredentials, scope: ['read'] })
   * const { accessToken } = await tokens.token({ minValid: 60 })
   * ```
   */
  tokenSource(options: TokenSourceOptions<Scope>): TokenSource<Scope> {
    return new DeferredTokenSource(this.#sources, options)
  }

  /**
   * Tells the provider that a token is no longer needed (RFC 7009): first its refresh token, which revokes the grant, then
   * the access token, unless the definition says that one of them is enough. A string is a refresh token. Rejects with
   * `config_invalid` if the provider has no endpoint for it, else with what the provider said.
   */
  async revoke(
    this: Provider<Scope, Endpoint, Detail> & HasEndpoint<Endpoint, 'revocation_endpoint'>,
    token: Token | string,
    options: RevokeOptions = {},
  ): Promise<void> {
    const { revocable } = await load(() => import('../protocol/revocation.ts'))
    await this.#port.revoke(revocable(token, options), options.signal)
  }

  /** Claims about the user of a token (OpenID Connect Core §5.3), of that user and nobody else. Rejects with `userinfo_invalid`, or with what the provider said. */
  async userinfo(
    this: Provider<Scope, Endpoint, Detail> & HasEndpoint<Endpoint, 'userinfo_endpoint'>,
    token: Token,
    options: UserinfoOptions = {},
  ): Promise<UserClaims> {
    const { userinfo } = await load(() => import('../protocol/userinfo.ts'))
    return userinfo(token, options, ProviderPort.behind(this.#port))
  }

  /** What the provider says about a token (RFC 7662), requested anew each time: for an API that is called with tokens. Rejects with `token_response_invalid`, or with what the provider said. */
  async introspect(
    this: Provider<Scope, Endpoint, Detail> & HasEndpoint<Endpoint, 'introspection_endpoint'>,
    token: Token | string,
    options: IntrospectionOptions = {},
  ): Promise<Introspection> {
    const { introspect } = await load(() => import('../protocol/introspection.ts'))
    return introspect(token, options, ProviderPort.behind(this.#port))
  }

  /** Where to redirect a user to log out of the provider (OpenID Connect RP-Initiated Logout 1.0). Throws `config_invalid` or `insecure_url`. */
  logoutUrl(
    this: Provider<Scope, Endpoint, Detail> & HasEndpoint<Endpoint, 'end_session_endpoint'>,
    options: LogoutUrlOptions = {},
  ): URL {
    return logoutUrl(this.definition, this.#port.client.clientId, options)
  }

  /** Verifies a logout token that the provider has posted (OpenID Connect Back-Channel Logout 1.0), and accepts it once. If it rejects with `logout_token_invalid`, log nobody out. */
  async verifyLogoutToken(
    jwt: string | null | undefined,
    options: LogoutTokenOptions = {},
  ): Promise<LogoutTokenClaims> {
    const { verifyLogoutToken } = await load(() => import('../protocol/openid/logout-token.ts'))
    return verifyLogoutToken(jwt, options, ProviderPort.behind(this.#port))
  }
}

showInstead(Provider.prototype, 'Provider', ({ definition: { name, metadata } }) => ({ name, metadata }))

function describe(value: unknown): string {
  return typeof value === 'function' ? `the class ${value.name || 'without a name'}` : quote(value)
}
