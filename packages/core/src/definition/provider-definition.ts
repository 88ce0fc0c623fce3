import type { AuthorizationDetail } from '../token/authorization-detail.ts'
import type { ApiRules } from './api-rules.ts'
import type { ClientAuthenticationRules } from './client-authentication-rules.ts'
import type { ProviderHooks } from './hooks.ts'
import type {
  AuthorizationRequestDeviations,
  CallbackDeviations,
  GrantDeviations,
  RevocationDeviations,
  TokenRequestDeviations,
} from './request-deviations.ts'
import type { TokenResponseDeviations } from './response-deviations.ts'
import type { EndpointName, ListedEndpoints, ServerMetadata } from './server-metadata.ts'
import type { DefinitionVariable } from './variables.ts'

/**
 * A provider as data: its endpoints and its deviations from the standards. A preset package exports one; your own
 * needs only a name and the metadata. `Scope` is the union of the provider's scopes, where the preset lists them, and
 * `Endpoint` that of its endpoints: a grant or method whose endpoint is not among them does not compile. `Detail` is the
 * union of its authorization details (RFC 9396), where the preset describes them.
 *
 * Standard behaviour needs no declaration. Each deviation is declared in a field, and each use of one is an event
 * `normalised`; an undeclared deviation is refused. Except for `hooks`, a definition is JSON.
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
export interface ProviderDefinition<
  Scope extends string = string,
  Endpoint extends EndpointName = EndpointName,
  Detail extends AuthorizationDetail = AuthorizationDetail,
> {
  /** The JSON schema of this file, for editors. */
  readonly $schema?: string
  /** The name of the provider in errors, events and transactions; unique among the providers of one application. */
  readonly name: string
  /** The authorization server: an RFC 8414 document, verbatim. */
  readonly metadata: ServerMetadata & ListedEndpoints<Endpoint>
  /** The provider's scopes; a scope that is not listed here does not compile. Without a list, any scope compiles. */
  readonly scopes?: Readonly<Record<Scope, ScopeDescription>>
  /**
   * The scopes that `authorize` requests unless its caller passes others: a list replaces them, `{ add: […] }` adds to them,
   * and the transaction has the result. Grants without `authorize` request none of them. Atlassian: `['offline_access']`.
   */
  readonly defaultScope?: readonly string[]
  /** The types of the provider's authorization details (RFC 9396 §10), where its metadata does not list them; another is refused. */
  readonly authorizationDetailsTypes?: readonly Detail['type'][]
  /** The origins of the provider's API, such as `https://api.spotify.com`: the only places where its tokens may go. */
  readonly apiOrigins?: readonly string[]
  /** The provider's redirect URI rules, beyond RFC 6749 §3.1.2. */
  readonly redirectUri?: RedirectUriRules
  /** How a client of this provider authenticates, if the metadata does not specify it. */
  readonly clientAuthentication?: ClientAuthenticationRules
  /** What the provider does with a code challenge (RFC 7636): `supported` by default. X: `'required'`, LinkedIn: `'refused'`. */
  readonly pkce?: 'required' | 'supported' | 'refused'
  /** Facts about the provider's refresh tokens. */
  readonly refreshToken?: RefreshTokenFacts
  /** Parameters that every request of a kind carries, unless the caller gives another value. */
  readonly parameters?: RequestParameters
  /** The separator between scopes in a request: a space by default. Slack: `','`. */
  readonly scopeSeparator?: string
  /** How the authorization URL deviates from RFC 6749 §4.1.1. */
  readonly authorizationRequest?: AuthorizationRequestDeviations
  /** How the callback deviates from RFC 6749 §4.1.2. */
  readonly callback?: CallbackDeviations
  /** How token requests deviate from RFC 6749 §3.2. */
  readonly tokenRequest?: TokenRequestDeviations
  /** What differs for particular grants, by their `grant_type` in the standards, such as `refresh_token`. */
  readonly grants?: Readonly<Record<string, GrantDeviations>>
  /** How the provider's token responses deviate from RFC 6749 §5. */
  readonly tokenResponse?: TokenResponseDeviations
  /** How the provider's ID tokens deviate from OpenID Connect Core §2. */
  readonly idToken?: IdTokenDeviations
  /** How revocation deviates from RFC 7009. */
  readonly revocation?: RevocationDeviations
  /** How the provider's API expects requests. */
  readonly api?: ApiRules
  /** Code for behaviour that data cannot describe; a definition from JSON has none. */
  readonly hooks?: ProviderHooks
  /** What `fillVariables` has to fill in before the definition can be used. */
  readonly variables?: Readonly<Record<string, DefinitionVariable>>
  /** Where these facts were read, and when. */
  readonly sources?: readonly FactSource[]
  /** The facts that were not read in the provider's own documentation, and what would settle each. */
  readonly unverified?: readonly UnverifiedFact[]
}

/** A scope of a provider. */
export interface ScopeDescription {
  /** What the user reads on the consent page, in the provider's words. */
  readonly description: string
  /** Where the provider documents the scope. */
  readonly source?: string
}

/** Redirect URI rules of a provider. */
export interface RedirectUriRules {
  /** Whether the name `localhost` may stand for the loopback address: `allowed` by default. Spotify: `'refused'`. */
  readonly localhost?: 'allowed' | 'refused'
  /** Whether a private-use scheme such as `com.example.app:/callback` may be used: `allowed` by default. Spotify: `'discouraged'`, Shopify: `'refused'`. */
  readonly customScheme?: 'allowed' | 'discouraged' | 'refused'
  /** Whether plain `http` on a loopback address may be used: `allowed` by default. Apple: `'refused'`. */
  readonly loopback?: 'allowed' | 'refused'
  /** Whether a path below the registered one may be used: `exact` by default. GitHub: `'below'`. */
  readonly paths?: 'exact' | 'below'
  /** What the user sees if the redirect URI is wrong, and what to compare. It is added to the message of errors that a wrong redirect URI may have caused. Spotify. */
  readonly hint?: string
  /** Where the provider documents its rules. */
  readonly source?: string
}

/** Facts about a provider's refresh tokens; times in seconds. */
export interface RefreshTokenFacts {
  /** Whether a refresh brings a new refresh token. X: `'always'`, Google: `'never'`. */
  readonly rotation?: 'always' | 'sometimes' | 'never'
  /** Seconds from the user's authorization until every refresh token of the grant expires. Spotify: six months. */
  readonly absoluteLifetime?: number
  /** Seconds without a refresh after which the refresh token expires. Atlassian: ninety days. */
  readonly idleLifetime?: number
  /** Where the provider documents it. */
  readonly source?: string
}

/** Parameters by the kind of request that carries them. */
export interface RequestParameters {
  /** For the authorization URL. Google: `{ access_type: 'offline', prompt: 'consent' }`. */
  readonly authorization?: Readonly<Record<string, string>>
  /** For every token request; those of one grant belong in `grants`. Zendesk: `{ expires_in: '1800' }`. */
  readonly token?: Readonly<Record<string, string>>
}

/** Deviations of ID tokens. */
export interface IdTokenDeviations {
  /** The issuer, with claims in braces: Microsoft Entra writes the tenant of the user, `https://login.microsoftonline.com/{tid}/v2.0`. */
  readonly issuer?: string
  /** What `auth_time` means: by default the `login` that is refreshed, or the user's `last_sign_in`, which may change from one refresh to the next. Doorkeeper: `'last_sign_in'`. */
  readonly authTime?: 'login' | 'last_sign_in'
  /**
   * Whether ID tokens lack the `nonce` of the login; one that is there is compared all the same. PKCE binds the ID token to the login
   * in its place: write `pkce: 'required'` beside it, or `'refused'` where the provider refuses that as well, so that only the
   * state and the client's secret are left. Doorkeeper: `'missing'`.
   */
  readonly nonce?: 'missing'
  /**
   * How the ID tokens of clients with a secret are signed: with that secret, of 32 octets at least, instead of a key of the
   * provider. The client's `idTokenSigningAlgorithm` goes before it. LINE: `'HS256'`.
   */
  readonly algorithm?: 'HS256'
  /** Where the provider documents it. */
  readonly source?: string
}

/** Where a fact was read. */
export interface FactSource {
  /** The page. */
  readonly url: string
  /** The day it was read, as `YYYY-MM-DD`. */
  readonly read: string
}

/** A fact that was not read in the provider's own documentation, but in other libraries' code, for example. */
export interface UnverifiedFact {
  /** The field of the definition, as a path: names joined by dots, such as `metadata.token_endpoint`. */
  readonly fact: string
  /** What would settle it: a page to read, or a request to try. */
  readonly settles: string
}
