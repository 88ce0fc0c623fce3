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

/** The client authentication methods that need no code (RFC 6749 §2.3.1, RFC 7591 §2). */
export type ClientAuthenticationMethod = 'client_secret_basic' | 'client_secret_post' | 'none'
