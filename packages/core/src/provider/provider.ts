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
import type { Emit } from '../protocol/events.ts'
import type { RevocableGrant } from '../protocol/revocation.ts'
import { showInstead } from '../token/plain.ts'
import { Token } from '../token/token.ts'
import type { Transport } from '../transport/transport.ts'
import { DeferredTokenSource } from '../refresh/deferred-token-source.ts'
import type { SourceProvider } from '../refresh/open-token-source.ts'
import type { SourceApi } from '../refresh/source-api.ts'
import type { TokenSourceOptions } from '../refresh/source-options.ts'
import type { TokenSource } from '../refresh/token-source.ts'
import { discoverDefinition, type DiscoverOptions } from './discover.ts'
import {
  checkOptions,
  emitter,
  plainHosts,
  type ProviderOptions,
  refuseUnknownOptions,
  transportOf,
} from './options.ts'

/** What {@link Provider.revoke} may be given. */
export interface RevokeOptions {
  /** Ends the request; it then rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** Set once, by the class, which alone can see its port. */
let reveal: (provider: Provider) => ProviderPort

/** The port of a provider, for entries of this package: the index does not export it. */
export function portOf(provider: Provider): ProviderPort {
  return reveal(provider)
}

/** A grant that needs the token endpoint alone, or one of these endpoints, as its `endpoint` says. */
export type GrantAt<Endpoint extends EndpointName> = Grant & {
  /** The endpoint that the grant needs. */
  readonly endpoint?: Endpoint
}

/** What a provider has to be for a method that needs an endpoint: anything, where its type has that endpoint. */
export type HasEndpoint<Endpoint extends EndpointName, Needed extends EndpointName> = Needed extends Endpoint
  ? unknown
  : {
      /** What the type of the provider lacks. */
      readonly endpoint: `this provider has no ${Needed}`
    }

const revokeOptions = { what: 'the options of revoke', fields: ['signal'] }

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
export class Provider<Scope extends string = string, Endpoint extends EndpointName = EndpointName> {
  static {
    reveal = (provider) => provider.#port
  }

  /** The provider as data, checked and frozen. */
  readonly definition: ProviderDefinition<Scope, Endpoint>
  readonly #port: ProviderPort<Scope>
  readonly #sources: SourceProvider<Scope>

  /** Throws `config_invalid`, `metadata_invalid` or `insecure_url`, with what to write instead. */
  constructor(
    definition: ProviderDefinition<Scope, Endpoint>,
    client: ClientRegistration,
    options: ProviderOptions = {},
  ) {
    const { onEvent, ...checked } = checkOptions(options)
    this.definition = checkDefinition(definition, checked.httpHosts)
    const registration = checkClient(this.definition, client)
    const emit = emitter(this.definition.name, checked.clock, onEvent)
    const transport = transportOf(this.definition.name, checked, emit)
    const proofs = proofsOf(checked, this.definition.metadata)
    this.#port = new ProviderPort({ provider: this.definition, client: registration, transport, emit, proofs })
    this.#sources = this.#sourceProvider(transport, emit, proofs)
    for (const message of [...registration.warnings, ...plainHosts(checked)]) emit({ type: 'discouraged', message })
  }

  /**
   * Makes a provider from what its issuer publishes: the RFC 8414 document and, only after a 401, 403 or 404, that of
   * OpenID Connect Discovery. The issuer is compared character by character. Rejects with `discovery_failed`,
   * `issuer_mismatch`, or what the constructor throws.
   */
  static async discover(issuer: string, client: ClientRegistration, options: DiscoverOptions = {}): Promise<Provider> {
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
  grant<G extends GrantAt<Endpoint>>(GrantClass: new (port: GrantPort<Scope>) => G): G {
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
   * Tells the provider that a token is not needed any more (RFC 7009): first its refresh token, which revokes the grant, then
   * the access token, unless the definition says that one of them is enough. A string is a refresh token. Rejects with
   * `config_invalid` where the provider has no endpoint for it, else with what the provider said.
   */
  async revoke(
    this: Provider<Scope, Endpoint> & HasEndpoint<Endpoint, 'revocation_endpoint'>,
    token: Token | string,
    options: RevokeOptions = {},
  ): Promise<void> {
    refuseUnknownOptions(options, revokeOptions)
    await this.#port.revoke(revocable(token), options.signal)
  }

  #sourceProvider(transport: Transport, emit: Emit, proofs: SourceApi['proofs']): SourceProvider<Scope> {
    const { clock, fetch, httpHosts, timeout } = transport
    const { name: provider, apiOrigins: origins = [], api: rules } = this.definition
    const { clientId } = this.#port.client
    return {
      port: this.#port,
      emit,
      api: Object.freeze({ provider, clientId, origins, rules, httpHosts, fetch, clock, emit, proofs }),
      timeout,
      revoke: (grant, signal) => this.#port.revoke(grant, signal),
    }
  }
}

showInstead(Provider.prototype, 'Provider', ({ definition }) => ({
  name: definition.name,
  metadata: definition.metadata,
}))

function revocable(token: unknown): RevocableGrant {
  if (token instanceof Token) return token
  if (typeof token === 'string' && token !== '') return { refreshToken: token }
  throw new GrantError('config_invalid', 'revoke takes a Token, or a refresh token as a string')
}

function describe(value: unknown): string {
  return typeof value === 'function' ? `the class ${value.name || 'without a name'}` : quote(value)
}
