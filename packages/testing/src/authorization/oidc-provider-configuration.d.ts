// The configuration of oidc-provider 9, as far as we set it: see oidc-provider.d.ts.
declare module 'oidc-provider' {
  import type { X509Certificate } from 'node:crypto'

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
  type Page<Parts extends readonly unknown[]> = (context: OidcContext, ...parts: Parts) => void
  type Lifetime = number | ((context: OidcContext | undefined, token: Token, client: Client) => number)

  export interface Configuration {
    readonly adapter: (model: string) => Adapter
    readonly claims: Readonly<Record<string, readonly string[]>>
    readonly clientAuthMethods: readonly string[]
    readonly clientDefaults: Readonly<Record<string, unknown>>
    readonly clients: readonly Readonly<Record<string, unknown>>[]
    readonly clockTolerance: number
    readonly conformIdTokenClaims: boolean
    readonly enabledJWA: Readonly<Record<string, readonly string[]>>
    readonly cookies: { readonly names: Readonly<Record<string, string>> }
    readonly expiresWithSession: () => boolean
    readonly extraParams: Readonly<
      Record<string, ((context: OidcContext, value: string | undefined) => void) | undefined>
    >
    readonly extraTokenClaims: (context: Context | undefined) => Readonly<Record<string, unknown>> | undefined
    readonly fetch: (url: string, options: EngineFetch) => Promise<Response>
    readonly features: Features
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

  /** What the engine passes of a request. */
  export interface EngineFetch {
    readonly method?: string
    readonly headers?: HeadersInit
    readonly body?: string | URLSearchParams
    readonly signal?: AbortSignal
  }

  export interface Features {
    readonly backchannelLogout: Switch
    readonly ciba: Switch & {
      readonly deliveryModes: readonly string[]
      readonly processLoginHint: (context: OidcContext, hint: string) => string | undefined
      readonly processLoginHintToken: (context: OidcContext, token: string) => string | undefined
      readonly verifyUserCode: () => void
      readonly validateRequestContext: () => void
      readonly validateBindingMessage: () => void
      readonly triggerAuthenticationDevice: (context: OidcContext, request: BackchannelRequest) => void
    }
    readonly claimsParameter: Switch
    readonly clientCredentials: Switch
    readonly deviceFlow: Switch & {
      readonly charset: string
      readonly mask: string
      readonly userCodeInputSource: Page<[form: string, out: unknown, error: Error | undefined]>
      readonly userCodeConfirmSource: Page<[form: string, client: Client, device: unknown, userCode: string]>
      readonly successSource: Page<[]>
    }
    readonly devInteractions: Switch
    readonly dPoP: Switch & { readonly requireNonce: () => boolean; readonly nonceSecret?: Buffer }
    readonly encryption: Switch
    readonly fapi: Switch & { readonly profile: '2.0' | undefined }
    readonly introspection: Switch & { readonly allowedPolicy: TokenPolicy }
    readonly jwtIntrospection: Switch
    readonly jwtResponseModes: Switch
    readonly jwtUserinfo: Switch
    readonly mTLS: Switch & {
      readonly certificateBoundAccessTokens: boolean
      readonly selfSignedTlsClientAuth: boolean
      readonly tlsClientAuth: boolean
      readonly getCertificate: (context: Context) => X509Certificate | undefined
      readonly certificateAuthorized: (context: Context) => boolean
      readonly certificateSubjectMatches: (context: Context, property: string, expected: string) => boolean
    }
    readonly pushedAuthorizationRequests: Switch & { readonly requirePushedAuthorizationRequests: boolean }
    readonly requestObjects: Switch & { readonly requireSignedRequestObject: boolean }
    readonly resourceIndicators: Switch & {
      readonly defaultResource: (context: OidcContext, client: Client, granted?: Resource) => Resource | undefined
      readonly useGrantedResource: () => boolean
      readonly getResourceServerInfo: (context: OidcContext, resource: string) => { readonly scope: string }
    }
    readonly revocation: Switch & { readonly allowedPolicy: TokenPolicy }
    readonly richAuthorizationRequests: Switch & {
      readonly types: Readonly<Record<string, { readonly validate: () => void }>>
      readonly authorizationDetailsForGrantSource: (context: OidcContext) => Details
      readonly authorizationDetailsForAccessToken: (
        context: OidcContext,
        token: Token,
        source: { readonly rar?: Details } | undefined,
      ) => Details
      readonly authorizationDetailsForIntrospection: (context: OidcContext, token: Token) => Details
    }
    readonly rpInitiatedLogout: Switch & {
      readonly logoutSource: Page<[form: string]>
      readonly postLogoutSuccessSource: Page<[]>
    }
    readonly userinfo: Switch
  }

  type Resource = string | readonly string[]
  type Details = readonly AuthorizationDetail[] | undefined

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
}
