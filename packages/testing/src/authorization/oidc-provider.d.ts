// oidc-provider 9 ships no types. These are the parts that we use, from its documentation and sources.
declare module 'oidc-provider' {
  import type { X509Certificate } from 'node:crypto'
  import type { IncomingMessage, ServerResponse } from 'node:http'
  import type { Readable } from 'node:stream'

  /** What the engine reads from a request: a stream with these properties. */
  export type EngineRequest = Readable & Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'socket'>

  export class Provider {
    constructor(issuer: string, configuration: Configuration)
    readonly issuer: string
    readonly AccessToken: TokenModel
    readonly BackchannelAuthenticationRequest: { find(id: string): Promise<BackchannelRequest | undefined> }
    readonly ClientCredentials: { find(value: string): Promise<Token | undefined> }
    readonly RefreshToken: TokenModel
    readonly Grant: GrantModel
    readonly IdToken: { validate(jwt: string, client: Client): Promise<{ payload: { sub?: string; exp?: number } }> }
    readonly Session: { findByUid(uid: string): Promise<Session | undefined> }
    readonly Client: {
      prototype: {
        redirectUriAllowed(this: Client, uri: string): boolean
        postLogoutRedirectUriAllowed(this: Client, uri: string): boolean
      }
      find(id: string): Promise<Client | undefined>
    }
    callback(): (request: EngineRequest, response: ServerResponse) => Promise<void>
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): this
    on(event: 'grant.error' | 'server_error', listener: (context: Context, error: EngineError) => void): this
    registerGrantType(
      name: string,
      handler: (context: OidcContext) => Promise<void>,
      parameters: readonly string[],
      repeated?: readonly string[],
    ): void
    backchannelResult(requestId: string, result: string | Error, details?: { authTime: number }): Promise<void>
    interactionDetails(request: EngineRequest, response: ServerResponse): Promise<Interaction>
    interactionFinished(
      request: EngineRequest,
      response: ServerResponse,
      result: InteractionResult,
      options: { mergeWithLastSubmission: boolean },
    ): Promise<void>
  }

  /** The Koa context of a request. */
  export interface Context {
    readonly path: string
    readonly href: string
    readonly method: string
    readonly headers: IncomingMessage['headers']
    readonly socket: IncomingMessage['socket']
    readonly response: { get(name: string): string }
    query: Record<string, string | string[] | undefined>
    /** `tokenClaims`: further claims of the access token that the request issues. */
    state: { tokenClaims?: Readonly<Record<string, unknown>> }
    status: number
    type: string
    body: unknown
    accepts(...types: string[]): string | false
    set(headers: Readonly<Record<string, string>>): void
    redirect(url: string): void
    /** Set as soon as one of the engine's routes has matched. */
    readonly oidc?: RequestState
  }

  /** The context within one of the engine's routes. */
  export interface OidcContext extends Context {
    readonly oidc: RequestState
  }

  /** What the engine knows about a request so far. */
  export interface RequestState {
    readonly client: Client
    readonly body: Readonly<Record<string, unknown>>
    readonly params?: Record<string, string | undefined>
    readonly result?: InteractionResult
    readonly entities: { readonly Grant?: Grant; readonly RotatedRefreshToken?: Token }
  }

  export interface EngineError extends Error {
    readonly error?: string
    readonly error_description?: string
    readonly error_detail?: string
    allow_redirect?: boolean
  }

  export interface Client {
    readonly clientId: string
    readonly clientName?: string
    readonly redirectUris: readonly string[]
    readonly postLogoutRedirectUris: readonly string[]
    readonly dpopBoundAccessTokens?: boolean
    readonly tlsClientCertificateBoundAccessTokens?: boolean
    grantTypeAllowed(type: string): boolean
  }

  export interface Token {
    readonly accountId?: string
    readonly clientId: string
    readonly scope?: string
    readonly expiration: number
    readonly remainingTTL: number
    readonly tokenType: string
    readonly aud?: string
    readonly jkt?: string
    readonly 'x5t#S256'?: string
    readonly rar?: readonly AuthorizationDetail[]
    readonly extra?: Readonly<Record<string, unknown>>
    setAudience(audience: string): void
    setThumbprint(kind: 'jkt', thumbprint: string): void
    setThumbprint(kind: 'x5t', certificate: X509Certificate): void
    save(): Promise<string>
  }

  /** A login on another device (CIBA). */
  export interface BackchannelRequest {
    readonly jti: string
    readonly accountId: string
    readonly clientId: string
    readonly scope: string
    readonly resource?: string | readonly string[]
    readonly params: Readonly<Record<string, string | undefined>>
  }

  /** RFC 9396 §2. */
  export interface AuthorizationDetail {
    readonly type: string
    readonly [field: string]: unknown
  }

  export interface TokenModel {
    new (values: { client: Client; accountId: string; grantId: string; gty: string; scope: string }): Token
    find(value: string): Promise<Token | undefined>
  }

  export interface Grant {
    readonly rar?: readonly AuthorizationDetail[]
    addOIDCClaims(claims: readonly string[]): void
    addOIDCScope(scope: string): void
    addRar(detail: AuthorizationDetail): void
    addResourceScope(resource: string, scope: string): void
    rejectResourceScope(resource: string, scope: string): void
    rejectOIDCScope(scope: string): void
    getOIDCScope(): string
    getRejectedOIDCScope(): string
    save(): Promise<string>
  }

  export interface GrantModel {
    new (values: { accountId: string; clientId: string }): Grant
    find(id: string): Promise<Grant | undefined>
  }

  export interface Session {
    accountId?: string
    authorizations?: Record<string, unknown>
    loginAccount(details: { accountId: string }): void
    persist(): Promise<void>
  }

  export interface Interaction {
    readonly uid: string
    readonly prompt: { readonly name: string }
    readonly params: Readonly<Record<string, string | readonly string[] | undefined>>
    readonly grantId?: string
    session?: { accountId: string; uid: string }
    persist(): Promise<void>
  }

  export type InteractionResult =
    | { readonly error: string; readonly error_description: string }
    | { readonly login?: { readonly accountId: string }; readonly consent?: { readonly grantId: string } }

  export namespace errors {
    class InvalidScope extends Error implements EngineError {
      constructor(description: string, scope: string)
      allow_redirect: boolean
    }
    class DescribedError extends Error implements EngineError {
      constructor(description?: string)
    }
    class AccessDenied extends DescribedError {}
    class InvalidAuthorizationDetails extends DescribedError {}
    class InvalidDpopProof extends DescribedError {}
    class InvalidGrant extends DescribedError {}
    class InvalidRequest extends DescribedError {}
    class InvalidTarget extends DescribedError {}
    class UnknownUserId extends DescribedError {}
    class UseDpopNonce extends DescribedError {}
  }
}
