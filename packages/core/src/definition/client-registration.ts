import type { ClientAuthenticationMethod } from './client-authentication-rules.ts'
import type { PlatformKey } from './platform-key.ts'
import type { ServerMetadata } from './server-metadata.ts'

/**
 * The registered application (RFC 6749 §1.1) as its developer knows it.
 *
 * @example
 * ```ts
 * import type { ClientRegistration } from '@grantkit/core'
 *
 * const publicClient: ClientRegistration = { clientId: 'my-client', redirectUri: 'http://127.0.0.1:8888/callback' }
 * const confidentialClient: ClientRegistration = { clientId: 'my-client', clientSecret: 'from the environment' }
 * ```
 */
export interface ClientRegistration {
  /** The client identifier (RFC 6749 §2.2). */
  readonly clientId: string
  /** The client secret; an empty string means no secret. */
  readonly clientSecret?: string | undefined
  /** The registered redirect URI, or several: the first is the default. Not needed for grants without a user. */
  readonly redirectUri?: string | readonly string[] | undefined
  /**
   * How the client authenticates. Not given: as the definition says; else with a secret, Basic if the metadata lists it or
   * lists no methods, else post, or `client_secret_jwt` where that alone is listed of the three; else with a signing key,
   * `private_key_jwt`; with neither, none.
   */
  readonly authentication?: ClientAuthenticationMethod | ClientAuthentication | undefined
  /** The key that signs for the client: its assertions (`private_key_jwt`), its request objects, or its secret where that is a JWT, as at Apple. */
  readonly signingKey?: ClientSigningKey | undefined
  /** The key that decrypts what the provider encrypts for the client, such as ID tokens (RFC 7516). */
  readonly decryptionKey?: ClientDecryptionKey | undefined
  /** The algorithm that signs the client's ID tokens, where it registered one (`id_token_signed_response_alg`). */
  readonly idTokenSigningAlgorithm?: string | undefined
}

/** A private key in one of its forms: PKCS #8 in PEM, a JSON Web Key (RFC 7517), or a `CryptoKey`. */
export type PrivateKey = string | PrivateJwk | PlatformKey

/** A private key as a JSON Web Key (RFC 7517 §4). */
export interface PrivateJwk {
  /** The key type, such as `EC` (RFC 7517 §4.1). */
  readonly kty: string
  /** The other fields. */
  readonly [field: string]: unknown
}

/** A private key of the registered application, which signs. */
export interface ClientSigningKey {
  /** The key. */
  readonly privateKey: PrivateKey
  /** What the provider calls the key (`kid`, RFC 7515 §4.1.4); that of a JSON Web Key unless given. */
  readonly keyId?: string | undefined
  /** The algorithm of the signature, such as `ES256` (RFC 7518 §3.1). An RSA key needs it, unless it is a `CryptoKey` or its JSON Web Key has `alg`; else the key tells. */
  readonly algorithm?: string | undefined
  /** Whose key it is, where the client's secret is a JWT: at Apple, the team ID. */
  readonly issuer?: string | undefined
}

/** A private key of the registered application, which decrypts. */
export interface ClientDecryptionKey {
  /** The key. */
  readonly privateKey: PrivateKey
  /** What the provider calls the key (`kid`); that of a JSON Web Key unless given. */
  readonly keyId?: string | undefined
  /** The algorithm of the key management, such as `ECDH-ES+A256KW` or `RSA-OAEP-256` (RFC 7518 §4.1); each that fits the key, unless given. */
  readonly algorithm?: string | undefined
}

/** A token request that is about to be sent, for a {@link ClientAuthentication} to sign. */
export interface UnauthenticatedRequest {
  /** The endpoint. */
  readonly url: URL
  /** The headers; what is set here is sent. */
  readonly headers: Headers
  /** The form; what is set here is sent. */
  readonly body: URLSearchParams
  /** The client identifier. It is not in the body: add it there if the server needs it. */
  readonly clientId: string
  /** The metadata of the provider: an assertion has its issuer or an endpoint as its audience. */
  readonly metadata: ServerMetadata
}

/** A custom client authentication method: adds credentials to the headers or the body. */
export type ClientAuthentication = (request: UnauthenticatedRequest) => void | Promise<void>
