import type { RequestValues } from '../wire/form.ts'
import type { AuthorizationDetail } from '../token/authorization-detail.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import type { EndpointName } from '../definition/server-metadata.ts'
import type { GrantError } from '../errors/grant-error.ts'
import type { IdTokenClaims } from '../token/id-token-claims.ts'
import type { Token } from '../token/token.ts'
import type { Clock } from '../transport/clock.ts'

/**
 * What a grant needs of the protocol, and all it sees of it: where the user is sent, and how a token is requested. A
 * grant under test gets an object literal.
 */
export interface GrantPort<Scope extends string = string, Detail extends AuthorizationDetail = AuthorizationDetail> {
  /** The provider that the grant is run at. */
  readonly provider: ProviderDefinition<Scope, EndpointName, Detail>
  /** What a grant knows about the client: never its secret. */
  readonly client: GrantClient
  /** The clock of the provider. */
  readonly clock: Clock
  /**
   * The authorization endpoint with these parameters (RFC 6749 §3.1), or with what stands for them where they are pushed
   * (RFC 9126 §4) or signed (RFC 9101 §5). Rejects with `config_invalid` without such an endpoint, else with what the
   * provider said to a pushed request.
   */
  authorizationUrl(parameters: RequestValues, delivery?: AuthorizationDelivery): URL | Promise<URL>
  /** The parameters of a callback by their names in the standards, where the provider has others. Rejects with `callback_invalid`. */
  readCallback?(parameters: URLSearchParams): URLSearchParams | Promise<URLSearchParams>
  /** The parameters of a signed authorization response, once it is verified (JARM §2.4). Rejects with `callback_invalid` or `issuer_mismatch`. */
  readSignedResponse?(response: string): Promise<URLSearchParams>
  /** The claims of an ID token that came in a callback, once it is verified. Rejects with `id_token_invalid`. */
  readIdToken?(idToken: string, expected: ExpectedIdToken): Promise<IdTokenClaims>
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
  /** Signs an assertion with the client's `signingKey` (RFC 7523 §3). Rejects with `config_invalid` where it has none. */
  signAssertion?(claims: AssertionClaims): Promise<string>
}

/** What a signed assertion says (RFC 7523 §3). */
export interface AssertionClaims {
  /** Whom the token is for (`sub`): a user, or the client itself. The standard requires it; a service account of Google has one only to act for a user. */
  readonly subject?: string | undefined
  /** Who has to accept the assertion (`aud`): the issuer of the provider unless given, or its token endpoint where it has none. */
  readonly audience?: string | undefined
  /** Who says so (`iss`): the client identifier unless given. */
  readonly issuer?: string | undefined
  /** Further claims, such as `{ scope: 'read' }`. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  /** How long the assertion is valid, in seconds: 300 unless given, which is also the most. */
  readonly lifetime?: number | undefined
}

/** How an authorization request reaches the provider. */
export interface AuthorizationDelivery {
  /** Whether the client pushes it, so that the URL has a reference only (RFC 9126): where the metadata requires it, unless given. */
  readonly pushed?: boolean | undefined
  /** Whether the client signs it (RFC 9101): where the metadata requires it, unless given. */
  readonly requestObject?: boolean | undefined
  /** Aborts a request that is pushed. */
  readonly signal?: AbortSignal | undefined
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
  /** The authentication context classes of which an `acr` has to be one (OpenID Connect Core §2). */
  readonly acrValues?: readonly string[] | undefined
  /** Whether it has to have an `acr`, because the login asked for it as essential (§5.5.1.1). */
  readonly acrRequired?: boolean | undefined
  /** The authorization code, which a `c_hash` has to fit. */
  readonly code?: string | undefined
  /** The state of the callback, where the ID token came in it: a `c_hash` is required then, and an `s_hash` has to fit (§3.3.2.11). */
  readonly state?: string | undefined
  /** The claims of the ID token before, which a refreshed one has to keep. */
  readonly previous?: Readonly<Partial<IdTokenClaims>> | undefined
}
