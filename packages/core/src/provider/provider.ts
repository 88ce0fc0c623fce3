import { checkClient } from '../definition/check-client.ts'
import { checkDefinition } from '../definition/check-definition.ts'
import type { ClientRegistration } from '../definition/client-registration.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'
import { Grant } from '../grants/grant.ts'
import { OpenidClientPort } from '../protocol/openid-client-port.ts'
import type { GrantPort } from '../protocol/port.ts'
import type { Emit } from '../protocol/events.ts'
import { showInstead } from '../token/plain.ts'
import type { Token } from '../token/token.ts'
import { makeTokenSource } from '../tokens/make-token-source.ts'
import type { TokenSourceOptions } from '../tokens/source-options.ts'
import type { TokenSource } from '../tokens/token-source.ts'
import { checkOptions, emitter, type ProviderOptions } from './options.ts'

/** What {@link Provider.discover} may be given, beside the options of every provider. */
export interface DiscoverOptions extends ProviderOptions {
  /** What the provider is called; its issuer unless given. */
  readonly name?: string | undefined
  /** Ends the discovery; it then rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
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
export class Provider<Scope extends string = string> {
  /** The provider as data, checked and frozen. */
  readonly definition: ProviderDefinition<Scope>
  readonly #port: OpenidClientPort<Scope>
  readonly #emit: Emit
  readonly #timeout: number

  /** Throws `config_invalid`, `metadata_invalid` or `insecure_url`, with what to write instead. */
  constructor(definition: ProviderDefinition<Scope>, client: ClientRegistration, options: ProviderOptions = {}) {
    this.definition = checkDefinition(definition)
    const transport = checkOptions(options)
    const checked = checkClient(this.definition, client)
    const emit = emitter(this.definition.name, transport.clock, options.onEvent)
    this.#port = new OpenidClientPort(this.definition, checked, transport, emit)
    this.#emit = emit
    this.#timeout = transport.timeout
    for (const message of checked.warnings) emit({ type: 'discouraged', message })
  }

  /**
   * Makes a provider from what its issuer publishes: the RFC 8414 document and, only after a 404, that of OpenID
   * Connect Discovery. The issuer is compared character by character. Rejects with `discovery_failed`,
   * `issuer_mismatch`, or what the constructor throws.
   */
  static async discover(issuer: string, client: ClientRegistration, options: DiscoverOptions = {}): Promise<Provider> {
    const transport = checkOptions(options)
    const { discoverMetadata } = await import('../protocol/discovery.ts')
    const metadata = await discoverMetadata(transport, issuer, options.signal)
    return new Provider({ name: options.name ?? issuer, metadata }, client, options)
  }

  /** The name of the provider. */
  get name(): string {
    return this.definition.name
  }

  /** A grant of this provider: an instance of the class that you pass, which may be your own. Throws `config_invalid` for a class that is no `Grant`. */
  grant<G extends Grant>(GrantClass: new (port: GrantPort<Scope>) => G): G {
    if (typeof GrantClass === 'function' && GrantClass.prototype instanceof Grant) return new GrantClass(this.#port)
    throw new GrantError(
      'config_invalid',
      `${describe(GrantClass)} is no grant: pass a class that extends Grant, such as Pkce`,
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
  tokenSource(options: TokenSourceOptions<Scope>): TokenSource {
    const revoke = (token: Token, signal?: AbortSignal): Promise<void> => this.revoke(token, { signal })
    return makeTokenSource({ port: this.#port, emit: this.#emit, timeout: this.#timeout, revoke }, options)
  }

  /**
   * Tells the provider that a token is not needed any more (RFC 7009): first its refresh token, which ends the grant, then
   * the access token, unless the definition says that one of them is enough. Rejects with `config_invalid` where the
   * provider has no endpoint for it, else with what the provider said.
   */
  async revoke(token: Token, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    await this.#port.revoke(token, signal)
  }
}

showInstead(Provider.prototype, 'Provider', ({ definition }) => ({
  name: definition.name,
  metadata: definition.metadata,
}))

function describe(value: unknown): string {
  return typeof value === 'function' ? `the class ${value.name || 'without a name'}` : quote(value)
}
