import type { UnauthenticatedRequest } from './client-registration.ts'

/**
 * Code for what data cannot say, one function for each stage. A definition with hooks is not JSON; nothing else about
 * it differs. What a hook throws becomes an error of that stage.
 */
export interface ProviderHooks {
  /** Changes a token or revocation request after everything else did, and before it is encoded: a signature, a nonce. Withings. */
  readonly request?: (request: HookedRequest) => void | Promise<void>
  /**
   * Reads a response that no data describe, and returns its fields as RFC 6749 §5.1 or §5.2 names them; undefined leaves
   * the response as it is. Concur responds with XML.
   */
  readonly response?: (response: HookedResponse) => HookedMembers | undefined | Promise<HookedMembers | undefined>
  /** Looks at a callback before it is read; it may change its parameters, or refuse it by throwing. Shopify signs its callbacks. */
  readonly callback?: (callback: HookedCallback) => void | Promise<void>
}

/** The fields of a token response or an error, by their names in RFC 6749. */
export type HookedMembers = Readonly<Record<string, unknown>>

/** A request that is about to be sent. */
export interface HookedRequest extends UnauthenticatedRequest {
  /** The grant that is run, or `revocation`. */
  readonly grantType: string
  /** The secret of the client, where it has one. */
  readonly clientSecret?: string | undefined
}

/** A response as it came. */
export interface HookedResponse {
  /** The grant that is run, or `revocation`. */
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
  /** Its parameters; what is changed here is read. */
  readonly parameters: URLSearchParams
  /** The client identifier. */
  readonly clientId: string
  /** The secret of the client, where it has one. */
  readonly clientSecret?: string | undefined
}
