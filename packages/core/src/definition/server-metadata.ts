/**
 * What is known of an authorization server: an RFC 8414 §2 document, verbatim, with the names on the wire. OpenID
 * Connect Discovery 1.0 §3 uses the same names. Fields that are not listed here are kept.
 */
export interface ServerMetadata {
  /** The issuer identifier. Without one, a callback gets no `iss` check (RFC 9207) and OpenID Connect cannot be used. */
  readonly issuer?: string
  /** Where the user is sent to authorize (RFC 6749 §3.1). Not needed for grants without a user. */
  readonly authorization_endpoint?: string
  /** Where tokens are requested (RFC 6749 §3.2). */
  readonly token_endpoint: string
  /** Where the server publishes the keys that sign its ID tokens. */
  readonly jwks_uri?: string
  /** Where tokens are revoked (RFC 7009). */
  readonly revocation_endpoint?: string
  /** Where tokens are introspected (RFC 7662 §2). */
  readonly introspection_endpoint?: string
  /** Where a device begins a login (RFC 8628 §3.1). */
  readonly device_authorization_endpoint?: string
  /** Where an authorization request is pushed (RFC 9126 §2). */
  readonly pushed_authorization_request_endpoint?: string
  /** Where a login on another device begins (CIBA Core 1.0 §7). */
  readonly backchannel_authentication_endpoint?: string
  /** Where claims about the user are (OpenID Connect Core §5.3). */
  readonly userinfo_endpoint?: string
  /** Where the user logs out of the provider (OpenID Connect RP-Initiated Logout §2). */
  readonly end_session_endpoint?: string
  /** Where clients register themselves (RFC 7591 §3). */
  readonly registration_endpoint?: string
  /** The endpoints for clients that present a certificate, by the names of those that they stand for (RFC 8705 §5). */
  readonly mtls_endpoint_aliases?: Readonly<Record<string, unknown>>
  /** How a client may authenticate at the token endpoint; absent means `client_secret_basic` (RFC 8414 §2). */
  readonly token_endpoint_auth_methods_supported?: readonly string[]
  /** The PKCE methods of the server (RFC 8414 §2). If the list exists, it has to contain `S256`. */
  readonly code_challenge_methods_supported?: readonly string[]
  /** Whether every callback carries `iss` (RFC 9207 §3). */
  readonly authorization_response_iss_parameter_supported?: boolean
  /** The algorithms that may sign an ID token; absent means `RS256`. */
  readonly id_token_signing_alg_values_supported?: readonly string[]
  /** The scopes of the server, for information. */
  readonly scopes_supported?: readonly string[]
  /** Any other metadata. */
  readonly [field: string]: unknown
}

/** An endpoint of an authorization server, by its name in an RFC 8414 document. */
export type EndpointName =
  | 'authorization_endpoint'
  | 'token_endpoint'
  | 'revocation_endpoint'
  | 'introspection_endpoint'
  | 'device_authorization_endpoint'
  | 'pushed_authorization_request_endpoint'
  | 'backchannel_authentication_endpoint'
  | 'userinfo_endpoint'
  | 'end_session_endpoint'
  | 'registration_endpoint'

/**
 * The endpoints of a definition whose type lists them: the listed ones are present, and no others. A revocation endpoint
 * may be in `revocation` instead. Without a list, any may be present.
 */
export type ListedEndpoints<Endpoint extends EndpointName> = EndpointName extends Endpoint
  ? unknown
  : { readonly [Name in Exclude<Endpoint, 'revocation_endpoint'>]: string } & {
      readonly [Name in Exclude<EndpointName, Endpoint | 'token_endpoint'>]?: undefined
    }
