import { actionOf, type GrantErrorAction, type GrantErrorCode } from './error-code.ts'
import { printable, redact, scrub } from './scrub.ts'

export type { GrantErrorAction, GrantErrorCode } from './error-code.ts'

/** The provider's own error, unchanged (RFC 6749 §4.1.2.1 and §5.2). Untrusted input: escape it before you show it. */
export interface OAuthError {
  /** The error code of the provider, such as `invalid_grant`. */
  readonly error: string
  /** The provider's explanation for developers. */
  readonly errorDescription?: string
  /** The URL of a page about the error. */
  readonly errorUri?: string
}

declare const known: unique symbol

/** A scope that a provider has named or granted: `authorize` takes it with every preset, while a misspelt literal does not compile. */
export type RequiredScope = string & {
  /** What no literal has. */
  readonly [known]: true
}

/** What the next login has to request: ready for `authorize`. */
export interface RequiredAuthorization {
  /** The scopes that were requested or granted, and those that were lacking. */
  readonly scope?: readonly RequiredScope[]
  /** The resource, or resources, that the token was for (RFC 8707 §2). */
  readonly resource?: string | readonly string[]
  /** How the user has to log in, one of these (`acr_values`, RFC 9470 §3). */
  readonly acrValues?: readonly string[]
  /** The most seconds since the user last proved who they are (`max_age`, RFC 9470 §3). */
  readonly maxAge?: number
}

/** What a {@link GrantError} may carry beside its code and message. */
export interface GrantErrorOptions {
  /** Overrides the action that belongs to the code. */
  readonly action?: GrantErrorAction | undefined
  /** The name of the provider that it is about. */
  readonly provider?: string | undefined
  /** The provider's error. */
  readonly oauth?: OAuthError | undefined
  /** The HTTP status of the response. */
  readonly status?: number | undefined
  /** Seconds to wait before the next attempt, as the server asked (RFC 9110 §10.2.3). */
  readonly retryAfter?: number | undefined
  /** What the next login has to request. */
  readonly required?: RequiredAuthorization | undefined
  /** The URL of the API's metadata, from its challenge (RFC 9728 §5.1). */
  readonly resourceMetadata?: string | undefined
  /** The underlying error; it is stored as a copy without possible secrets. */
  readonly cause?: unknown
  /** Values that must not appear in the message, the cause or what the provider said. */
  readonly secrets?: readonly string[]
}

/**
 * The one class of error that this library throws: a stable `code`, what to do about it (`action`), and what the
 * provider said (`oauth`, `status`, `retryAfter`). No message, property, cause or stack holds a secret.
 *
 * @example
 * ```ts
 * import { GrantError, Provider } from '@grantkit/core'
 *
 * let code
 * try {
 *   new Provider({ name: 'acme', metadata: { token_endpoint: 'http://id.acme.example/token' } }, { clientId: 'my-client' })
 * } catch (error) {
 *   if (error instanceof GrantError) code = error.code
 * }
 * code // => 'insecure_url'
 * ```
 */
export class GrantError extends Error {
  /** Always `'GrantError'`. */
  declare readonly name: 'GrantError'
  /** Which failure this is: stable, from a closed union. */
  readonly code: GrantErrorCode
  /** What the caller should do. */
  readonly action: GrantErrorAction
  /** The name of the provider, where the error is about one. */
  declare readonly provider?: string
  /** The provider's error, if there is one. */
  declare readonly oauth?: OAuthError
  /** The HTTP status of the response, where there was one. */
  declare readonly status?: number
  /** Seconds to wait before the next attempt, if the server specified them. */
  declare readonly retryAfter?: number
  /** What to pass to `authorize`, where the user has to log in again, or for more. */
  declare readonly required?: RequiredAuthorization
  /** The URL of the API's metadata, from its challenge (RFC 9728 §5.1). */
  declare readonly resourceMetadata?: string

  /**
   * Errors are made by the library and by custom grants.
   *
   * @param code - Which failure this is.
   * @param message - What is wrong and, for a configuration mistake, what to write instead.
   */
  constructor(code: GrantErrorCode, message: string, options: GrantErrorOptions = {}) {
    const { provider, oauth, status, retryAfter, required, resourceMetadata, cause, secrets = [] } = options
    super(printable(message, secrets), cause === undefined ? undefined : { cause: scrub(cause, secrets) })
    this.code = code
    this.action = options.action ?? actionOf[code]
    if (provider !== undefined) this.provider = provider
    if (oauth) this.oauth = withoutSecrets(oauth, secrets)
    if (status !== undefined) this.status = status
    if (retryAfter !== undefined) this.retryAfter = retryAfter
    if (required) this.required = frozen(required)
    if (resourceMetadata !== undefined) this.resourceMetadata = resourceMetadata
  }

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'GrantError' })
  }

  /** The error as plain data, for logs that take JSON. */
  toJSON(): Record<string, unknown> {
    const { name, message, cause, ...own } = this
    return { name, message, ...own, cause: plainCause(cause) }
  }
}

/** A copy of an error for another caller: callers that wait for the same work never share an error object. It may say more than the original, such as the provider. */
export function copyOf(
  error: GrantError,
  more: { readonly message?: string; readonly provider?: string } = {},
): GrantError {
  const { cause, provider } = error
  return new GrantError(error.code, more.message ?? error.message, {
    ...error,
    cause,
    provider: provider ?? more.provider,
  })
}

/** A copy that no caller can change. */
function frozen({ scope, resource, acrValues, ...rest }: RequiredAuthorization): RequiredAuthorization {
  return Object.freeze({
    ...rest,
    ...(scope && { scope: Object.freeze([...scope]) }),
    ...(resource !== undefined && { resource: typeof resource === 'string' ? resource : Object.freeze([...resource]) }),
    ...(acrValues && { acrValues: Object.freeze([...acrValues]) }),
  })
}

/** A cause as plain data: its name, message and system code, such as `ENOTFOUND`, and those of what caused it. */
function plainCause(cause: unknown): Record<string, unknown> | undefined {
  if (!(cause instanceof Error)) return undefined
  const { name, message } = cause
  const { code } = cause as { readonly code?: unknown }
  return { name, message, code, cause: plainCause(cause.cause) }
}

/** A server may echo a request: known secrets are removed from its message. */
function withoutSecrets(oauth: OAuthError, secrets: readonly string[]): OAuthError {
  const entries = Object.entries(oauth).filter(([, value]) => value !== undefined)
  return Object.freeze(
    Object.fromEntries(entries.map(([key, value]) => [key, redact(String(value), secrets)])),
  ) as unknown as OAuthError
}
