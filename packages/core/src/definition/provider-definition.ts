import type { ServerMetadata } from './server-metadata.ts'

/**
 * A provider as data: where its endpoints are and what is particular to it. A preset package exports one; your own
 * needs only a name and the metadata. `Scope` is the union of the provider's scopes, where the preset lists them.
 *
 * @example
 * ```ts
 * import type { ProviderDefinition } from '@grantkit/core'
 *
 * const acme: ProviderDefinition<'read' | 'write'> = {
 *   name: 'acme',
 *   metadata: {
 *     issuer: 'https://id.acme.example',
 *     authorization_endpoint: 'https://id.acme.example/authorize',
 *     token_endpoint: 'https://id.acme.example/token',
 *   },
 *   scopes: { read: { description: 'Read your notes.' }, write: { description: 'Write notes for you.' } },
 *   apiOrigins: ['https://api.acme.example'],
 * }
 * ```
 */
export interface ProviderDefinition<Scope extends string = string> {
  /** What the provider is called in errors, events and transactions; unique among the providers of one application. */
  readonly name: string
  /** The authorization server: an RFC 8414 document, verbatim. */
  readonly metadata: ServerMetadata
  /** The provider's scopes; a scope that is not listed here does not compile. Absent: any scope does. */
  readonly scopes?: Readonly<Record<Scope, ScopeDescription>>
  /** The origins of the provider's API, such as `https://api.spotify.com`: the only places where its tokens may go. */
  readonly apiOrigins?: readonly string[]
  /** What the provider asks of a redirect URI, beyond RFC 6749 §3.1.2. */
  readonly redirectUri?: RedirectUriRules
  /** How a client of this provider authenticates, where the metadata does not tell. */
  readonly clientAuthentication?: ClientAuthenticationRules
  /** What the provider does with a code challenge (RFC 7636): `supported` unless said otherwise. */
  readonly pkce?: 'required' | 'supported' | 'refused'
  /** What is known of the provider's refresh tokens. */
  readonly refreshToken?: RefreshTokenFacts
  /** Parameters that every request of a kind carries, unless the caller gives another value. */
  readonly parameters?: RequestParameters
  /** How the provider's token answers deviate from RFC 6749 §5.1. Every use of one is an event `normalised`. */
  readonly tokenResponse?: TokenResponseDeviations
  /** Where these facts were read, and when. */
  readonly sources?: readonly FactSource[]
}

/** A scope of a provider. */
export interface ScopeDescription {
  /** What the user reads on the consent page, in the provider's words. */
  readonly description: string
  /** Where the provider documents the scope. */
  readonly source?: string
}

/** What a provider refuses or discourages in a redirect URI. */
export interface RedirectUriRules {
  /** Whether the name `localhost` may stand for the loopback address: `allowed` unless said otherwise. */
  readonly localhost?: 'allowed' | 'refused'
  /** Whether a private-use scheme such as `com.example.app:/callback` may be used: `allowed` unless said otherwise. */
  readonly customScheme?: 'allowed' | 'discouraged' | 'refused'
  /** Whether plain `http` on a loopback address may be used: `allowed` unless said otherwise. */
  readonly loopback?: 'allowed' | 'refused'
  /** Where the provider documents its rules. */
  readonly source?: string
}

/** How a client authenticates at a provider. */
export interface ClientAuthenticationRules {
  /** The method, for providers whose metadata does not list it. */
  readonly method?: ClientAuthenticationMethod
  /** How Basic writes id and secret: `form` as RFC 6749 §2.3.1 asks, or `raw` for servers that do not decode. */
  readonly basicEncoding?: 'form' | 'raw'
}

/** The client authentication methods that need no code (RFC 6749 §2.3.1, RFC 7591 §2). */
export type ClientAuthenticationMethod = 'client_secret_basic' | 'client_secret_post' | 'none'

/** What is known of a provider's refresh tokens; times in seconds. */
export interface RefreshTokenFacts {
  /** Whether a refresh brings a new refresh token. */
  readonly rotation?: 'always' | 'sometimes' | 'never'
  /** Seconds from the user's authorization to the end of every refresh token of the grant. */
  readonly absoluteLifetime?: number
  /** Seconds without a refresh after which the refresh token ends. */
  readonly idleLifetime?: number
  /** Where the provider documents it. */
  readonly source?: string
}

/** Parameters by the kind of request that carries them. */
export interface RequestParameters {
  /** For the authorization URL. */
  readonly authorization?: Readonly<Record<string, string>>
  /** For every token request. */
  readonly token?: Readonly<Record<string, string>>
}

/** Deviations of a token answer that are tolerated because the definition declares them. */
export interface TokenResponseDeviations {
  /** The token is of this type, whatever the answer says or leaves out. */
  readonly tokenType?: 'Bearer'
  /** The answer may be form-encoded instead of JSON. */
  readonly formEncoded?: true
}

/** Where a fact was read. */
export interface FactSource {
  /** The page. */
  readonly url: string
  /** The day it was read, as `YYYY-MM-DD`. */
  readonly read: string
}
