import type { UnauthenticatedRequest } from './client-registration.ts'

/**
 * Code for what data cannot describe: one function per stage. A definition with hooks is not JSON, but otherwise like any
 * other. What a hook throws becomes an error of that stage.
 */
export interface ProviderHooks {
  /** Changes a token or revocation request, as the last step before it is encoded: adds a signature, say, or a nonce. Withings. */
  readonly request?: (request: HookedRequest) => void | Promise<void>
  /**
   * Reads a response that data cannot describe, and returns its fields as RFC 6749 §5.1 or §5.2 names them; undefined leaves
   * the response as it is. Concur responds with XML.
   */
  readonly response?: (response: HookedResponse) => HookedFields | undefined | Promise<HookedFields | undefined>
  /** Checks a callback before it is read; it may change the parameters, or refuse the callback by throwing. Shopify signs its callbacks. */
  readonly callback?: (callback: HookedCallback) => void | Promise<void>
}

/** The fields of a token response or an error, by their names in RFC 6749. */
export type HookedFields = Readonly<Record<string, unknown>>

/** A request that is about to be sent. */
export interface HookedRequest extends UnauthenticatedRequest {
  /** The grant type, or `revocation`. */
  readonly grantType: string
  /** The secret of the client, if it has one. */
  readonly clientSecret?: string | undefined
}

/** A response as it came. */
export interface HookedResponse {
  /** The grant type, or `revocation`. */
  readonly grantType: string
  /** The HTTP status. */
  readonly status: number
  /** The headers. */
  readonly headers: Headers
  /** The body. */
  readonly body: string
}

/** A callback as it came. */
export interface HookedCallback {
  /** The parameters; changes to them take effect. */
  readonly parameters: URLSearchParams
  /** The client identifier. */
  readonly clientId: string
  /** The secret of the client, if it has one. */
  readonly clientSecret?: string | undefined
}
