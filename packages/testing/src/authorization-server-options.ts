/** What an authorization server is started with. */
export interface AuthorizationServerOptions {
  /** The port on 127.0.0.1. By default any free one. */
  readonly port?: number
  /** The registered clients. A kind that is missing, public or confidential, keeps its default client. */
  readonly clients?: readonly TestClientOptions[]
  /** The people who can log in, by subject. By default one: `ada`. */
  readonly accounts?: Readonly<Record<string, AccountProfile>>
  /**
   * The scopes besides those of OpenID Connect, as a list or with what the consent page says of them; the `scopes` of
   * a preset will do. By default `read` and `write`. A scope that is not listed is refused with `invalid_scope`.
   */
  readonly scopes?: readonly string[] | Readonly<Record<string, string | DescribedScope>>
  /** Lifetime of an access token in seconds. By default an hour. */
  readonly accessTokenLifetime?: number
  /** Lifetime of a refresh token in seconds. By default thirty days; like Spotify, six months from the login. */
  readonly refreshTokenLifetime?: number
  /** What happens to a refresh token that is used. By default `true`; like Spotify, `false`. */
  readonly rotateRefreshTokens?: RefreshTokenRotation
  /** Whether the server speaks OpenID Connect. By default it does; like Spotify, it does not. */
  readonly openid?: boolean
  /** Takes over the paths, scopes, lifetimes, errors and API of a well-known provider. */
  readonly like?: 'spotify'
  /** Extension grants by grant type (RFC 6749 §4.5). Functions stay in this process: a remote server takes none. */
  readonly grants?: Readonly<Record<string, ExtensionGrant>>
}

/**
 * `true`: every use brings a new refresh token, and using an old one again revokes the whole grant. `'grace'`: the
 * same, but the one before the latest still works, for clients that lost a response. `false`: it stays as it is, and
 * responses do not repeat it.
 */
export type RefreshTokenRotation = boolean | 'grace'

/** A scope as presets describe it. */
export interface DescribedScope {
  /** What the user reads on the consent page. */
  readonly description: string
}

/** A client to register. */
export interface TestClientOptions {
  /** The client identifier. */
  readonly clientId: string
  /** The client secret; a client without one is public. */
  readonly clientSecret?: string
  /**
   * Where callbacks may go, compared character by character; on 127.0.0.1 and [::1] any port will do (RFC 8252 §7.3).
   * By default `/callback` on 127.0.0.1, on [::1] and on https://app.example.
   */
  readonly redirectUris?: readonly string[]
  /** The one way the client may authenticate. By default Basic and post with a secret, `none` without. */
  readonly authentication?: 'client_secret_basic' | 'client_secret_post' | 'none'
  /** The grants the client may use. By default all, but for `client_credentials` of a public client. */
  readonly grantTypes?: readonly string[]
  /** What the consent page calls the client. By default its identifier. */
  readonly name?: string
}

/** What is known of a person, as OpenID Connect claims; `country` and `product` are for a server like Spotify. */
export interface AccountProfile {
  /** The name to show. */
  readonly name?: string
  /** The email address. */
  readonly email?: string
  /** Any other claim. */
  readonly [claim: string]: unknown
}

/** A grant of your own: what it is worth, or `undefined` for `invalid_grant`. */
export type ExtensionGrant = (
  parameters: Readonly<Record<string, string>>,
) => ExtensionGrantResult | undefined | Promise<ExtensionGrantResult | undefined>

/** Who an extension grant's token belongs to, and what it may do. */
export interface ExtensionGrantResult {
  /** The subject, one of the accounts. */
  readonly accountId: string
  /** The scopes of the token. */
  readonly scope?: readonly string[]
}
