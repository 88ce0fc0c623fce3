/** How a client authenticates at a provider. */
export interface ClientAuthenticationRules {
  /** The method, for providers whose metadata does not list it. Notion: `'client_secret_basic'`, Strava: `'client_secret_post'`. */
  readonly method?: ClientAuthenticationMethod
  /** How Basic encodes the client ID and secret: `form` by default, as in RFC 6749 §2.3.1, or `raw` for servers that do not decode. eBay: `'raw'`. */
  readonly basicEncoding?: 'form' | 'raw'
  /** The user name of Basic: `client_id` by default. Stripe, for its apps: `'client_secret'`, with an empty password. */
  readonly basicUsername?: 'client_id' | 'client_secret'
  /** How a client without a secret identifies itself: `none` by default. Reddit: `'client_secret_basic'`, with an empty password. */
  readonly withoutSecret?: 'none' | 'client_secret_basic'
  /** The client secret is a JWT that the client signs with its `signingKey`, a new one for each request. Apple. */
  readonly secretJwt?: SecretJwtRules
  /** The audience of client assertions (RFC 7523 §3), where it is not the issuer; `endpoint` stands for the URL of each request. Okta: `'endpoint'`. */
  readonly audience?: string
  /** Where the provider documents it. */
  readonly source?: string
}

/** What a client secret that is a JWT has to contain. */
export interface SecretJwtRules {
  /** The algorithm of the signature. */
  readonly algorithm: 'ES256' | 'RS256'
  /** The audience (`aud`). */
  readonly audience: string
}

/**
 * The client authentication methods that need no code (RFC 6749 §2.3.1, RFC 7591 §2, RFC 8705 §2): with the client secret,
 * with an assertion that the secret or the `signingKey` signs, or with a certificate that the provider's `fetch` presents.
 */
export type ClientAuthenticationMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'self_signed_tls_client_auth'
  | 'none'
