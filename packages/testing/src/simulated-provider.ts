/// <reference lib="esnext.disposable" preserve="true" />
import type { ClientRegistration, ProviderDefinition } from '@grantkit/core'
import type { RecordedRequest } from './recorded-request.ts'

/** A provider on this machine that behaves as its definition says: it shows every deviation and tolerates nothing else. */
export interface SimulatedProvider<Scope extends string = string> {
  /** The origin, such as `http://127.0.0.1:41234`. */
  readonly url: string
  /** The definition, with every endpoint moved here and nothing else changed. */
  readonly definition: ProviderDefinition<Scope>
  /** Two registered clients, ready for a `Provider`. */
  readonly clients: SimulatedClients
  /**
   * Does what the user does in the browser: opens the authorization URL and agrees, or refuses. Resolves to the request
   * at the redirect URI, a POST for `form_post`. Rejects when the provider would show an error page.
   */
  logIn(authorizationUrl: string | URL, options?: SimulatedUser): Promise<Request>
  /** The user agrees to the login of a device with this code, or refuses. Rejects for an unknown code. */
  approveDevice(userCode: string, options?: Pick<SimulatedUser, 'deny'>): Promise<void>
  /** Makes an access token, a refresh token or a code expire now, without notifying the client. */
  expire(token: string): Promise<void>
  /** Whether an access token, a refresh token or a code is valid now. */
  isAlive(token: string): Promise<boolean>
  /** Makes the API refuse requests for a number of seconds, as the provider does at its rate limit. */
  limitApi(seconds: number): Promise<void>
  /** The requests to the provider, in order. */
  requests(): Promise<readonly RecordedRequest[]>
  /** Stops the provider. */
  close(): Promise<void>
  /** The same as {@link SimulatedProvider.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** The registered clients of a simulated provider. */
export interface SimulatedClients {
  /** A client without a secret. */
  readonly public: ClientRegistration
  /** A client with a secret, or with a key if the provider expects a signed secret. */
  readonly confidential: ClientRegistration
}

/** How the user behaves. */
export interface SimulatedUser {
  /** Whether the user refuses. */
  readonly deny?: boolean
  /** The scopes that the user agrees to. By default all requested scopes. */
  readonly scope?: readonly string[]
}

/** Options of a simulation that are not part of the definition. */
export interface SimulateProviderOptions {
  /** The redirect URI of the clients. By default `https://app.example/callback`. */
  readonly redirectUri?: string | undefined
  /** Lifetime of an access token in seconds. By default 3600. */
  readonly accessTokenLifetime?: number | undefined
  /** Additional fields of a token response. */
  readonly members?: Readonly<Record<string, unknown>> | undefined
  /** The current time in milliseconds since the epoch. By default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** The provider's side of the definition's hooks: behaviour that data cannot describe. */
  readonly hooks?: SimulatedHooks | undefined
}

/** The provider's side of the hooks. */
export interface SimulatedHooks {
  /** Checks a token or revocation request; an exception refuses the request. */
  readonly request?: (request: SimulatedRequest) => void
  /** Writes a response as the provider does; `members` are the fields of RFC 6749 §5. */
  readonly response?: (members: Readonly<Record<string, unknown>>, status: number) => SimulatedResponse
  /** Changes the parameters of a callback as the provider does. */
  readonly callback?: (parameters: URLSearchParams, client: ClientRegistration) => void
}

/** A request as the simulated provider sees it. */
export interface SimulatedRequest {
  /** The grant, or `revocation`. */
  readonly grantType: string
  /** The headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The parameters by the names that were sent. */
  readonly parameters: URLSearchParams
}

/** A response that data cannot describe. */
export interface SimulatedResponse {
  /** The status. By default the standard one. */
  readonly status?: number
  /** The content type. */
  readonly contentType: string
  /** The body. */
  readonly body: string
}
