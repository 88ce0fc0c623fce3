import type { RefreshTokenRotation } from '../authorization-server-options.ts'
import type { Bearer } from '../authorization/bearer.ts'
import type { HttpResponse } from '../http/response.ts'

/** The behaviour in which authorization servers differ, besides their configuration. */
export interface Dialect {
  /** The paths of its two endpoints. */
  readonly paths: { readonly authorization: string; readonly token: string }
  /** Whether it publishes metadata and serves the endpoints in it. */
  readonly discovery: boolean
  /** Whether it supports OpenID Connect, unless the options turn that off. */
  readonly openid: boolean
  /** What it does with a used refresh token, unless the options say otherwise. */
  readonly rotation: RefreshTokenRotation
  /** Lifetime of a refresh token in seconds, unless the options set another. */
  readonly refreshTokenLifetime: number
  /** Whether that lifetime starts at the login, or again at every rotation. */
  readonly refreshTokenLifetimeStarts: 'login' | 'rotation'
  /** Its scopes with their descriptions on the consent page, unless the options set others. */
  readonly scopes: Readonly<Record<string, string>>
  /** The parameter that asks for consent again when it is `true`. */
  readonly consentParameter?: string
  /** The prefix of its API paths. */
  readonly apiPrefix: string
  /** Answers a request to the API. */
  api(request: ApiRequest): Promise<HttpResponse>
  /** Whether a redirect URI is acceptable, registered or not. */
  acceptsRedirectUri(redirectUri: string): boolean
  /** Whether an unknown scope is reported to the client, or only to the user. */
  readonly unknownScope: 'callback' | 'page'
  /** The callback parameters that it does not send. */
  readonly callbackWithout: readonly string[]
  /** Whether responses to client credentials include the scope. */
  readonly clientCredentialsScope: boolean
  /** The response of the token endpoint instead of the engine's error, with the status 400. */
  tokenError?(failure: TokenFailure): { readonly error: string; readonly error_description: string }
  /** The message of an error page. */
  pageMessage(failure: PageFailure): string
}

/** A request to the API. */
export interface ApiRequest {
  readonly path: string
  readonly authorization: string | undefined
  /** The origin of the server. */
  readonly origin: string
  /** What an access token grants; undefined if it is not valid. */
  readonly bearer: (token: string) => Promise<Bearer | undefined>
  /** The thumbprint of the key that the request proves for a token; undefined without a proof. Throws `ProofRefused`. */
  readonly provenKey: (token: string) => Promise<string | undefined>
  /** The nonce for the next proof; undefined if none is required. */
  readonly nonce: string | undefined
  /** The thumbprint of the certificate of the connection. */
  readonly certificate: string | undefined
}

/** Why the token endpoint refused. */
export interface TokenFailure {
  readonly error: string
  readonly description: string
  /** Details that the engine does not send to the client. */
  readonly detail: string
  /** Whether the refresh token was valid once. */
  readonly wasRevoked: boolean
}

/** Why the user sees an error page. */
export interface PageFailure {
  readonly error: string
  readonly description: string
  readonly redirectUri: string | undefined
}
