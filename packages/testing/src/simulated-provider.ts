/// <reference lib="esnext.disposable" preserve="true" />
import type { ClientRegistration, ProviderDefinition } from '@grantkit/core'
import type { RecordedRequest } from './recorded-request.ts'

/** A provider on this machine that does what its definition says: nothing more is forgiven, and every deviation is played. */
export interface SimulatedProvider<Scope extends string = string> {
  /** The origin, such as `http://127.0.0.1:41234`. */
  readonly url: string
  /** The definition, with every endpoint of it here and nothing else changed. */
  readonly definition: ProviderDefinition<Scope>
  /** Two registered clients, ready to be given to a `Provider`. */
  readonly clients: SimulatedClients
  /**
   * Does what the user does in the browser: opens the authorization URL and agrees, or refuses. Resolves to the request
   * that then arrives at the redirect URI, a POST for `form_post`. Rejects when the provider would show an error page.
   */
  logIn(authorizationUrl: string | URL, options?: SimulatedUser): Promise<Request>
  /** Makes an access token, a refresh token or a code expire now, without the client being told. */
  expire(token: string): Promise<void>
  /** Whether an access token, a refresh token or a code would be taken now. */
  isAlive(token: string): Promise<boolean>
  /** The next request to the API is refused until so many seconds have passed, in the provider's own way. */
  limitApi(seconds: number): Promise<void>
  /** What was asked of the provider, in order. */
  requests(): Promise<readonly RecordedRequest[]>
  /** Stops it. */
  close(): Promise<void>
  /** The same as {@link SimulatedProvider.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** The registered clients of a simulated provider. */
export interface SimulatedClients {
  /** A client without a secret. */
  readonly public: ClientRegistration
  /** A client with a secret, or with a key where the provider wants the secret signed. */
  readonly confidential: ClientRegistration
}

/** How the user behaves. */
export interface SimulatedUser {
  /** Refuses. */
  readonly deny?: boolean
  /** The scopes that the user agrees to; all of those asked for unless given. */
  readonly scope?: readonly string[]
}

/** What a simulation has to know that the definition does not say. */
export interface SimulateProviderOptions {
  /** The redirect URI of its clients; `https://app.example/callback` unless given. */
  readonly redirectUri?: string | undefined
  /** Lifetime of an access token in seconds; 3600 unless given. */
  readonly accessTokenLifetime?: number | undefined
  /** Fields of a token response beside those of the standards. */
  readonly members?: Readonly<Record<string, unknown>> | undefined
  /** What time it is, in milliseconds since the epoch. */
  readonly now?: (() => number) | undefined
  /** The other side of the definition's hooks: what the provider does that data cannot say. */
  readonly hooks?: SimulatedHooks | undefined
}

/** The provider's side of the hooks. */
export interface SimulatedHooks {
  /** Looks at a token or revocation request; what it throws refuses the request. */
  readonly request?: (request: SimulatedRequest) => void
  /** Writes a response in the provider's way; `members` are the fields of RFC 6749 §5. */
  readonly response?: (members: Readonly<Record<string, unknown>>, status: number) => SimulatedResponse
  /** Changes the parameters of a callback, in its way. */
  readonly callback?: (parameters: URLSearchParams, client: ClientRegistration) => void
}

/** A request as the simulated provider sees it. */
export interface SimulatedRequest {
  /** The grant, or `revocation`. */
  readonly grantType: string
  /** The headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The parameters, as they were named. */
  readonly parameters: URLSearchParams
}

/** A response of a provider whose responses no data can describe. */
export interface SimulatedResponse {
  /** The status; that of the standards unless given. */
  readonly status?: number
  /** The content type. */
  readonly contentType: string
  /** The body. */
  readonly body: string
}
