// oidc-provider 9 ships no types. These are the parts that we use, from its documentation and sources.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'
  import type { Readable } from 'node:stream'

  /** What the engine reads from a request: a stream with these properties. */
  export type EngineRequest = Readable & Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'socket'>

  export class Provider {
    constructor(issuer: string, configuration: Configuration)
    readonly AccessToken: TokenModel
    readonly ClientCredentials: ClientTokenModel
    readonly RefreshToken: TokenModel
    readonly Grant: GrantModel
    readonly Session: { findByUid(uid: string): Promise<Session | undefined> }
    readonly Client: {
      prototype: { redirectUriAllowed(this: Client, uri: string): boolean }
      find(id: string): Promise<Client | undefined>
    }
    callback(): (request: EngineRequest, response: ServerResponse) => Promise<void>
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): this
    on(event: 'grant.error' | 'server_error', listener: (context: Context, error: EngineError) => void): this
    registerGrantType(
      name: string,
      handler: (context: OidcContext) => Promise<void>,
      parameters: readonly string[],
    ): void
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
    readonly method: string
    readonly headers: IncomingMessage['headers']
    readonly response: { get(name: string): string }
    query: Record<string, string | string[] | undefined>
    state: { unknownScopes?: readonly string[] }
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
    readonly params?: Readonly<Record<string, string | undefined>>
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
    grantTypeAllowed(type: string): boolean
  }

  export interface Token {
    readonly accountId?: string
    readonly clientId: string
    readonly scope?: string
    readonly expiration: number
    readonly remainingTTL: number
    save(): Promise<string>
  }

  export interface TokenModel {
    new (values: { client: Client; accountId: string; grantId: string; gty: string; scope: string }): Token
    find(value: string): Promise<Token | undefined>
  }

  export interface ClientTokenModel {
    new (values: { client: Client; scope: string | undefined }): Token
    find(value: string): Promise<Token | undefined>
  }

  export interface Grant {
    addOIDCScope(scope: string): void
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
    readonly params: Readonly<Record<string, string | undefined>>
    readonly grantId?: string
    session?: { accountId: string; uid: string }
    persist(): Promise<void>
  }

  export type InteractionResult =
    | { readonly error: string; readonly error_description: string }
    | { readonly login?: { readonly accountId: string }; readonly consent?: { readonly grantId: string } }

  export interface Adapter {
    upsert(id: string, payload: Record<string, unknown>, expiresIn?: number): Promise<void>
    find(id: string): Promise<Record<string, unknown> | undefined>
    findByUid(uid: string): Promise<Record<string, unknown> | undefined>
    findByUserCode(code: string): Promise<Record<string, unknown> | undefined>
    consume(id: string): Promise<void>
    destroy(id: string): Promise<void>
    revokeByGrantId(grantId: string): Promise<void>
  }

  type TokenPolicy = (context: Context, client: Client, token: Token) => boolean
  type Switch = { readonly enabled: boolean }
  type Lifetime = number | ((context: OidcContext | undefined, token: Token, client: Client) => number)

  export interface Configuration {
    readonly adapter: (model: string) => Adapter
    readonly claims: Readonly<Record<string, readonly string[]>>
    readonly clientAuthMethods: readonly string[]
    readonly clientDefaults: Readonly<Record<string, unknown>>
    readonly clients: readonly Readonly<Record<string, unknown>>[]
    readonly clockTolerance: number
    readonly conformIdTokenClaims: boolean
    readonly cookies: { readonly names: Readonly<Record<string, string>> }
    readonly expiresWithSession: () => boolean
    readonly extraParams: readonly string[]
    readonly features: {
      readonly clientCredentials: Switch
      readonly devInteractions: Switch
      readonly dPoP: Switch
      readonly introspection: Switch & { readonly allowedPolicy: TokenPolicy }
      readonly pushedAuthorizationRequests: Switch
      readonly resourceIndicators: Switch
      readonly revocation: Switch & { readonly allowedPolicy: TokenPolicy }
      readonly rpInitiatedLogout: Switch
      readonly userinfo: Switch
    }
    readonly findAccount: (context: Context, id: string) => Account | undefined
    readonly interactions: {
      readonly policy: interactionPolicy.Policy
      readonly url: (context: Context, interaction: Interaction) => string
    }
    readonly issueRefreshToken: (context: Context, client: Client) => boolean
    readonly jwks: { readonly keys: readonly object[] }
    readonly renderError: (context: Context, out: EngineErrorResponse, error: EngineError) => void
    readonly responseTypes: readonly string[]
    readonly rotateRefreshToken: () => boolean
    readonly routes: Readonly<Record<string, string>>
    readonly scopes: readonly string[]
    readonly ttl: Readonly<Record<string, Lifetime>>
  }

  export interface EngineErrorResponse {
    readonly error: string
    readonly error_description?: string
  }

  export interface Account {
    readonly accountId: string
    claims(): Readonly<Record<string, unknown>>
  }

  export namespace interactionPolicy {
    class Check {
      readonly reason: string
      constructor(reason: string, description: string, check: (context: OidcContext) => boolean)
    }
    interface Policy {
      get(prompt: string): {
        readonly checks: { add(check: Check, index?: number): void; remove(reason: string): void }
      }
    }
    function base(): Policy
  }

  export namespace errors {
    class InvalidScope extends Error implements EngineError {
      constructor(description: string, scope: string)
      allow_redirect: boolean
    }
    class InvalidGrant extends Error implements EngineError {
      constructor(detail: string)
    }
  }
}
