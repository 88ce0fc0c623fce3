/** Options of an authorization server. */
export interface AuthorizationServerOptions {
  /** The port on 127.0.0.1. By default any free one. */
  readonly port?: number
  /** The registered clients. If no public or no confidential client is given, the default one of that kind is registered. */
  readonly clients?: readonly TestClientOptions[]
  /** The users, by subject. By default only `ada`. */
  readonly accounts?: Readonly<Record<string, AccountProfile>>
  /**
   * The scopes besides those of OpenID Connect, as a list or with descriptions for the consent page, such as the `scopes`
   * of a preset. By default `read` and `write`. Any other scope is refused with `invalid_scope`.
   */
  readonly scopes?: readonly string[] | Readonly<Record<string, string | DescribedScope>>
  /** Lifetime of an access token in seconds. By default an hour. */
  readonly accessTokenLifetime?: number
  /** Lifetime of a refresh token in seconds. By default thirty days, or for Spotify six months from the login. */
  readonly refreshTokenLifetime?: number
  /** Whether a used refresh token is rotated. By default `true`, or for Spotify `false`. */
  readonly rotateRefreshTokens?: RefreshTokenRotation
  /** Whether the server supports OpenID Connect. By default `true`, or for Spotify `false`. */
  readonly openid?: boolean
  /** Copies the paths, scopes, lifetimes, errors and API of a well-known provider. */
  readonly like?: 'spotify'
  /** Extension grants by grant type (RFC 6749 §4.5). Not for remote servers, because they are functions. */
  readonly grants?: Readonly<Record<string, ExtensionGrant>>
  /** What every client has to use. By default nothing: each may use all of it. */
  readonly require?: RequiredExtensions
  /**
   * `'fapi-2.0'`: every client pushes its requests, authenticates with a key or a certificate, and gets tokens that are
   * bound to a key (DPoP) or to its certificate. The default clients are not registered.
   */
  readonly profile?: 'fapi-2.0'
  /** The resource indicators that the server knows (RFC 8707); another is `invalid_target`. By default any is accepted. */
  readonly resources?: readonly string[]
  /** The types of authorization details (RFC 9396 §5.1). By default none: the parameter is ignored. */
  readonly authorizationDetailsTypes?: readonly string[]
  /**
   * Listens with https, on two ports: one for everything, and one that asks for a client certificate (RFC 8705), whose
   * endpoints are in `mtls_endpoint_aliases` and whose origin also has the API.
   */
  readonly tls?: TlsOptions
}

/** What every client of a server has to use. */
export interface RequiredExtensions {
  /** Pushed authorization requests (RFC 9126). */
  readonly pushedRequests?: boolean
  /** Signed request objects (RFC 9101). */
  readonly requestObjects?: boolean
  /** A DPoP proof with every token request (RFC 9449). */
  readonly dpop?: boolean
  /** A nonce of the server in every DPoP proof, at the token endpoint and at the API (RFC 9449 §8). */
  readonly dpopNonce?: boolean
}

/** The certificate of a server that listens with https, in PEM. */
export interface TlsOptions {
  /** The private key. */
  readonly key: string
  /** The certificate, for 127.0.0.1. */
  readonly cert: string
  /** The authorities of the certificates of clients that use `tls_client_auth`. */
  readonly ca?: string
}

/**
 * `true`: every use returns a new refresh token, and reusing an old one revokes the whole grant. `'grace'`: the same, but
 * the previous token still works, for clients that lost a response. `false`: the refresh token does not change, and
 * responses do not repeat it.
 */
export type RefreshTokenRotation = boolean | 'grace'

/** A scope with a description, as in a preset. */
export interface DescribedScope {
  /** The description on the consent page. */
  readonly description: string
}

/** A client to register. */
export interface TestClientOptions {
  /** The client identifier. */
  readonly clientId: string
  /** The client secret; a client without one is public. */
  readonly clientSecret?: string
  /**
   * The redirect URIs, compared exactly; on 127.0.0.1 and [::1] any port matches (RFC 8252 §7.3).
   * By default `/callback` on 127.0.0.1, on [::1] and on https://app.example.
   */
  readonly redirectUris?: readonly string[]
  /**
   * The only allowed authentication method. By default Basic and post with a secret, `private_key_jwt` with only `keys`,
   * `none` with neither.
   */
  readonly authentication?: TestClientAuthentication
  /** The public keys of the client as JWKs: for assertions, request objects, encryption, and certificates (`x5c`). */
  readonly keys?: readonly object[]
  /**
   * Any other metadata of the client by its name in RFC 7591 and its kin, such as `id_token_encrypted_response_alg`,
   * `backchannel_logout_uri` or `tls_client_auth_san_dns`.
   */
  readonly metadata?: Readonly<Record<string, unknown>>
  /**
   * The grants that the client may use. By default all; a public client only has those of a user: the login, devices and
   * refreshing.
   */
  readonly grantTypes?: readonly string[]
  /** The name on the consent page. By default the client identifier. */
  readonly name?: string
}

/** How a client authenticates (OpenID Connect Core §9, RFC 8705 §2). */
export type TestClientAuthentication =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'self_signed_tls_client_auth'
  | 'none'

/** The OpenID Connect claims of a user; `country` and `product` are for a server like Spotify. */
export interface AccountProfile {
  /** The display name. */
  readonly name?: string
  /** The email address. */
  readonly email?: string
  /** Any other claim. */
  readonly [claim: string]: unknown
}

/** A custom grant: returns the account and scopes of the token, or `undefined` for `invalid_grant`. */
export type ExtensionGrant = (
  parameters: Readonly<Record<string, string>>,
) => ExtensionGrantResult | undefined | Promise<ExtensionGrantResult | undefined>

/** The account and scopes of an extension grant's token. */
export interface ExtensionGrantResult {
  /** The subject, one of the accounts. */
  readonly accountId: string
  /** The scopes of the token. */
  readonly scope?: readonly string[]
}
