import type { RequestValues } from '../wire/form.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import type { GrantError } from '../errors/grant-error.ts'
import type { IdTokenClaims } from '../token/id-token-claims.ts'
import type { Token } from '../token/token.ts'
import type { Clock } from '../transport/clock.ts'

/**
 * What a grant needs of the protocol, and all it sees of it: where the user is sent, and how a token is requested. A
 * grant under test gets an object literal.
 */
export interface GrantPort<Scope extends string = string> {
  /** The provider that the grant is run at. */
  readonly provider: ProviderDefinition<Scope>
  /** What a grant knows about the client: never its secret. */
  readonly client: GrantClient
  /** The clock of the provider. */
  readonly clock: Clock
  /** The authorization endpoint with these parameters (RFC 6749 §3.1). Throws `config_invalid` without such an endpoint. */
  authorizationUrl(parameters: RequestValues): URL | Promise<URL>
  /** The parameters of a callback by their names in the standards, where the provider has others. Rejects with `callback_invalid`. */
  readCallback?(parameters: URLSearchParams): URLSearchParams | Promise<URLSearchParams>
  /** Requests a token at the token endpoint (RFC 6749 §3.2). Rejects with a `GrantError`. */
  requestToken(request: TokenRequest): Promise<Token>
  /** The same in two steps, for callers that have to store the response before anything else is done; it resolves to the error where the request failed. */
  exchange?(request: TokenRequest): Promise<Exchange>
  /**
   * Makes an authenticated, guarded POST to an endpoint of the metadata, by its name and never by a URL, and resolves to
   * the JSON object of the response. Rejects with `config_invalid` for an endpoint that the metadata does not have, with
   * `token_response_invalid` for anything but a JSON object, else as `requestToken` does.
   */
  request?(
    endpoint: string,
    parameters: RequestValues,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Record<string, unknown>>
}

/**
 * How a token request came out: the token as it came, whose ID token is not verified yet, or an error. `rescued` is the
 * refresh token of a response that was refused for another reason: where the server rotates, it is the only one that still works.
 */
export type Exchange =
  | {
      /** The token, without claims. */
      readonly token: Token
      /** The token once its ID token is verified. It may be asked again: nothing is sent to the token endpoint. */
      readonly verified: () => Promise<Token>
    }
  | {
      /** Why there is no token. */
      readonly error: GrantError
      /** The refresh token that came all the same. */
      readonly rescued?: string | undefined
    }

/** The registered application, as a grant sees it. */
export interface GrantClient {
  /** The client identifier (RFC 6749 §2.2). */
  readonly clientId: string
  /** The registered redirect URIs; the first is the default. */
  readonly redirectUris: readonly string[]
  /** Whether the client authenticates: a confidential client of RFC 6749 §2.1. */
  readonly confidential: boolean
}

/** A token request of a grant. */
export interface TokenRequest {
  /** The `grant_type` (RFC 6749 §1.3), a name or an absolute URI. */
  readonly grantType: string
  /** The parameters of the grant itself. */
  readonly parameters: RequestValues
  /** Parameters of the caller's own, which are sent beside them. */
  readonly extra?: RequestValues | undefined
  /** The scopes to request. */
  readonly scope?: readonly string[] | undefined
  /** The scopes that were granted if the response does not say (RFC 6749 §5.1 and §6): `scope` unless given. */
  readonly assumedScope?: readonly string[] | undefined
  /** The resources to request (RFC 8707 §2.2). */
  readonly resource?: string | readonly string[] | undefined
  /** What the provider has said to this user before: the values kept of a callback, or the extras of the token. */
  readonly said?: Readonly<Record<string, unknown>> | undefined
  /** What the ID token of the response has to be; without it, an ID token is left in `extra`, unread. */
  readonly idToken?: ExpectedIdToken | undefined
  /** Aborts the request. */
  readonly signal?: AbortSignal | undefined
}

/** What is expected of an ID token (OpenID Connect Core §3.1.3.7 and §12.2). */
export interface ExpectedIdToken {
  /** Whether the response has to hold one: after a login, but not after a refresh. */
  readonly required: boolean
  /** The nonce of the authorization request; a token without a request that had one has none. */
  readonly nonce?: string | undefined
  /** The most seconds since the user last proved who they are. */
  readonly maxAge?: number | undefined
  /** The authorization code, which a `c_hash` has to fit. */
  readonly code?: string | undefined
  /** The claims of the ID token before, which a refreshed one has to keep. */
  readonly previous?: Readonly<Partial<IdTokenClaims>> | undefined
}
