/// <reference lib="esnext.disposable" preserve="true" />
import type { RefreshTokenRotation } from './authorization-server-options.ts'
import type { RecordedRequest } from './recorded-request.ts'

/**
 * A running test authorization server, and its controls. Every method is async, so the same interface fits a server in
 * this process and one that is controlled from a browser.
 */
export interface AuthorizationServer {
  /** The origin, such as `http://127.0.0.1:41234`. */
  readonly url: string
  /** The issuer identifier; the same as {@link AuthorizationServer.url}. */
  readonly issuer: string
  /** The RFC 8414 metadata of the server, ready for a provider definition. */
  readonly metadata: AuthorizationServerMetadata
  /** Two registered clients, one of each kind, ready for a provider. */
  readonly clients: TestClients
  /**
   * A copy of a provider definition that points at this server: every URL in its metadata is replaced, or left out if this
   * server has no such endpoint. Everything else stays, including its typed scopes.
   */
  adapt<Definition extends AdaptableDefinition>(definition: Definition): Promise<Definition>
  /**
   * Does what the user does in the browser: opens the authorization URL, logs in, agrees or refuses. Resolves to the
   * callback URL, which may carry an error; what a `form_post` response posts is in its query. Rejects when the server
   * shows an error page instead. Every call uses a new browser without a session, unless it has a name.
   */
  logIn(authorizationUrl: string | URL, options?: LogInOptions): Promise<string>
  /**
   * Does what the user does with the code of a device (RFC 8628 §3.3): opens the verification page, enters the code, logs
   * in, agrees or refuses. Rejects when the code is unknown, has expired or was already used.
   */
  approveDevice(userCode: string, options?: LogInOptions): Promise<void>
  /**
   * Agrees to or refuses a login on another device (CIBA): by default the last one that was requested. Notifies the
   * client if it is registered for pings.
   */
  approveBackchannel(options?: BackchannelApproval): Promise<void>
  /**
   * Opens a logout URL in the browser of the last login, or in one with a name, and confirms the logout. Clients with a
   * `backchannel_logout_uri` are notified first. Resolves to the URL where the browser ends up.
   */
  logOut(logoutUrl: string | URL, options?: LogOutOptions): Promise<string>
  /** Makes one access token, refresh token or authorization code expire now, without notifying the client. */
  expire(token: string): Promise<void>
  /** Revokes the whole grant of an access or refresh token, as a user does on the provider's account page. */
  revokeGrant(token: string): Promise<void>
  /** Changes the rotation of refresh tokens from now on. */
  rotateRefreshTokens(mode: RefreshTokenRotation): Promise<void>
  /** The requests to the server, in order, without CORS preflights and its own login pages. */
  requests(): Promise<readonly RecordedRequest[]>
  /** Empties the list of requests. */
  forget(): Promise<void>
  /** Stops the server and closes its connections. */
  close(): Promise<void>
  /** The same as {@link AuthorizationServer.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** One client of each kind: the first configured one, or the default. */
export interface TestClients {
  /** A client without a secret. */
  readonly public: PublicTestClient
  /** A client with a secret. */
  readonly confidential: ConfidentialTestClient
}

/** A registered client without a secret, ready for a provider. */
export interface PublicTestClient {
  /** The client identifier. */
  readonly clientId: string
  /** The first of its redirect URIs. */
  readonly redirectUri: string
}

/** A registered client with a secret, ready for a provider. */
export interface ConfidentialTestClient extends PublicTestClient {
  /** The client secret. */
  readonly clientSecret: string
}

/** How the user behaves in {@link AuthorizationServer.logIn}. */
export interface LogInOptions {
  /** The account that logs in. By default the first one. */
  readonly account?: string
  /** Refuses on the consent page. */
  readonly deny?: boolean
  /** The requested scopes that the user agrees to. By default all. */
  readonly scope?: readonly string[]
  /** The name of a browser that keeps its session, for later logins and the logout. */
  readonly browser?: string
}

/** How the user behaves in {@link AuthorizationServer.approveBackchannel}. */
export interface BackchannelApproval {
  /** The request (`auth_req_id`). By default the last one. */
  readonly authReqId?: string
  /** Refuses. */
  readonly deny?: boolean
  /** The requested scopes that the user agrees to. By default all. */
  readonly scope?: readonly string[]
}

/** How the user behaves in {@link AuthorizationServer.logOut}. */
export interface LogOutOptions {
  /** The name of the browser. By default the browser of the last login. */
  readonly browser?: string
}

/** The fields of a provider definition that {@link AuthorizationServer.adapt} changes. */
export interface AdaptableDefinition {
  /** The RFC 8414 metadata of the provider. */
  readonly metadata: { readonly [field: string]: unknown }
  /** The origins that may receive the provider's tokens. */
  readonly apiOrigins?: readonly string[]
}

/** RFC 8414 metadata. */
export interface AuthorizationServerMetadata {
  /** The issuer identifier; absent for Spotify. */
  readonly issuer?: string
  /** Where users log in. */
  readonly authorization_endpoint: string
  /** Where tokens are requested. */
  readonly token_endpoint: string
  /** Where tokens are revoked (RFC 7009). */
  readonly revocation_endpoint?: string
  /** Where tokens are introspected (RFC 7662). */
  readonly introspection_endpoint?: string
  /** Where the claims of the user are returned (OpenID Connect). */
  readonly userinfo_endpoint?: string
  /** Where devices begin a login (RFC 8628). */
  readonly device_authorization_endpoint?: string
  /** Where authorization requests are pushed (RFC 9126). */
  readonly pushed_authorization_request_endpoint?: string
  /** Where a login on another device begins (CIBA). */
  readonly backchannel_authentication_endpoint?: string
  /** Where users log out (OpenID Connect RP-Initiated Logout). */
  readonly end_session_endpoint?: string
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
  /** Any other metadata. */
  readonly [field: string]: unknown
}
