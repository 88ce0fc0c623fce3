/// <reference lib="esnext.disposable" preserve="true" />
import type { RefreshTokenRotation } from './authorization-server-options.ts'
import type { RecordedRequest } from './recorded-request.ts'

/**
 * An authorization server that runs for a test, and the switches behind it. Every method is a promise, so that the
 * same interface serves a server in this process and one that is driven from a browser.
 */
export interface AuthorizationServer {
  /** The origin, such as `http://127.0.0.1:41234`. */
  readonly url: string
  /** The issuer identifier; the same as {@link AuthorizationServer.url}. */
  readonly issuer: string
  /** The RFC 8414 document of the server, ready to stand in a provider definition. */
  readonly metadata: AuthorizationServerMetadata
  /** Two registered clients, one of each kind, ready to be given to a provider. */
  readonly clients: TestClients
  /**
   * A copy of a provider definition that points at this server: every URL in its metadata becomes this server's, and
   * one that this server does not serve is left out. Everything else, its typed scopes included, stays.
   */
  adapt<Definition extends AdaptableDefinition>(definition: Definition): Promise<Definition>
  /**
   * Does what the user does in the browser: opens the authorization URL, logs in, agrees or refuses. Resolves to the
   * callback URL that the browser would be sent to, which may carry an error. Rejects when the server shows an error
   * page instead. Every call is a browser of its own, without a session.
   */
  logIn(authorizationUrl: string | URL, options?: LogInOptions): Promise<string>
  /** Makes one access token, refresh token or authorization code expire now, without the client being told. */
  expire(token: string): Promise<void>
  /** Withdraws the whole grant that an access or refresh token belongs to, as a user does on the account page. */
  revokeGrant(token: string): Promise<void>
  /** Changes what happens to a refresh token that is used, from now on. */
  rotateRefreshTokens(mode: RefreshTokenRotation): Promise<void>
  /** What was asked of the server, in order; without CORS preflights and without its own login pages. */
  requests(): Promise<readonly RecordedRequest[]>
  /** Empties the list of requests. */
  forget(): Promise<void>
  /** Stops the server and closes its connections. */
  close(): Promise<void>
  /** The same as {@link AuthorizationServer.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** One client of each kind: the first that was configured, or the default one. */
export interface TestClients {
  /** A client without a secret. */
  readonly public: PublicTestClient
  /** A client with a secret. */
  readonly confidential: ConfidentialTestClient
}

/** A registered client without a secret, as a provider takes it. */
export interface PublicTestClient {
  /** The client identifier. */
  readonly clientId: string
  /** The first of its redirect URIs. */
  readonly redirectUri: string
}

/** A registered client with a secret, as a provider takes it. */
export interface ConfidentialTestClient extends PublicTestClient {
  /** The client secret. */
  readonly clientSecret: string
}

/** How the user behaves in {@link AuthorizationServer.logIn}. */
export interface LogInOptions {
  /** Who logs in. By default the first account. */
  readonly account?: string
  /** Refuses on the consent page. */
  readonly deny?: boolean
  /** The scopes that the user agrees to, out of those asked for. By default all. */
  readonly scope?: readonly string[]
}

/** What {@link AuthorizationServer.adapt} needs to know of a provider definition. */
export interface AdaptableDefinition {
  /** The RFC 8414 document of the provider. */
  readonly metadata: { readonly [member: string]: unknown }
  /** Where the provider's tokens may go. */
  readonly apiOrigins?: readonly string[]
}

/** An RFC 8414 document. */
export interface AuthorizationServerMetadata {
  /** The issuer identifier; absent like Spotify. */
  readonly issuer?: string
  /** Where the user is sent. */
  readonly authorization_endpoint: string
  /** Where tokens are requested. */
  readonly token_endpoint: string
  /** Where tokens are revoked (RFC 7009). */
  readonly revocation_endpoint?: string
  /** Where tokens are looked up (RFC 7662). */
  readonly introspection_endpoint?: string
  /** Where the claims of the user are (OpenID Connect). */
  readonly userinfo_endpoint?: string
  /** The keys that sign ID tokens. */
  readonly jwks_uri?: string
  /** How clients may authenticate. */
  readonly token_endpoint_auth_methods_supported?: readonly string[]
  /** The PKCE methods. */
  readonly code_challenge_methods_supported?: readonly string[]
  /** Whether callbacks carry `iss` (RFC 9207). */
  readonly authorization_response_iss_parameter_supported?: boolean
  /** The algorithms that sign ID tokens. */
  readonly id_token_signing_alg_values_supported?: readonly string[]
  /** The scopes. */
  readonly scopes_supported?: readonly string[]
  /** What else the document says. */
  readonly [member: string]: unknown
}
