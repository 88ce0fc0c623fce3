import type { RefreshTokenRotation } from '../authorization-server-options.ts'
import type { Bearer } from '../authorization/bearer.ts'
import type { Answer } from '../http/answer.ts'

/** What distinguishes one authorization server from another, besides its configuration. */
export interface Dialect {
  /** Where its two endpoints are. */
  readonly paths: { readonly authorization: string; readonly token: string }
  /** Whether it publishes documents about itself, with the endpoints they name. */
  readonly discovery: boolean
  /** Whether it speaks OpenID Connect, unless the options turn that off. */
  readonly openid: boolean
  /** What it does with a used refresh token, unless the options say otherwise. */
  readonly rotation: RefreshTokenRotation
  /** Lifetime of a refresh token in seconds, unless the options give another. */
  readonly refreshTokenLifetime: number
  /** Whether that lifetime starts at the login, or again at every rotation. */
  readonly refreshTokenLifeStarts: 'login' | 'rotation'
  /** Its own scopes, with what the consent page says of them, unless the options say otherwise. */
  readonly scopes: Readonly<Record<string, string>>
  /** The parameter that asks for consent once more when it is `true`. */
  readonly consentParameter?: string
  /** What the path of its API begins with. */
  readonly apiPrefix: string
  /** Answers a request to the API. */
  api(request: ApiRequest): Promise<Answer>
  /** Whether a redirect URI is good enough, registered or not. */
  acceptsRedirectUri(redirectUri: string): boolean
  /** Whether a scope that does not exist is reported to the client, or to the user only. */
  readonly unknownScope: 'callback' | 'page'
  /** The parameters of a callback that it does not send. */
  readonly callbackWithout: readonly string[]
  /** Whether the token of a client itself says its scope. */
  readonly clientCredentialsScope: boolean
  /** The response of the token endpoint instead of the engine's error, with the status 400. */
  tokenError?(failure: TokenFailure): { readonly error: string; readonly error_description: string }
  /** The text of an error page. */
  pageText(failure: PageFailure): string
}

/** A request to the API. */
export interface ApiRequest {
  readonly path: string
  readonly authorization: string | undefined
  /** The origin of the server. */
  readonly origin: string
  /** What an access token is good for, if it is valid. */
  readonly bearer: (token: string) => Promise<Bearer | undefined>
}

/** Why the token endpoint refused. */
export interface TokenFailure {
  readonly error: string
  readonly description: string
  /** What the engine would not tell the client. */
  readonly detail: string
  /** Whether the refresh token was a good one once. */
  readonly wasRevoked: boolean
}

/** Why the user sees an error page. */
export interface PageFailure {
  readonly error: string
  readonly description: string
  readonly redirectUri: string | undefined
}
