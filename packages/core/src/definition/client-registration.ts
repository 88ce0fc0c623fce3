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
  /** How the client authenticates. Not given: with a secret, Basic if the metadata lists it or lists nothing, else post; without one, none. */
  readonly authentication?: ClientAuthenticationMethod | ClientAuthentication | undefined
  /** The key that signs the client's secret, at providers whose secret is a JWT. Apple. */
  readonly signingKey?: ClientSigningKey | undefined
  /** The algorithm that signs the client's ID tokens, where it registered one (`id_token_signed_response_alg`). */
  readonly idTokenSigningAlgorithm?: string | undefined
}

/** A private key of the registered application. */
export interface ClientSigningKey {
  /** The key: PKCS #8 as PEM, which is what the file from Apple holds, or a `CryptoKey`. */
  readonly privateKey: string | PlatformKey
  /** What the provider calls the key. */
  readonly keyId: string
  /** Whose key it is: at Apple, the team ID. */
  readonly issuer: string
}

/** A token request that is about to be sent, for a {@link ClientAuthentication} to sign. */
export interface UnauthenticatedRequest {
  /** The endpoint. */
  readonly url: URL
  /** The headers; what is set here is sent. */
  readonly headers: Headers
  /** The form; what is set here is sent. */
  readonly body: URLSearchParams
  /** The client identifier. It is not in the body: add it there if the server wants it. */
  readonly clientId: string
  /** The metadata of the provider: an assertion has its issuer or an endpoint as its audience. */
  readonly metadata: ServerMetadata
}

/** A custom client authentication method: adds credentials to the headers or the body. */
export type ClientAuthentication = (request: UnauthenticatedRequest) => void | Promise<void>
